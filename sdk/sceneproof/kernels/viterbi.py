"""Soft-decision Viterbi decoding of a zero-terminated rate 1/n convolutional code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sceneproof.kernels._kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def viterbi(soft: NDArray[np.float64], outputs: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Most likely input bits, tail included.

    ``soft`` is (steps, n) float64, positive where the code bit is likely 0, and zero for an erasure; ``outputs`` is
    (states, 2) int64, the n output bits (bit c for output c) when an input bit enters a state. A state holds the
    latest input bit in its highest place. The path starts and ends in state 0. On equal metrics the predecessor with
    the smaller number wins, so that the answer does not depend on the machine.
    Source: A. J. Viterbi, "Error bounds for convolutional codes", IEEE Trans. Inf. Theory 13(2), 1967.
    """
    steps, width = soft.shape
    states = outputs.shape[0]
    half = states // 2
    words = 1 << width
    decision = np.zeros((steps, states), dtype=np.uint8)
    metric = np.full(states, -np.inf)
    metric[0] = 0.0
    after = np.empty(states)
    branch = np.empty(words)
    for t in range(steps):
        for word in range(words):
            total = 0.0
            for c in range(width):
                total += -soft[t, c] if (word >> c) & 1 else soft[t, c]
            branch[word] = total
        for low in range(half):
            first = 2 * low
            second = first + 1
            for bit in range(2):
                a = metric[first] + branch[outputs[first, bit]]
                b = metric[second] + branch[outputs[second, bit]]
                state = low + bit * half
                if b > a:
                    after[state] = b
                    decision[t, state] = 1
                else:
                    after[state] = a
        metric, after = after, metric
    bits = np.empty(steps, dtype=np.uint8)
    state = 0
    for t in range(steps - 1, -1, -1):
        bits[t] = 1 if state >= half else 0
        low = state - half if state >= half else state
        state = 2 * low + decision[t, state]
    return bits
