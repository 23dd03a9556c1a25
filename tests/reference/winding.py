"""Slow twin of the winding number: the solid angles of all triangles, one point after the other."""

from __future__ import annotations

import numpy as np


def winding_slow(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Sum of the solid angles of triangles [shape=(m, 3, 3)] at points [shape=(k, 3)], over 4 pi."""
    out = np.zeros(len(points))
    for i, point in enumerate(points):
        for a, b, c in corners - point:
            la, lb, lc = (np.linalg.norm(v) for v in (a, b, c))
            under = la * lb * lc + (a @ b) * lc + (b @ c) * la + (c @ a) * lb
            out[i] += 2.0 * np.arctan2(np.linalg.det([a, b, c]), under) / (4.0 * np.pi)
    return out
