"""The detection statistic and its exact null.

Under a key that did not write the mark the dithers are independent uniforms, so every term is the cosine of a uniform
angle on any surface whatever: mean 0, variance 1/2. The weighted sum is normal to within its (lighter) tails.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._lattice import Probe

TERMS = 2  # statistics looked at per hypothesis: pilots alone, pilots with payload; both are counted


def statistic(probe: Probe, angles: NDArray[np.float64]) -> float:
    """Standard deviations by which the pilots, or pilots and payload (read without its bits), speak for a mark.

    The first is sum w cos(angle) / sqrt(sum w^2 / 2) over the pilots, the second the same with the doubled angle over
    the payload, where 0 and 1 read alike; the larger of the first and their mean over sqrt 2.
    """
    pilot = probe.symbol < 0.0
    first = _normalised(probe.weight[pilot], np.cos(angles[pilot]))
    second = _normalised(probe.weight[~pilot], np.cos(2.0 * angles[~pilot]))
    return max(first, (first + second) / math.sqrt(2.0))


def _normalised(weight: NDArray[np.float64], cosine: NDArray[np.float64]) -> float:
    power = float((weight**2).sum())
    return float((weight * cosine).sum()) / math.sqrt(power / 2.0) if power > 0.0 else 0.0


def log10_tail(z: float) -> float:
    """log10 of the upper tail of the standard normal law, without underflow."""
    if z < 30.0:
        return math.log10(0.5 * math.erfc(z / math.sqrt(2.0)))
    return -(z * z) / (2.0 * math.log(10.0)) - math.log10(z * math.sqrt(2.0 * math.pi))


def log10_corrected(z: float, hypotheses: int) -> float:
    """log10 of 1 - (1 - sf(z))^H over all the statistics of H hypotheses (Sidak)."""
    tail = log10_tail(z)
    many = max(hypotheses, 1) * TERMS
    if tail < -12.0:
        return min(tail + math.log10(many), 0.0)
    probability = -math.expm1(many * math.log1p(-min(10.0**tail, 1.0 - 1e-16)))
    return math.log10(probability)


def log10_payload(z: float, hypotheses: int, crc_bits: int) -> float:
    """log10 of the chance that any of H hypotheses passes its CRC with a statistic of at least z."""
    return min(log10_tail(z) + math.log10(max(hypotheses, 1) * TERMS) - crc_bits * math.log10(2.0), 0.0)
