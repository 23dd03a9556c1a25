"""Soft-decision list decoding of a tail-biting convolutional code of rate 1/n, against an affine check.

The best code words are listed in exact order from few start states, at the cut of the circle where the state is surest;
the first one that satisfies the check is the answer.
Sources: A. J. Viterbi, "Error bounds for convolutional codes", IEEE Trans. Inf. Theory 13(2), 1967; serial lists, N.
Seshadri and C.-E. W. Sundberg, "List Viterbi decoding algorithms", IEEE Trans. Commun. 42, 1994, section III; circular
trellis, R. Y. Shao, S. Lin and M. P. C. Fossorier, "Two decoding algorithms for tailbiting codes", IEEE Trans. Commun.
51(10), 2003; list and check together, C.-Y. Lou, B. Daneshrad and R. D. Wesel, "Convolutional-code-specific CRC code
design", IEEE Trans. Commun. 63(10), 2015.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.kernels._kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def _branches(soft: NDArray[np.float64], outputs: NDArray[np.int64]) -> NDArray[np.float64]:
    """(steps, states / 2): agreement of each step with input bit 0 out of the even states."""
    steps, width = soft.shape
    half, parts = outputs.shape
    sums = np.empty((parts, 256))
    branch = np.empty((steps, half))
    for t in range(steps):
        for part in range(parts):
            sums[part, 0] = 0.0
            for c in range(8 * part, min(8 * part + 8, width)):
                sums[part, 0] += soft[t, c]
            for word in range(1, 256):
                low = 0
                while not (word >> low) & 1:
                    low += 1
                column = 8 * part + low
                flipped = 2.0 * soft[t, column] if column < width else 0.0
                sums[part, word] = sums[part, word & (word - 1)] - flipped
        for state in range(half):
            total = 0.0
            for part in range(parts):
                total += sums[part, outputs[state, part]]
            branch[t, state] = total
    return branch


@kernel
def _forward(
    branch: NDArray[np.float64], metric: NDArray[np.float64], after: NDArray[np.float64], margin: NDArray[np.float64]
) -> None:
    """One step: ``margin`` is by how much the odd predecessor beats the even one, for each state reached."""
    half = len(branch)
    for low in range(half):
        even, odd, step = metric[2 * low], metric[2 * low + 1], branch[low]
        a, b = even + step, odd - step
        c, d = even - step, odd + step
        margin[low] = b - a
        margin[low + half] = d - c
        after[low] = b if b > a else a
        after[low + half] = d if d > c else c


@kernel
def _backward(branch: NDArray[np.float64], metric: NDArray[np.float64], before: NDArray[np.float64]) -> None:
    half = len(branch)
    for low in range(half):
        zero, one, step = metric[low], metric[low + half], branch[low]
        a, b = zero + step, one - step
        c, d = zero - step, one + step
        before[2 * low] = b if b > a else a
        before[2 * low + 1] = d if d > c else c


@kernel
def _surest_cut(branch: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]]:
    """The step before which the best state is furthest ahead of the others, and the merit of all states there.

    Merits are those of the best path through a state over a lap each way, after one lap each to forget the beginning.
    """
    steps, half = branch.shape
    states = 2 * half
    past = np.empty((steps, states))
    metric, other, margin = np.zeros(states), np.empty(states), np.empty(states)
    for lap in range(2):
        for t in range(steps):
            if lap == 1:
                past[t, :] = metric
            _forward(branch[t], metric, other, margin)
            metric, other = other, metric
    metric[:] = 0.0
    cut, widest, merits = 0, -1.0, np.zeros(states)
    for lap in range(2):
        for t in range(steps - 1, -1, -1):
            _backward(branch[t], metric, other)
            metric, other = other, metric
            if lap == 0:
                continue
            first, second = -np.inf, -np.inf
            for state in range(states):
                merit = metric[state] + past[t, state]
                if merit > first:
                    first, second = merit, first
                elif merit > second:
                    second = merit
            if first - second >= widest:
                cut, widest = t, first - second
                merits[:] = metric + past[t]
    return cut, merits


@kernel
def _from_starts(
    branch: NDArray[np.float64], cut: int, merits: NDArray[np.float64], starts: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """The best states at the cut, the metric of the best circle through each, and all margins of its trellis."""
    steps, half = branch.shape
    states = 2 * half
    starts = min(starts, states)
    chosen = np.empty(starts, dtype=np.int64)
    best = np.empty(starts)
    margins = np.empty((starts, steps, states))
    left = merits.copy()
    metric, other = np.empty(states), np.empty(states)
    for n in range(starts):
        chosen[n] = np.argmax(left)
        left[chosen[n]] = -np.inf
        metric[:] = -np.inf
        metric[chosen[n]] = 0.0
        for i in range(steps):
            _forward(branch[(i + cut) % steps], metric, other, margins[n, i])
            metric, other = other, metric
        best[n] = metric[chosen[n]]
    return chosen, best, margins


@kernel
def list_viterbi(
    soft: NDArray[np.float64],
    outputs: NDArray[np.int64],
    syndromes: NDArray[np.int64],
    wanted: int,
    starts: int,
    tries: int,
) -> tuple[NDArray[np.uint8], bool, int]:
    """Input bits of the best code word that satisfies the check, whether there was one, and how many were checked.

    ``soft`` (steps, n) float64 is positive where a code bit is likely 0 and zero for an erasure. A state holds the
    latest input bit in its highest place; ``outputs`` (states / 2, ceil(n / 8)) int64 has, for input 0 in state 2 i,
    code bit c as bit c % 8 of byte c // 8. Every generator must tap both ends of the register, so that the other
    three branches of a butterfly follow. The check holds when the exclusive or of the ``syndromes`` (steps,) of the
    steps whose input bit is 1 equals ``wanted``. At most ``tries`` words are checked, best first among those through
    the ``starts`` best states at the cut; when none passes, the best of all is returned.
    Ties go to the smaller state, the even predecessor and the path that was found first.
    """
    steps = soft.shape[0]
    if steps == 0 or tries < 1:
        return np.zeros(steps, dtype=np.uint8), False, 0
    branch = _branches(soft, outputs)
    half = branch.shape[1]
    cut, merits = _surest_cut(branch)
    chosen, best, margins = _from_starts(branch, cut, merits, starts)
    # a node is a path known from its end back to a step: its parent path, that step, the state before it
    room = tries * (steps + 1) + len(chosen)
    parent, since, place = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    paths = np.empty((tries, steps), dtype=np.uint8)
    trellis = np.empty(tries, dtype=np.int32)
    answer = np.empty(steps, dtype=np.uint8)
    top = best.max()
    queue = [(0.0, 0) for _ in range(0)]  # an empty list that knows its type
    for n in range(len(chosen)):
        parent[n], since[n], place[n] = -1, steps, chosen[n]
        heapq.heappush(queue, (top - best[n], n))
    nodes = len(chosen)
    checked = 0
    while checked < tries and len(queue) > 0:
        loss, node = heapq.heappop(queue)
        path = paths[checked]
        state = place[node]
        if parent[node] >= 0:
            for i in range(since[node], steps):
                path[i] = paths[parent[node], i]
            trellis[checked] = trellis[parent[node]]
        else:
            trellis[checked] = node
        margin = margins[trellis[checked]]
        for i in range(since[node] - 1, -1, -1):
            path[i] = 1 if state >= half else 0
            ahead = margin[i, state]
            odd = 1 if ahead > 0.0 else 0
            even = 2 * (state - half * path[i])
            if abs(ahead) < np.inf:  # else the other branch leads to no start
                parent[nodes], since[nodes], place[nodes] = checked, i, even + 1 - odd
                heapq.heappush(queue, (loss + abs(ahead), nodes))
                nodes += 1
            state = even + odd
        checked += 1
        syndrome = 0
        for i in range(steps):
            if path[i]:
                syndrome ^= syndromes[(i + cut) % steps]
        if checked == 1 or syndrome == wanted:
            for i in range(steps):
                answer[(i + cut) % steps] = path[i]
        if syndrome == wanted:
            return answer, True, checked
    return answer, False, checked
