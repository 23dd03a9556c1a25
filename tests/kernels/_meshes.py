"""Meshes that the kernel tests share: the fixed cases, and random ones full of faults."""

from __future__ import annotations

import numpy as np

from tests.makers.shapes import box, icosphere, torus

NAN = float("nan")
F = np.int64


def _mesh(points: object, faces: object) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(points, np.float32).reshape(-1, 3), np.asarray(faces, F).reshape(-1, 3)


_SQUARE = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
CASES = {
    "empty": _mesh([], []),
    "vertices only": _mesh(_SQUARE, []),
    "one triangle": _mesh(_SQUARE, [[0, 1, 2]]),
    "two triangles": _mesh(_SQUARE, [[0, 1, 2], [0, 2, 3]]),
    "opposed orientation": _mesh(_SQUARE, [[0, 1, 2], [0, 3, 2]]),
    "duplicated face": _mesh(_SQUARE, [[0, 1, 2], [0, 1, 2], [2, 1, 0]]),
    "repeated index": _mesh(_SQUARE, [[0, 1, 1], [2, 2, 2], [0, 1, 2]]),
    "zero area": _mesh([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0]], [[0, 1, 2], [0, 1, 3]]),
    "non-manifold edge": _mesh([*_SQUARE, [0, 0, 1]], [[0, 1, 2], [0, 2, 3], [0, 2, 4]]),
    "touching at a point": _mesh([*_SQUARE, [-1, 0, 0], [-1, -1, 0]], [[0, 1, 2], [0, 4, 5]]),
    "not a number": _mesh([[0, 0, 0], [NAN, 0, 0], [1, 1, 0], [NAN, 0, 0]], [[0, 1, 2], [0, 2, 3]]),
    "infinite": _mesh([[0, 0, 0], [np.inf, 0, 0], [1, 1, 0]], [[0, 1, 2]]),
    "signed zeros": _mesh([[0.0, -0.0, 0], [-0.0, 0.0, -0.0], [1, 0, 0], [0, 1, 0]], [[0, 2, 3], [1, 3, 2]]),
    "box with seams": _mesh(box().positions, box().faces),
    "sphere": _mesh(icosphere(level=2).positions, icosphere(level=2).faces),
    "torus with seams": _mesh(torus(rows=6, columns=9).positions, torus(rows=6, columns=9).faces),
    "fan": _mesh(np.random.default_rng(3).normal(size=(90, 3)), [[0, k, k + 1] for k in range(1, 88)]),
}


def random_mesh(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Few places and many faces, so that every fault occurs: repeats, flat faces, seams, fans, loose pieces, NaN."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 40))
    points = rng.integers(-2, 3, (count, 3)).astype(np.float32)
    points[points == 0] *= rng.choice([-1.0, 1.0], (points == 0).sum())
    if seed % 3 == 0:
        points[rng.integers(count)] = NAN
    return points, rng.integers(0, count, (int(rng.integers(0, 60)), 3)).astype(F)
