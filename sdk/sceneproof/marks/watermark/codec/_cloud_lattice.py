"""The lattice laid over points that have a weight each: which points lie in the bump around which cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._cloud_constants import CELLS, FEWEST_IN_BUMP, LADDER, REACH

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HALF = 1 << 19  # cell coordinates are packed into 3 x 20 bits; what lies farther from the middle is left out
_AROUND = [(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)]
_CHUNK = 1 << 16  # pairs that are worked on at once: they stay in the cache, and memory stays small


@dataclass(frozen=True, eq=False)
class Bumps:
    """Points within `REACH` of each cell's centre, sorted by cell, then by point.

    ``cells`` (c, 3) are absolute lattice coordinates; ``ends`` (c + 1,) cut the pairs by cell; for each pair ``point``
    is the row of the point.
    """

    cells: Ints
    ends: Ints
    point: Ints

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """Runs of whole cells with about `_CHUNK` pairs: slice of the cells, slice of the pairs."""
        first = 0
        while first < len(self.cells):
            last = int(np.searchsorted(self.ends, self.ends[first] + _CHUNK, side="right")) - 1
            last = max(last, first + 1)
            yield slice(first, last), slice(int(self.ends[first]), int(self.ends[last]))
            first = last


def lay_bumps(places: Floats, fewest: int = FEWEST_IN_BUMP) -> Bumps:
    """Bumps over places (n, 3) in cells; cells with fewer points than ``fewest`` are left out."""
    floor = np.floor(places)
    middle = np.floor(np.median(floor, axis=0)) if len(places) else np.zeros(3)
    rows = np.flatnonzero((np.abs(floor - middle) < _HALF - 2).all(axis=1))
    local = np.ascontiguousarray((places[rows] - middle).T)
    cell = np.floor(local).astype(np.int64)
    fraction = local - cell
    key = ((cell[0] + _HALF) << 40) | ((cell[1] + _HALF) << 20) | (cell[2] + _HALF)
    along = [[(fraction[axis] - step - 0.5) ** 2 for step in (-1, 0, 1)] for axis in range(3)]
    points, keys = [], []
    for x, y, z in _AROUND:
        near = np.flatnonzero(along[0][x + 1] + along[1][y + 1] + along[2][z + 1] < REACH * REACH)
        points.append(rows[near])
        keys.append(key[near] + ((x << 40) + (y << 20) + z))
    point, paired = np.concatenate(points), np.concatenate(keys)
    order = np.lexsort((point, paired))
    point, paired = point[order], paired[order]
    distinct, count = np.unique(paired, return_counts=True)
    full = count >= fewest
    point, distinct, count = point[np.repeat(full, count)], distinct[full], count[full]
    packed = np.stack([distinct >> 40, (distinct >> 20) & 0xFFFFF, distinct & 0xFFFFF], axis=1) - _HALF
    return Bumps(packed + middle.astype(np.int64), np.append(0, np.cumsum(count)).astype(np.int64), point)


def occupied(places: Floats, weights: Floats) -> float:
    """How many cells hold the weight: (sum W)^2 / sum W^2 over cells, which strays hardly move."""
    cell = np.floor(places)
    cell = np.clip(cell - np.median(cell, axis=0), -_HALF, _HALF - 1).astype(np.int64) + _HALF
    _, index = np.unique((cell[:, 0] << 40) | (cell[:, 1] << 20) | cell[:, 2], return_inverse=True)
    held = np.bincount(index, weights=weights)
    return float(held.sum() ** 2 / (held**2).sum())


def exponent_of(points: Floats, weights: Floats, target: float = CELLS) -> float:
    """Real-valued exponent j of the cell 2^(j/2) at which ``target`` cells hold the weight; NaN where none does.

    A crop that takes a third of a cloud moves it by about half a step, thinning hardly at all.
    """
    low, high = np.percentile(points, (10.0, 90.0), axis=0)
    size = float((high - low).max())
    if not 1e-150 < size < 1e150:
        return math.nan
    goal = math.log(target)
    top = 2 * round(math.log2(size))
    before = math.log(occupied(points * 2.0 ** (-top / 2.0), weights))
    for exponent in range(top - 1, top - LADDER, -1):
        count = math.log(occupied(points * 2.0 ** (-exponent / 2.0), weights))
        if count >= goal:
            share = (goal - before) / (count - before) if count > before else 1.0
            return exponent + 1 - min(max(share, 0.0), 1.0)
        before = count
    return math.nan
