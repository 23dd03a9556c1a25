"""Polygons of a PLY's faces as triangles, and triangle strips undone."""

from __future__ import annotations

import numpy as np

from sceneproof.io._text import polygons
from sceneproof.scene import Array


def triangulate(lengths: Array, corners: Array, positions: Array) -> Array:
    """Triangles int64 [shape=(t, 3)] in the order of the polygons; those with fewer than three corners give none.

    Parameters
    ----------
    lengths : int64 [shape=(n,)], corners of each. corners : int64 [shape=(lengths.sum(),)], each a vertex that exists.
    positions : float [shape=(v, 3)].
    """
    if (lengths == 3).all():
        return np.ascontiguousarray(corners, np.int64).reshape(-1, 3)
    large = lengths >= 3
    kept = corners[np.repeat(large, lengths)]
    cut, _ = polygons.triangulate(positions[kept].astype(np.float64), lengths[large])
    return np.asarray(kept[cut], np.int64)


def unstrip(corners: Array) -> Array:
    """Triangles int64 [shape=(t, 3)] of strips that are parted by negative numbers (Stanford's ``tristrips``)."""
    corners = np.asarray(corners, np.int64)
    if len(corners) < 3:
        return np.zeros((0, 3), np.int64)
    breaks = np.concatenate([[-1], np.flatnonzero(corners < 0)])
    starts = breaks[np.cumsum(corners < 0)] + 1  # where the strip of each place begins
    a, b, c = corners[:-2], corners[1:-1], corners[2:]
    odd = (np.arange(len(a)) - starts[:-2]) % 2 == 1
    found = np.stack([a, np.where(odd, c, b), np.where(odd, b, c)], axis=1)
    whole = (found >= 0).all(axis=1)
    real = (a != b) & (b != c) & (a != c)  # strips are joined by triangles without area
    return np.asarray(found[whole & real])
