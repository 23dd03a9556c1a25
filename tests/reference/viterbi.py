"""Slow twin of the Viterbi kernel: every input of a short block is tried."""

from __future__ import annotations

import itertools

import numpy as np


def best_bits(soft, outputs):
    """Bits whose code agrees best with the soft symbols, among all that end in state 0; and their agreement."""
    steps, width = soft.shape
    memory = outputs.shape[0].bit_length() - 1
    best, found = -np.inf, None
    for head in itertools.product((0, 1), repeat=steps - memory):
        bits = [*head, *[0] * memory]
        state, total = 0, 0.0
        for t, bit in enumerate(bits):
            word = int(outputs[state, bit])
            total += sum(-soft[t, c] if word >> c & 1 else soft[t, c] for c in range(width))
            state = (state >> 1) | (bit << (memory - 1))
        if total > best:
            best, found = total, bits
    return np.array(found, dtype=np.uint8), best
