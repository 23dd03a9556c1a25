"""Slow twins of the sample kernels: moments of pieces voxel by voxel, in NumPy."""

from __future__ import annotations

import numpy as np

PAIRS = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)]


def points_as_samples(place, area):
    """Rows of points that have a place and an area vector and no extent."""
    rows = np.zeros((len(place), 23))
    rows[:, :3], rows[:, 3], rows[:, 4:7] = place, np.linalg.norm(area, axis=1), area
    return rows


def _pieces(corners, limit):
    edges = [np.linalg.norm(corners[e] - corners[(e + 1) % 3]) for e in range(3)]
    longest = int(np.argmax(edges))
    if edges[longest] <= limit:
        return [corners]
    middle = 0.5 * (corners[longest] + corners[(longest + 1) % 3])
    first, second = corners.copy(), corners.copy()
    first[longest] = middle
    second[(longest + 1) % 3] = middle
    return _pieces(first, limit) + _pieces(second, limit)


def samples(vertices, faces, side):
    """Rows by voxel, in no order."""
    low = vertices.min(axis=0)
    voxels = {}
    for face in faces:
        corners = vertices[face]
        longest = max(np.linalg.norm(corners[e] - corners[(e + 1) % 3]) for e in range(3))
        for piece in _pieces(corners, 1.5 * side):
            key = tuple(((piece.mean(axis=0) - low) / side).astype(int))
            vector = 0.5 * np.cross(piece[1] - piece[0], piece[2] - piece[0])
            voxels.setdefault(key, []).append((piece, vector, longest))
    out = []
    for pieces in voxels.values():
        size = np.array([np.linalg.norm(vector) for _, vector, _ in pieces])
        if size.sum() == 0.0:
            continue
        middles = np.array([piece.mean(axis=0) for piece, _, _ in pieces])
        place = (middles * size[:, None]).sum(axis=0) / size.sum()
        vectors = np.array([vector for _, vector, _ in pieces])
        first = vectors.T @ (middles - place)
        # over a triangle the mean of x x' is a twelfth of the corners' products and that of their sum
        spread = np.zeros((3, 3))
        for (piece, _, _), weight in zip(pieces, size, strict=True):
            local = piece - place
            spread += weight / 12.0 * (local.T @ local + np.outer(local.sum(axis=0), local.sum(axis=0)))
        spread /= size.sum()
        coarse = (size * np.array([longest for _, _, longest in pieces]) ** 4).sum() / size.sum()
        moments = [spread[pair] for pair in PAIRS]
        out.append([*place, size.sum(), *vectors.sum(axis=0), *first.ravel(), *moments, coarse])
    return np.array(out).reshape(-1, 23)
