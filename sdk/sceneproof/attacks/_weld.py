"""Welding by exact position: what every surface goes through before and after an attack."""

from __future__ import annotations

import numpy as np

from ._subject import Geometry, Ints


def weld(surface: Geometry) -> Geometry:
    """One vertex per distinct place, in order of first appearance; faces with fewer than three corners and vertices
    without a face are dropped. Faces that lie on each other stay."""
    points = surface.positions + 0.0  # + 0.0 makes -0 and 0 one
    first, inverse = _distinct(points)
    faces = inverse[surface.faces]
    a, b, c = faces[:, 0], faces[:, 1], faces[:, 2]
    faces = faces[(a != b) & (b != c) & (c != a)]
    used = np.zeros(len(first), dtype=bool)
    used[faces.reshape(-1)] = True
    return Geometry(points[first[used]], renumber(used)[faces])


def renumber(kept: np.ndarray) -> Ints:
    """New index of each kept row; of the others -1."""
    out = np.cumsum(kept, dtype=np.int64) - 1
    out[~kept] = -1
    return out


def _distinct(points: np.ndarray) -> tuple[Ints, Ints]:
    """Row of the first appearance of each distinct row, ascending, and which of them each row is."""
    if not len(points):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((np.arange(len(points)), points[:, 2], points[:, 1], points[:, 0]))
    ranked = points[order]
    new = np.ones(len(points), dtype=bool)
    new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    group = np.empty(len(points), np.int64)
    group[order] = np.cumsum(new) - 1
    leaders = order[new]  # the sort keeps equal rows in order, so each is a first appearance
    by_appearance = np.argsort(leaders, kind="stable")
    rank = np.empty(len(leaders), np.int64)
    rank[by_appearance] = np.arange(len(leaders))
    return leaders[by_appearance].astype(np.int64), rank[group]
