"""What several attacks need of a welded surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._subject import AttackError, Floats, Geometry, Ints
from ._weld import renumber


def edges(faces: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    """Distinct edges [shape=(e, 2)], lower vertex first; the edge of each face's side, sides 01, 12, 20
    [shape=(m, 3)]; and how many faces use each edge [shape=(e,)]."""
    sides = np.sort(np.stack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]], axis=1).reshape(-1, 2), axis=1)
    keys, inverse, uses = np.unique(sides[:, 0] * count + sides[:, 1], return_inverse=True, return_counts=True)
    both = np.stack([keys // max(count, 1), keys % max(count, 1)], axis=1)
    return both, inverse.reshape(-1, 3).astype(np.int64), uses.astype(np.int64)


def area_vectors(surface: Geometry) -> Floats:
    """Normal of each face, as long as its area [shape=(m, 3)]."""
    a, b, c = (surface.positions[surface.faces[:, k]] for k in range(3))
    return 0.5 * np.cross(b - a, c - a)


def kept_vertices(surface: Geometry, keep: NDArray[np.bool_]) -> Geometry:
    """The faces whose corners are all kept."""
    return Geometry(surface.positions[keep], renumber(keep)[surface.faces[keep[surface.faces].all(axis=1)]])


def umbrella(points: Floats, pairs: Ints, factors: tuple[float, ...]) -> Floats:
    """One step per factor: each vertex goes that share of the way to the plain mean of its neighbours.

    Source: G. Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995, section 2.
    """
    count = len(points)
    ends = np.concatenate([pairs[:, 0], pairs[:, 1]])
    others = np.concatenate([pairs[:, 1], pairs[:, 0]])
    degree = np.maximum(np.bincount(ends, minlength=count), 1)
    alone = np.bincount(ends, minlength=count) == 0
    now = points.copy()
    for factor in factors:
        mean = np.stack([np.bincount(ends, now[others, k], count) for k in range(3)], axis=1) / degree[:, None]
        mean[alone] = now[alone]
        now = now + factor * (mean - now)
    return now


def unit_frame(surface: Geometry) -> tuple[Geometry, float, Floats]:
    """The surface moved to the origin and divided by the power of two nearest above its diagonal, with that power and
    the shift: libraries with absolute tolerances or float32 inside then see every unit of length alike."""
    shift = 0.5 * (surface.positions.min(axis=0) + surface.positions.max(axis=0))
    size = surface.diagonal
    if not size > 0.0:
        raise AttackError("all vertices of the surface are at one place")
    scale = float(2.0 ** np.ceil(np.log2(size)))
    return Geometry((surface.positions - shift) / scale, surface.faces), scale, shift
