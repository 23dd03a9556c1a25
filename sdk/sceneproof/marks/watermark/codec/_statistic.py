"""The detection statistic and its exact null.

Under a key that did not write the mark the dithers are independent uniforms, so every term is the cosine of a uniform
angle on any surface whatever: mean 0, variance 1/2. The weighted sum is normal to within its (lighter) tails.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ._constants import CRC_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._lattice import Probe

LIMIT = -9.0  # log10 of the accepted chance
MOST_TRIES = 3.0  # log10 of the code words tried at most
TERMS = 3  # statistics looked at per hypothesis: pilots alone, pilots with payload, all as pilots; all are counted


def statistic(probe: Probe, angles: NDArray[np.float64]) -> float:
    """Standard deviations by which the functionals speak for a mark, its bits unknown.

    The largest of three: sum w cos(angle) / sqrt(sum w^2 / 2) over the pilots; its mean over sqrt 2 with the same of
    the doubled angle over the payload, where 0 and 1 read alike; and the first over everything, for a mark without a
    payload.
    """
    pilot = probe.symbol < 0.0
    cosine = np.cos(angles)
    first = _normalised(probe.weight[pilot], cosine[pilot])
    second = _normalised(probe.weight[~pilot], 2.0 * cosine[~pilot] ** 2 - 1.0)
    return max(first, (first + second) / math.sqrt(2.0), _normalised(probe.weight, cosine))


def agreement(probe: Probe, angles: NDArray[np.float64], carried: NDArray[np.float64]) -> float:
    """Standard deviations by which the functionals speak for code symbols that are known, pilots as 0."""
    return _normalised(probe.weight, np.cos(angles - np.pi * carried))


def trust(probe: Probe, angles: NDArray[np.float64]) -> float:
    """Mean cosine of the angle errors, estimated without the bits: what a reading counts beside others.

    For wrapped normal errors the mean of the doubled angle's cosine is the fourth power of it.
    """
    pilot = probe.symbol < 0.0
    cosine = np.cos(angles)
    double = float((probe.weight[~pilot] * (2.0 * cosine[~pilot] ** 2 - 1.0)).sum() / max(probe.weight.sum(), 1e-300))
    single = float((probe.weight[pilot] * cosine[pilot]).sum() / max(probe.weight[pilot].sum(), 1e-300))
    return max(0.1, 0.5 * (math.sqrt(math.sqrt(max(double, 0.0))) + max(single, 0.0)))


def worthwhile(z: float, hypotheses: float) -> int:
    """Code words that may be tried for a statistic of z: as many as leave an accepted chance, none when one does not.

    A tenth of what the limit allows, since over all z the chances of tries chosen so add up to a few times more.
    """
    room = LIMIT - 1.0 + CRC_BITS * math.log10(2.0) - log10_tail(z) - math.log10(max(hypotheses, 1) * TERMS)
    return 0 if room < -1.0 else int(10.0 ** min(max(room, 0.0), MOST_TRIES))


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


def log10_payload(z: float, hypotheses: float, tries: int) -> float:
    """log10 of the chance that any of H hypotheses, with so many code words each, passes its CRC with z or more."""
    many = max(hypotheses, 1) * TERMS * max(tries, 1)
    return min(log10_tail(z) + math.log10(many) - CRC_BITS * math.log10(2.0), 0.0)
