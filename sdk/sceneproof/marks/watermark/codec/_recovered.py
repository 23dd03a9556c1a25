"""What the writer asked of each functional, out of what is left of its displacement beside the unmarked surface.

The writer's displacement is ``d = M^-1 J' y`` with ``(J M^-1 J' + rho I) y = r``, where ``r`` is the wanted change of
each functional: uniform within half a quantiser step, for the dither is. With the host at hand J and rho are known, so
``r`` is estimated from ``d`` wherever it is seen, by linear least squares with that prior (a Wiener filter). It knows
which functionals the rest of a crop determines, undoes the writer's ridge, and tells waves apart that overlap. What an
affine map would explain is left out, so that an error of registration is no change.

Noise and prior are fitted by expectation and maximisation on the suspect itself. Nothing here looks at a dither, so the
null of the statistic stays what it is.
Source: Wiener filter and EM as in A. P. Dempster, N. M. Laird, D. B. Rubin, J. Roy. Stat. Soc. B 39, 1977, section 4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._inverse import inverted

if TYPE_CHECKING:
    from ._solver import System

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 8
SETTLED = 0.02  # relative change of the noise at which the fit ends
FIRST_NOISE = 0.05  # share of what is seen that is taken for noise at first
LEAST_NOISE = 1e-4  # and that is left at least: the writer's answer is not linear to more than a percent


@dataclass(frozen=True, eq=False)
class Seen:
    """Displacement ``d`` (v,) along the writer's directions, in its unit, and the area ``weight`` (v,) of what is
    shown, zero elsewhere; ``drift`` (v, 12) is what an affine map displaces."""

    d: Floats
    weight: Floats
    drift: Floats


@dataclass(frozen=True, eq=False)
class Recovered:
    """``change`` (k,) of each row, unbiased, and its error ``variance`` (k,)."""

    change: Floats
    variance: Floats


def recovered(system: System, seen: Seen, prior: Floats, group: Ints) -> Recovered:
    """Estimate the wanted change of every row. ``prior`` (k,) is its variance to start from, fitted as a whole within
    each ``group`` (k,) of rows.

    Raises `numpy.linalg.LinAlgError` where nothing is seen.
    """
    whole = inverted(system.dense)
    shown, right, energy = _seen_of(system, seen)
    # from multipliers to wanted changes, in which the prior is diagonal
    right = whole @ right
    shown = whole @ shown @ whole
    shown = 0.5 * (shown + shown.T)
    count = max(int((seen.weight > 0.0).sum()) - seen.drift.shape[1], 1)
    noise = max(FIRST_NOISE * energy / count, 1e-300)
    least = LEAST_NOISE * energy / count + 1e-300
    for _ in range(ROUNDS):
        root = np.sqrt(prior)
        inner = root[:, None] * shown * root / noise
        inner[np.diag_indices(len(inner))] += 1.0 + 1e-6
        error = root[:, None] * inverted(inner) * root
        change, variance = error @ right / noise, np.diag(error)
        left = energy - 2.0 * float(change @ right) + float(change @ (shown @ change)) + float((shown * error).sum())
        before, noise = noise, max(left / count, least)
        grown = np.bincount(group, (change**2 + variance) / prior) / np.maximum(np.bincount(group), 1)
        known = np.clip(1.0 - variance / prior, 1e-6, 1.0)
        spread, prior = prior, prior * np.clip(grown, 1e-3, 1e3)[group]
        if abs(np.log(noise / before)) < SETTLED:
            break
    return Recovered(change / known, spread * (1.0 - known) / known)


def _derivative(system: System) -> Any:
    """Sparse (k, v): rows by vertices. The writer's own matrix leaves out far pairs, so it is no Gram matrix of it."""
    from scipy.sparse import csr_matrix

    ends, ids = system.blocks
    cell = np.repeat(np.arange(len(system.rows)), np.diff(ends))
    rows, columns, values = [], [], []
    for field in range(system.rows.shape[1]):
        row = system.rows[cell, field]
        used = row >= 0
        rows.append(row[used])
        columns.append(ids[used])
        values.append(system.values[field, used])
    shape = (int(system.rows.max(initial=-1)) + 1, len(system.carriers.inverse))
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def _seen_of(system: System, seen: Seen) -> tuple[Floats, Floats, float]:
    """Gram matrix of the rows on the vertices that are shown, rows' share of what is seen there, and its energy; all
    without the drift."""
    shown = np.flatnonzero(seen.weight > 0.0)
    weight, drift, d = seen.weight[shown], seen.drift[shown], seen.d[shown]
    moves = _derivative(system)[:, shown].multiply(system.carriers.inverse[shown]).tocsr()  # by a multiplier of one
    pressed = (drift * weight[:, None]).T
    gram = np.linalg.pinv(pressed @ drift, rcond=1e-10, hermitian=True)  # a plane does not show how it slides
    d = d - drift @ (gram @ (pressed @ d))
    along = moves @ pressed.T
    square = (moves.multiply(weight) @ moves.T).toarray() - along @ gram @ along.T
    return square, moves @ (weight * d), float((weight * d**2).sum())
