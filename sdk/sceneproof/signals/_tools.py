"""What several signals share: clipping, order-free sampling, face pairs."""

from __future__ import annotations

import math

import numpy as np

from sceneproof.kernels.topology import HalfEdges
from sceneproof.scene import Array


def clip(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """A plain float between the limits; NaN becomes the lower one."""
    return float(min(max(value, low), high)) if not math.isnan(value) else low


def sample(points: Array, limit: int) -> Array:
    """Row numbers of at most `limit` points, chosen by a hash of their places, not of their order.

    Places count relative to the bounding box in steps of 2**-20 of its longest side, so that neither scale nor
    position of the whole changes the choice.

    Parameters
    ----------
    points : float64 [shape=(n, 3)], finite.

    Returns
    -------
    int64 [shape=(min(n, limit),)], ascending.
    """
    if len(points) <= limit:
        return np.arange(len(points))
    low = points.min(axis=0)
    side = float((points.max(axis=0) - low).max()) or 1.0
    cells = np.rint((points - low) * (2**20 / side)).astype(np.uint64)
    word = cells[:, 0] | cells[:, 1] << np.uint64(21) | cells[:, 2] << np.uint64(42)
    for multiplier in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):  # SplitMix64 (Steele, Lea and Flood 2014)
        word ^= word >> np.uint64(30)
        word *= np.uint64(multiplier)
    word ^= word >> np.uint64(31)
    return np.sort(np.argsort(word, kind="stable")[:limit])


def unit_normals(positions: Array, faces: Array) -> Array:
    """Unit face normals, float64 [shape=(m, 3)]; zero for a face without area."""
    a, b, c = (positions[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    unit: Array = np.divide(normal, length, out=np.zeros_like(normal), where=length > 0)
    return unit


def face_pairs(sides: HalfEdges) -> Array:
    """Faces that share an edge used by exactly these two, int64 [shape=(k, 2)]."""
    starts = sides.runs[:-1][np.diff(sides.runs) == 2]
    return np.stack([sides.face[starts], sides.face[starts + 1]], axis=1)
