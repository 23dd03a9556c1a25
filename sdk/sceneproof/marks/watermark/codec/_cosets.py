"""Which of the values that read alike to aim at: all those that are whole steps apart do.

Moving every functional to the nearest one is not what moves the surface least, for functionals overlap: what one
asks for, another undoes. The displacement of wishes ``r`` costs ``r' G r`` with ``G = (J M^-1 J' + rho I)^-1``, and any
whole number of steps may be added to each wish. Wishes are moved by one step, the one that saves most first, until none
saves anything. It takes two fifths of the cost off, against rounding; searches that go on (nearest plane, pairs,
annealing) take off another twentieth.
Source: B. M. Hochwald, C. B. Peel, A. L. Swindlehurst, "A vector-perturbation technique for near-capacity multiantenna
multiuser communication II", IEEE Trans. Commun. 53(3), 2005: the same integers before the same regularised inverse.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 1e-9  # share of the whole cost that a move must save


def cheapest(wishes: Floats, period: Floats, inverse: Floats, like: Floats | None = None) -> Floats:
    """The wishes (k,), each moved by a whole number of its ``period`` (k,), so that they cost least under the symmetric
    positive ``inverse`` (k, k); a local optimum, the one next to ``like`` where that is given.
    """
    found = wishes.copy() if like is None else wishes + period * np.round((like - wishes) / period)
    slope = inverse @ found
    own = period**2 * np.diag(inverse)
    least = LEAST * float(found @ slope)
    for _ in range(4 * len(found)):
        saved = 2.0 * np.abs(slope) * period - own
        best = int(np.argmax(saved))
        if saved[best] <= least:
            break
        move = -float(np.sign(slope[best])) * period[best]
        found[best] += move
        slope += move * inverse[best]
    return found
