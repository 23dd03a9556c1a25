"""Boundary edges to closed loops, each of which passes no vertex twice."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel


@kernel
def _walk(first: Array, starts: Array, slots: Array) -> tuple[Array, Array, Array, int]:
    """Walk every edge once; `first` holds the two ends of each edge, `starts` and `slots` the edges at each vertex."""
    edges = first.shape[0]
    vertices = starts.shape[0] - 1
    used = np.zeros(edges, np.bool_)
    cursor = starts[:vertices].copy()
    place = np.full(vertices, -1, np.int64)  # where a vertex stands on the path, or -1
    path = np.empty(edges + 1, np.int64)
    order = np.empty(2 * edges + 1, np.int64)
    ends = np.empty(edges + 1, np.int64)
    closed = np.zeros(edges + 1, np.bool_)
    filled = 0
    loops = 0
    for turn in range(2):  # chains from vertices with an odd number of edges go first: what is left closes
        for start in range(vertices):
            if turn == 0 and (starts[start + 1] - starts[start]) % 2 == 0:
                continue
            top = 0
            path[0] = start
            place[start] = 0
            while top >= 0:
                v = path[top]
                while cursor[v] < starts[v + 1] and used[slots[cursor[v]]]:
                    cursor[v] += 1
                if cursor[v] == starts[v + 1]:  # nothing leads on: an open chain, or the end of the last loop
                    if top > 0:
                        for i in range(top + 1):
                            order[filled] = path[i]
                            filled += 1
                        ends[loops] = filled
                        loops += 1
                    for i in range(top + 1):
                        place[path[i]] = -1
                    top = -1
                    continue
                edge = slots[cursor[v]]
                used[edge] = True
                w = first[edge, 1] if first[edge, 0] == v else first[edge, 0]
                if place[w] < 0:
                    top += 1
                    path[top] = w
                    place[w] = top
                    continue
                for i in range(place[w], top + 1):
                    order[filled] = path[i]
                    filled += 1
                    if i > place[w]:
                        place[path[i]] = -1
                ends[loops] = filled
                closed[loops] = True
                loops += 1
                top = place[w]
    return order[:filled], ends[:loops], closed[:loops], loops


def loops(edges: Array) -> tuple[Array, Array, Array]:
    """Take edges apart into simple loops, and into open chains where a vertex has an odd number of them.

    Where several loops touch at one vertex they are parted there. Which way is taken at such a vertex depends on the
    order of the edges only.

    Parameters
    ----------
    edges : integers [shape=(e, 2)], the two vertices of each edge, distinct; each edge once.

    Returns
    -------
    vertices : int64, the vertices of all loops one after another, in the order of the walk.
    starts : int64 [shape=(l + 1,)], where each loop begins in `vertices`.
    closed : bool [shape=(l,)], false for an open chain.
    """
    pairs = frozen(np.asarray(edges).reshape(-1, 2), np.int64)
    if not len(pairs):
        return np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, bool)
    names, inner = np.unique(pairs, return_inverse=True)
    inner = inner.reshape(-1, 2)
    slots = np.argsort(inner.ravel(), kind="stable") // 2
    starts = np.concatenate([[0], np.cumsum(np.bincount(inner.ravel(), minlength=len(names)))])
    run = _walk if compiled(10 * len(pairs)) else _walk.py_func
    order, ends, closed, _ = run(frozen(inner, np.int64), frozen(starts, np.int64), frozen(slots, np.int64))
    return names[order], np.concatenate([[0], ends]).astype(np.int64), closed
