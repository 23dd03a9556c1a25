"""Slow twin of the list Viterbi kernel: every word of a short circle is tried."""

from __future__ import annotations

import itertools

import numpy as np


def code_word(bits, polynomials):
    """(steps, n) code bits of input bits in a circle; the register holds the latest bit in its highest place."""
    memory = max(polynomials).bit_length() - 1
    steps = len(bits)
    word = np.zeros((steps, len(polynomials)), dtype=np.uint8)
    for t in range(steps):
        register = sum(int(bits[(t - age) % steps]) << (memory - age) for age in range(memory + 1))
        word[t] = [(register & p).bit_count() & 1 for p in polynomials]
    return word


def all_words(soft, polynomials):
    """Every input (as a tuple of bits) with the agreement of its code word and the soft symbols, best first."""
    rated = []
    for bits in itertools.product((0, 1), repeat=len(soft)):
        signs = 1.0 - 2.0 * code_word(bits, polynomials)
        rated.append((bits, float((signs * soft).sum())))
    return sorted(rated, key=lambda r: -r[1])
