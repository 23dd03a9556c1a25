"""Generalised winding numbers of a triangle surface, closed or open.

Sources: Jacobson, Kavan and Sorkine 2013, section 3 (definition); Barill et al. 2018, section 3 (a cluster far away
as one dipole); van Oosterom and Strackee 1983 (solid angle of a triangle).
"""

from __future__ import annotations

import numpy as np

from sceneproof.kernels import kernel, prange
from sceneproof.kernels._tree import morton_order

from ._mesh import area_vectors
from ._subject import Floats, Geometry

LEAF = 4  # triangles of a leaf; the loop below repeats it


def winding(surface: Geometry, points: Floats) -> Floats:
    """How often the surface winds around each point [shape=(k,)]: 1 inside a closed surface that faces outward, 0
    outside, fractions near openings. Exact for near triangles, about 0.02 off through the dipoles."""
    if not len(surface.faces):
        return np.zeros(len(points))
    corners = surface.corners
    corners = np.ascontiguousarray(corners[morton_order(np.ascontiguousarray(corners.mean(axis=1)))])
    leaves = 1 << max(int(np.ceil(np.log2(max(len(corners) / LEAF, 1.0)))), 0)
    centres, dipoles, radii = _clusters(corners, leaves)
    return _wind(np.ascontiguousarray(points, np.float64), corners, centres, dipoles, radii)


def _clusters(corners: Floats, leaves: int) -> tuple[Floats, Floats, Floats]:
    """Per node of the heap-numbered tree: centre of area, area vector, and radius about the centre (-1: empty)."""
    surface = Geometry(corners.reshape(-1, 3), np.arange(3 * len(corners)).reshape(-1, 3))
    vectors = area_vectors(surface)
    size = np.linalg.norm(vectors, axis=1) + 1e-300
    leaf = np.arange(len(corners)) // LEAF
    nodes = 2 * leaves - 1
    weight = np.zeros(nodes)
    moment, dipole = np.zeros((nodes, 3)), np.zeros((nodes, 3))
    np.add.at(weight, leaves - 1 + leaf, size)
    np.add.at(moment, leaves - 1 + leaf, corners.mean(axis=1) * size[:, None])
    np.add.at(dipole, leaves - 1 + leaf, vectors)
    width = leaves // 2
    while width:
        here = np.arange(width - 1, 2 * width - 1)
        left, right = 2 * here + 1, 2 * here + 2
        for values in (weight, moment, dipole):
            values[here] = values[left] + values[right]
        width //= 2
    filled = weight > 0.0
    centres = np.where(filled[:, None], moment / np.where(filled, weight, 1.0)[:, None], 0.0)
    radii = np.full(nodes, -1.0)
    node = leaves - 1 + leaf
    while True:
        away = np.linalg.norm(corners - centres[node][:, None], axis=2).max(axis=1)
        np.maximum.at(radii, node, away)
        if not node[0]:
            return centres, dipole, radii
        node = (node - 1) // 2


@kernel(parallel=True)
def _wind(points: Floats, corners: Floats, centres: Floats, dipoles: Floats, radii: Floats) -> Floats:
    inner = (radii.shape[0] - 1) // 2
    out = np.zeros(points.shape[0])
    for i in prange(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        stack = np.zeros(64, np.int64)
        top = 1
        total = 0.0
        while top > 0:
            top -= 1
            node = stack[top]
            if radii[node] < 0.0:
                continue
            a, b, c = centres[node, 0] - x, centres[node, 1] - y, centres[node, 2] - z
            square = a * a + b * b + c * c
            if square > (2.0 * radii[node]) ** 2:  # far: one dipole
                total += (dipoles[node, 0] * a + dipoles[node, 1] * b + dipoles[node, 2] * c) / square**1.5
            elif node < inner:
                stack[top] = 2 * node + 1
                stack[top + 1] = 2 * node + 2
                top += 2
            else:
                first = (node - inner) * 4
                for t in range(first, min(first + 4, corners.shape[0])):
                    ax, ay, az = corners[t, 0, 0] - x, corners[t, 0, 1] - y, corners[t, 0, 2] - z
                    bx, by, bz = corners[t, 1, 0] - x, corners[t, 1, 1] - y, corners[t, 1, 2] - z
                    cx, cy, cz = corners[t, 2, 0] - x, corners[t, 2, 1] - y, corners[t, 2, 2] - z
                    la = np.sqrt(ax * ax + ay * ay + az * az)
                    lb = np.sqrt(bx * bx + by * by + bz * bz)
                    lc = np.sqrt(cx * cx + cy * cy + cz * cz)
                    over = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)
                    ab, bc, ca = ax * bx + ay * by + az * bz, bx * cx + by * cy + bz * cz, cx * ax + cy * ay + cz * az
                    total += 2.0 * np.arctan2(over, la * lb * lc + ab * lc + bc * la + ca * lb)
        out[i] = total / (4.0 * np.pi)
    return out
