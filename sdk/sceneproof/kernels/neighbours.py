"""Distances to the nearest other points, found with a tree of boxes."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel
from sceneproof.kernels._tree import LEAF, tree

STACK = 128  # twice the depth of any tree here
PAIRS = 100  # compared by NumPy in the time that one row of the other kernels takes
BLOCK = 1 << 20  # pairs that NumPy holds at once


@kernel
def _nearest(points: Array, queries: Array, k: int, nodes: tuple[Array, Array, int]) -> Array:
    """All in the order of the tree, where neighbours in space are neighbours in memory."""
    least, most, leaves = nodes
    count = points.shape[0]
    found = np.full((queries.shape[0], k), np.inf)
    stack = np.empty(STACK, np.int64)
    away = np.empty(STACK)
    for turn in range(queries.shape[0]):
        i = queries[turn]
        best = found[turn]
        top = 1
        stack[0] = 0
        away[0] = 0.0
        while top > 0:
            top -= 1
            node = stack[top]
            if away[top] >= best[k - 1]:
                continue
            if node < leaves - 1:
                left = 0.0
                right = 0.0
                for axis in range(3):
                    place = points[i, axis]
                    gap = max(least[2 * node + 1, axis] - place, place - most[2 * node + 1, axis], 0.0)
                    left += gap * gap
                    gap = max(least[2 * node + 2, axis] - place, place - most[2 * node + 2, axis], 0.0)
                    right += gap * gap
                nearer = 0 if left <= right else 1
                stack[top] = 2 * node + 2 - nearer  # the farther one below, so that the nearer comes first
                away[top] = max(left, right)
                stack[top + 1] = 2 * node + 1 + nearer
                away[top + 1] = min(left, right)
                top += 2
                continue
            begin = (node - leaves + 1) * LEAF
            for j in range(begin, min(begin + LEAF, count)):
                if j == i:
                    continue
                square = 0.0
                for axis in range(3):
                    square += (points[j, axis] - points[i, axis]) ** 2
                if square < best[k - 1]:
                    m = k - 1
                    while m > 0 and best[m - 1] > square:
                        best[m] = best[m - 1]
                        m -= 1
                    best[m] = square
    roots: Array = np.sqrt(found)
    return roots


def nearest(points: Array, queries: Array, k: int) -> Array:
    """Distances from some points to their nearest others, ascending.

    Parameters
    ----------
    points : float64 [shape=(n, 3)], finite. queries : integers [shape=(q,)], rows of `points`. k : at least 1.

    Returns
    -------
    float64 [shape=(q, k)], in the unit of the points; infinite where there are fewer than `k` others.
    """
    places = frozen(np.asarray(points).reshape(-1, 3), np.float64)
    if not len(places) or not len(queries):
        return np.full((len(queries), k), np.inf)
    asked = frozen(queries, np.int64)
    if not compiled(len(places) * len(asked) // PAIRS):
        return _nearest_numpy(places, asked, int(k))
    order, least, most, leaves = tree(places, places)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    turns = np.argsort(place[asked], kind="stable")
    found = np.empty((len(asked), int(k)))
    moved, wanted = frozen(places[order], np.float64), frozen(place[asked[turns]], np.int64)
    found[turns] = _nearest(moved, wanted, int(k), (least, most, leaves))
    return found


def _nearest_numpy(points: Array, queries: Array, k: int) -> Array:
    """Every pair, in the same order of additions, so that the results are equal to the last bit."""
    found = np.full((len(queries), k), np.inf)
    rows = max(1, BLOCK // len(points))
    for start in range(0, len(queries), rows):
        asked = queries[start : start + rows]
        square = np.zeros((len(asked), len(points)))
        for axis in range(3):
            square += (points[None, :, axis] - points[asked, None, axis]) ** 2
        square[np.arange(len(asked)), asked] = np.inf
        width = min(k, len(points))
        found[start : start + rows, :width] = np.sort(np.partition(square, width - 1, axis=1)[:, :width], axis=1)
    roots: Array = np.sqrt(found)
    return roots
