"""Twins of the kernels on places: sorting instead of hashing, sums in NumPy."""

from __future__ import annotations

import numpy as np


def places(points, faces):
    """Vertices in the order of their first points, faces, group."""
    exists = ((faces >= 0) & (faces < len(points))).all(axis=1)
    faces = faces[exists]
    faces = faces[np.isfinite(points[faces]).all(axis=(1, 2))] if len(faces) else faces
    group = np.full(len(points), -1)
    seen = {}
    vertices = []
    for v in range(len(points)):
        if v in faces:
            key = tuple(points[v] + 0.0)
            if key not in seen:
                seen[key] = len(vertices)
                vertices.append(key)
            group[v] = seen[key]
    return np.array(vertices).reshape(-1, 3), group[faces], group


def edges(faces):
    """Distinct edges and their uses."""
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    return np.unique(sides, axis=0, return_counts=True)


def sums(vertices, faces, origin):
    """The 23 sums, by a quadrature that is exact for cubics over tetrahedra and triangles."""
    a, b, c = (vertices[faces[:, k]] - origin for k in range(3))
    vectors = 0.5 * np.cross(b - a, c - a)
    size = np.linalg.norm(vectors, axis=1)
    middle = (a + b + c) / 3
    volume = (middle * vectors).sum(axis=1) / 3
    pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)]
    # the middles of a triangle's sides integrate squares exactly; so do they those of cones, which are 3/5 of them
    sides = [(a + b) / 2, (b + c) / 2, (c + a) / 2]
    mean = np.array([[sum(s[:, i] * s[:, j] for s in sides) / 3 for i, j in pairs]])[0].T
    return np.concatenate(
        [
            [size.sum()],
            (middle * size[:, None]).sum(axis=0),
            vectors.sum(axis=0),
            [volume.sum()],
            (0.75 * middle * volume[:, None]).sum(axis=0),
            (0.6 * mean * volume[:, None]).sum(axis=0),
            (mean * size[:, None]).sum(axis=0),
        ]
    )
