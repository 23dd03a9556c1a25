"""The order in which a Draco mesh stores an attribute's values: seams, then a walk over the corner table.

Source: Draco Bitstream Specification 2.2, sections "Attribute Traversal", "EdgeBreaker Traverser" and "Prediction
Degree Traverser" (Cohen-Or et al., "Multi-way Geometry Encoding", 2002). Corner tables as in `draco_connectivity`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel
from sceneproof.kernels.draco_connectivity import after, before, swing_left, swing_right

_BUCKETS = 3


@kernel
def seam_places(opposite: NDArray[np.int64]) -> NDArray[np.int64]:
    """The corners whose edge has a seam flag of its own, in the order of the flags: inner edges, once each."""
    out = np.empty(len(opposite), np.int64)
    count = 0
    for corner in range(len(opposite)):
        if opposite[corner] >= 0 and opposite[corner] // 3 >= corner // 3:
            out[count] = corner
            count += 1
    return out[:count].copy()


@kernel
def cut_seams(
    opposite: NDArray[np.int64], vertex: NDArray[np.int64], leftmost: NDArray[np.int64], seams: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The corner table of an attribute with seams at the edges that face the corners ``seams``."""
    cut = opposite.copy()
    touched = np.zeros(len(leftmost), np.uint8)
    for corner in range(len(opposite)):
        if opposite[corner] < 0:
            touched[vertex[after(corner)]] = 1
            touched[vertex[before(corner)]] = 1
    for corner in seams:
        across = opposite[corner]
        cut[corner] = -1
        cut[across] = -1
        touched[vertex[after(corner)]] = 1
        touched[vertex[before(corner)]] = 1
        touched[vertex[after(across)]] = 1
        touched[vertex[before(across)]] = 1
    own = np.full(len(vertex), -1, np.int64)
    first_of = np.empty(len(vertex), np.int64)
    count = 0
    for v in range(len(leftmost)):
        corner = leftmost[v]
        if corner < 0:
            continue
        if touched[v]:
            step = swing_left(cut, corner)
            while step >= 0 and step != leftmost[v]:
                corner = step
                step = swing_left(cut, corner)
        first = corner
        own[first] = count
        first_of[count] = first
        count += 1
        corner = swing_right(opposite, first)
        while corner >= 0 and corner != first:
            if cut[after(corner)] < 0:
                first_of[count] = corner
                count += 1
            own[corner] = count - 1
            corner = swing_right(opposite, corner)
    return cut, own, first_of[:count].copy()


@kernel
def _visit(state: tuple[NDArray[np.int64], NDArray[np.int64]], count: int, vertex: int, corner: int) -> int:
    """Give a vertex its entry when it has none; the number of entries."""
    if state[0][vertex] >= 0:
        return count
    state[0][vertex] = count
    state[1][count] = corner
    return count + 1


@kernel
def depth_first(
    opposite: NDArray[np.int64], vertex: NDArray[np.int64], leftmost: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """``(entry_of, corner_of)``: entry of each vertex (-1 for none), and the corner at which each entry was met."""
    faces = len(vertex) // 3
    state = (np.full(len(leftmost), -1, np.int64), np.empty(len(leftmost), np.int64))
    done = np.zeros(faces + 1, np.uint8)
    done[faces] = 1  # what lies across a boundary counts as visited
    stack = np.empty(faces + 2, np.int64)
    count = 0
    for start in range(faces):
        if done[start]:
            continue
        corner = 3 * start
        depth = 1
        stack[0] = corner
        count = _visit(state, count, vertex[corner + 1], corner + 1)
        count = _visit(state, count, vertex[corner + 2], corner + 2)
        while depth:
            corner = stack[depth - 1]
            if corner < 0 or done[corner // 3]:
                depth -= 1
                continue
            while True:
                done[corner // 3] = 1
                tip = vertex[corner]
                right = opposite[after(corner)]
                if state[0][tip] < 0:
                    count = _visit(state, count, tip, corner)
                    if right >= 0 and swing_left(opposite, leftmost[tip]) >= 0:
                        corner = right
                        continue
                left = opposite[before(corner)]
                right_done = done[right // 3 if right >= 0 else faces]
                left_done = done[left // 3 if left >= 0 else faces]
                if right_done and left_done:
                    depth -= 1
                    break
                if right_done:
                    corner = left
                elif left_done:
                    corner = right
                else:
                    stack[depth - 1] = left
                    stack[depth] = right
                    depth += 1
                    break
    return state[0], state[1][:count].copy()


@kernel
def _priority(entry_of: NDArray[np.int64], degree: NDArray[np.int64], tip: int) -> int:
    if entry_of[tip] >= 0:
        return 0
    degree[tip] += 1
    return 1 if degree[tip] > 1 else 2


@kernel
def by_degree(
    opposite: NDArray[np.int64], vertex: NDArray[np.int64], leftmost: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As `depth_first`, in the order of the faces from which a vertex can be predicted."""
    faces = len(vertex) // 3
    state = (np.full(len(leftmost), -1, np.int64), np.empty(len(leftmost), np.int64))
    degree = np.zeros(len(leftmost), np.int64)
    done = np.zeros(faces + 1, np.uint8)
    done[faces] = 1
    stacks = np.empty((_BUCKETS, 2 * faces + 2), np.int64)
    depth = np.zeros(_BUCKETS, np.int64)
    count = 0
    for start in range(faces):
        corner = 3 * start
        stacks[0, depth[0]] = corner
        depth[0] += 1
        best = 0
        count = _visit(state, count, vertex[corner + 1], corner + 1)
        count = _visit(state, count, vertex[corner + 2], corner + 2)
        count = _visit(state, count, vertex[corner], corner)
        while True:
            while best < _BUCKETS and depth[best] == 0:
                best += 1
            if best == _BUCKETS:
                break
            depth[best] -= 1
            corner = stacks[best, depth[best]]
            if done[corner // 3]:
                continue
            while True:
                done[corner // 3] = 1
                count = _visit(state, count, vertex[corner], corner)
                right = opposite[after(corner)]
                left = opposite[before(corner)]
                right_done = done[right // 3 if right >= 0 else faces]
                if not done[left // 3 if left >= 0 else faces]:
                    rank = _priority(state[0], degree, vertex[left])
                    if right_done and rank <= best:
                        corner = left
                        continue
                    stacks[rank, depth[rank]] = left
                    depth[rank] += 1
                    best = min(best, rank)
                if not right_done:
                    rank = _priority(state[0], degree, vertex[right])
                    if rank <= best:
                        corner = right
                        continue
                    stacks[rank, depth[rank]] = right
                    depth[rank] += 1
                    best = min(best, rank)
                break
    return state[0], state[1][:count].copy()
