"""Rows of points: which are finite."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array


def finite_rows(points: Array) -> Array:
    """Which rows of an array [shape=(n, 3)] are finite; by columns, many times quicker than ``all(axis=1)``."""
    sound = np.isfinite(points)
    rows: Array = sound[:, 0] & sound[:, 1] & sound[:, 2]
    return rows
