"""Vertices of two meshes matched by how they are connected, whatever became of their places.

Colour refinement: a vertex is told apart by its faces, by theirs, and so on. Corners are taken in the order of each
face, so that the two sides of a mirrored body differ. What lies far enough from a cut still matches after a crop.
Source: B. Weisfeiler and A. Leman, "The reduction of a graph to canonical form", 1968.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._types import Body, Ints

Colours = NDArray[np.uint64]
ROUNDS = 14
FIRST = 4  # rounds after which a colour that occurs once in both meshes is taken for the same vertex
SAME_ORDER = 0.98  # share of corners that agree: what was welded in one of the two need not be in the other
GROWTH = 400  # rounds of growth over regular grids
_K = [np.uint64(k) for k in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)]


def by_connectivity(suspect: tuple[Ints, int], reference: tuple[Ints, int]) -> Ints:
    """Pairs (k, 2) of suspect and reference vertex; each mesh is its faces (m, 3) and number of vertices."""
    found = np.full(suspect[1], -1, np.int64)
    left, right = _Refinement(*suspect), _Refinement(*reference)
    for turn in range(1, ROUNDS + 1):
        a, b = left.next(), right.next()
        if turn < FIRST:
            continue
        once_a, at_a = _once(a, left.used)
        once_b, at_b = _once(b, right.used)
        _, i, j = np.intersect1d(once_a, once_b, assume_unique=True, return_indices=True)
        found[at_a[i]] = at_b[j]
    _grow(found, suspect[0], reference)
    matched = np.flatnonzero(found >= 0)
    return np.stack([matched, found[matched]], axis=1)


def _grow(found: Ints, faces: Ints, reference: tuple[Ints, int]) -> None:
    """Where two corners of a face are matched to an edge of the reference, the third is what lies beyond that edge; so
    regular grids, where no vertex is told from its neighbours, match from their borders."""
    count = reference[1]
    turned = [np.roll(reference[0], -k, axis=1) for k in range(3)]
    edges = np.concatenate([turn[:, 0] * count + turn[:, 1] for turn in turned])
    beyond = np.concatenate([turn[:, 2] for turn in turned])
    order = np.argsort(edges, kind="stable")
    edges, beyond = edges[order], beyond[order]
    single = np.r_[True, edges[1:] != edges[:-1]] & np.r_[edges[1:] != edges[:-1], True]
    edges, beyond = edges[single], beyond[single]
    left = faces if len(edges) else faces[:0]
    for _ in range(GROWTH):
        known = (found[left] >= 0).sum(axis=1)
        ready = left[known == 2]
        if not len(ready):
            return
        left = left[known < 2]  # a face is looked at once: where its edge has no one beyond, another face may know
        first = np.argmin(found[ready] >= 0, axis=1)
        a, b, c = (ready[np.arange(len(ready)), (first + k) % 3] for k in (1, 2, 0))
        key = found[a] * count + found[b]
        at = np.minimum(np.searchsorted(edges, key), len(edges) - 1)
        hit = edges[at] == key
        found[c[hit]] = beyond[at[hit]]


def by_order(suspect: Body, reference: Body) -> Ints:
    """Pairs (k, 2) of vertices of parts whose faces come in the same order, however their vertices are numbered."""
    pairs = []
    taken: set[int] = set()
    for r, part in enumerate(reference.parts):
        for s, other in enumerate(suspect.parts):
            if s in taken or len(other.stored) != len(part.stored):
                continue
            left, right = other.vertex_of[other.stored].reshape(-1), part.vertex_of[part.stored].reshape(-1)
            used, first = np.unique(left, return_index=True)
            partner = np.full(len(other.points), -1, np.int64)
            partner[used] = right[first]
            if (partner[left] == right).mean() > SAME_ORDER:
                pairs.append(np.stack([used + suspect.starts[s], partner[used] + reference.starts[r]], axis=1))
                taken.add(s)
                break
    return np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64)


class _Refinement:
    """Colours (n,) of the vertices of one mesh, one round after another."""

    def __init__(self, faces: Ints, count: int) -> None:
        self.faces = faces
        flat = faces.reshape(-1)
        self.order = np.argsort(flat, kind="stable")
        self.used, self.starts = np.unique(flat[self.order], return_index=True)
        self.colour: Colours = np.zeros(count, np.uint64)

    def next(self) -> Colours:
        with np.errstate(over="ignore"):
            around = self.colour[self.faces]
            after, before = np.roll(around, -1, axis=1), np.roll(around, -2, axis=1)
            given = _mixed(after * _K[0] + before * _K[1] + _K[2]).reshape(-1)[self.order]
            summed = np.add.reduceat(given, self.starts) if len(self.starts) else given
            self.colour = self.colour.copy()
            self.colour[self.used] = _mixed(self.colour[self.used] * _K[3] + summed)
        return self.colour


def _mixed(value: Colours) -> Colours:
    value = (value ^ (value >> np.uint64(31))) * _K[2]
    value = (value ^ (value >> np.uint64(29))) * _K[0]
    return value ^ (value >> np.uint64(32))


def _once(colour: Colours, used: Ints) -> tuple[Colours, Ints]:
    """Colours that occur once, and where."""
    values, first, counts = np.unique(colour[used], return_index=True, return_counts=True)
    single = counts == 1
    return values[single], used[first[single]]
