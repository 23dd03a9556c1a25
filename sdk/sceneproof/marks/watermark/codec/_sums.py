"""Readings of several layers or surfaces as one, and what their choice costs.

Each reading is the best of many that were tried, so their sum has the law of no single trial. It is bounded by
Bonferroni over everything that could have been chosen: every reading of each layer or surface, and every set of them.
Whatever the weights, the statistic of a sum is at most the root of the sum of squares, whose law is chi-squared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from ._reader import Ledger, Reading, combined
from ._statistic import TERMS, log10_tail

SHARED = 0.05  # share of functionals that two readings may have in common: copies of one mesh are one piece of evidence


class BestOf(Protocol):
    """What reads one surface or cloud: by layer the best reading, and the hypotheses that it is the best of."""

    best: dict[str, Reading]
    tried: dict[str, int]


def pooled(found: Sequence[tuple[Reading, int]], label: str) -> tuple[Reading, float] | None:
    """The readings that say more than the best of so many tries does by chance, summed, and log10 of all choices
    in hypotheses.

    Each entry is a reading and the hypotheses that it is the best of. None where fewer than two are worth it.
    """
    kept: list[Reading] = []
    choices = 0.0
    for reading, tried in sorted(found, key=lambda entry: -entry[0].z):
        cost = math.log10(max(tried, 1) * TERMS)
        if -log10_tail(reading.z) > cost and not any(_same(reading, other) for other in kept):
            kept.append(reading)
            choices += cost
    if len(kept) < 2:
        return None
    both = combined(kept, label)
    sets = math.log10(len(found) * math.comb(len(found), len(kept)))
    heavier = _log10_chi(sum(r.z**2 for r in kept), len(kept)) - log10_tail(math.sqrt(sum(r.z**2 for r in kept)))
    return both, choices + sets + max(heavier, 0.0) - math.log10(TERMS)  # which every chance counts once


def decode_sum(ledger: Ledger, found: Sequence[tuple[Reading, int]], label: str, others: int = 1) -> bool:
    """Try to read the sum, one hypothesis that pays for its choices, ``others`` times as many when it is one of so
    many sums; True on a lock."""
    both = pooled(found, label)
    if both is None:
        return False
    ledger.hypotheses += 1
    return ledger.decode(both[0], 10.0 ** min(both[1], 300.0) * others)


def decode_layers(ledger: Ledger, reader: BestOf, label: str, others: int = 1) -> bool:
    """Try the sum of the best readings of a reader's layers."""
    return decode_sum(ledger, [(best, reader.tried[layer]) for layer, best in reader.best.items()], label, others)


def decode_readers(ledger: Ledger, readers: Iterable[BestOf], label: str) -> bool:
    """Try the sum of the best reading of each reader that has one."""
    found = [(max(r.best.values(), key=lambda b: b.z), sum(r.tried.values())) for r in readers if r.best]
    return decode_sum(ledger, found, label)


def _same(first: Reading, second: Reading) -> bool:
    shared = len(np.intersect1d(first.places, second.places))
    return shared > SHARED * min(len(first.places), len(second.places))


def _log10_chi(square: float, degrees: int) -> float:
    """log10 of the upper tail of chi-squared, for an odd number of degrees that of one more, which lies above it."""
    half = square / 2.0
    terms = [k * math.log(half) - math.lgamma(k + 1) for k in range((degrees + 1) // 2)] if half > 0.0 else [0.0]
    most = max(terms)
    return min((most + math.log(sum(math.exp(t - most) for t in terms)) - half) / math.log(10.0), 0.0)
