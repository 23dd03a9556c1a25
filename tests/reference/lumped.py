"""Slow twins of the lumped variation: hats by quadrature, div F one point at a time."""

from __future__ import annotations

import math

import numpy as np


def hats(vertices, faces, directions):
    """Centre, variance along the surface and swept volume of each vertex's hat, by a quadrature exact for cubics."""
    nodes = [(np.full(3, 1 / 3), -27 / 48), *((np.roll([0.6, 0.2, 0.2], k), 25 / 48) for k in range(3))]
    out = np.zeros((len(vertices), 5))
    for v in range(len(vertices)):
        area, first, second, swept = 0.0, np.zeros(3), 0.0, 0.0
        for face in faces:
            corners = vertices[face]
            vector = 0.5 * np.cross(corners[1] - corners[0], corners[2] - corners[0])
            for corner in np.flatnonzero(face == v):
                for share, weight in nodes:
                    height = weight * share[corner]
                    offset = share @ corners - vertices[v]
                    area += height * np.linalg.norm(vector)
                    first += height * np.linalg.norm(vector) * offset
                    second += height * np.linalg.norm(vector) * offset @ offset
                    swept += height * vector @ directions[v]
        centre = first / area if area else first
        out[v] = [*(vertices[v] + centre), (second / area - centre @ centre) / 2 if area else 0.0, swept]
    return out


def divergence(point, centre, wave, radius):
    """div F under a hat at ``point`` (4,): place and variance."""
    q, r = np.asarray(wave[:3]), point[:3] - centre
    inside = 1.0 - r @ r / radius**2
    if inside <= 0.0:
        return 0.0
    gradient = 2.0 * inside * (-2.0 * r / radius**2)
    value = gradient @ q / (q @ q) * math.cos(q @ r + wave[3]) - inside**2 * math.sin(q @ r + wave[3])
    return value * max(1.0 - q @ q * point[3] / 8.0, 0.0) ** 4
