"""Surfaces by code for the tests of the attacks: a bumpy ball, a torus, an open dome."""

from __future__ import annotations

import numpy as np

from sceneproof.attacks import Geometry


def ball(rings: int = 24, bumps: float = 0.1) -> Geometry:
    """A closed ball of unit radius with bumps, poles included, faces outward."""
    theta = np.pi * np.arange(1, rings) / rings
    phi = np.pi * np.arange(2 * rings) / rings
    t, p = np.meshgrid(theta, phi, indexing="ij")
    ring = np.stack([np.sin(t) * np.cos(p), np.cos(t), np.sin(t) * np.sin(p)], axis=-1).reshape(-1, 3)
    points = np.concatenate([ring, [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]])
    points = points * (1.0 + bumps * np.sin(5.0 * points[:, :1]) * np.cos(4.0 * points[:, 1:2]))
    w = 2 * rings
    i, j = (a.reshape(-1) for a in np.meshgrid(np.arange(rings - 2), np.arange(w), indexing="ij"))
    a, b, c, d = i * w + j, i * w + (j + 1) % w, (i + 1) * w + j, (i + 1) * w + (j + 1) % w
    j = np.arange(w)
    last = (rings - 2) * w
    north = np.stack([np.full(w, len(ring)), (j + 1) % w, j], axis=1)
    south = np.stack([np.full(w, len(ring) + 1), last + j, last + (j + 1) % w], axis=1)
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([b, d, c], 1), north, south])
    return Geometry(points, faces)


def dome(rings: int = 24) -> Geometry:
    """The upper half of the ball: one border."""
    whole = ball(rings)
    keep = whole.positions[whole.faces][:, :, 1].min(axis=1) > -1e-9
    return Geometry(whole.positions, whole.faces[keep])


def volume(surface: Geometry) -> float:
    """Signed volume of a closed surface."""
    a, b, c = (surface.corners[:, k] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def area(surface: Geometry) -> float:
    """Surface area."""
    a, b, c = (surface.corners[:, k] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)


def triangles(surface: Geometry) -> np.ndarray:
    """The triangles as sorted rows of nine numbers, each begun at its least corner: equal for equal point sets."""
    corners = surface.corners
    rank = np.lexsort((corners[..., 2], corners[..., 1], corners[..., 0]), axis=1)[:, 0]
    turned = np.stack([np.take_along_axis(corners, ((rank + k) % 3)[:, None, None], axis=1)[:, 0] for k in range(3)], 1)
    rows = turned.reshape(-1, 9)
    return rows[np.lexsort(rows.T[::-1])]
