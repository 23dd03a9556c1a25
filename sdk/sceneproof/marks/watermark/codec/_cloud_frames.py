"""Frames of a cloud: the file's own axes, and axes along the spread of its weight."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ._cloud_lattice import exponent_of
from ._cloud_types import Cloud
from ._constants import CANONICAL, RAW
from ._frames import Frame

Floats = NDArray[np.float64]

_SIGNS = ((1.0, 1.0, 1.0), (1.0, -1.0, -1.0), (-1.0, 1.0, -1.0), (-1.0, -1.0, 1.0))
_REACH = 3.0  # standard deviations: what lies farther from the centre is a stray and does not count
_ROUNDS = 6


def raw_frame(exponent: int) -> Frame:
    """The file's own coordinates, the cell an absolute power of sqrt 2, so that a crop cannot move the lattice."""
    return Frame(RAW, exponent, np.zeros(3), np.eye(3), 2.0 ** (-exponent / 2.0), "raw")


def canonical_frames(cloud: Cloud, gap: float = 1.0) -> tuple[list[Frame], float]:
    """Four frames along the principal axes, the likeliest first, and the real-valued exponent of their cell.

    Centre and spread are weighted; strays fade out by (1 - r^2)^2 in a few rounds. None for a cloud without spread, or
    with neighbouring principal moments closer than the ratio ``gap``.
    """
    points, weights = cloud.positions, cloud.weights
    centre = np.median(points, axis=0)
    reach = float(np.percentile(np.abs(points - centre), 90.0)) * 4.0
    if not 1e-150 < reach < 1e150:
        return [], math.nan
    local = points
    held = weights
    values, columns = np.ones(3), np.eye(3)
    for _ in range(_ROUNDS):
        local = points - centre
        held = weights * np.maximum(0.0, 1.0 - (local**2).sum(axis=1) / reach**2) ** 2
        total = held.sum()
        if not total > 0.0:
            return [], math.nan
        shift = (held[:, None] * local).sum(axis=0) / total
        second = np.array([[(held * local[:, i] * local[:, j]).sum() for j in range(3)] for i in range(3)]) / total
        values, columns = np.linalg.eigh(second - shift[:, None] * shift[None, :])
        if not np.isfinite(values).all() or values[0] <= 1e-9 * values[2]:
            return [], math.nan
        centre, reach = centre + shift, _REACH * math.sqrt(float(values.sum()))
    if min(values[1:] / values[:-1]) < gap:
        return [], math.nan
    axes = columns.T.copy()
    axes[0] = np.cross(axes[1], axes[2])  # a rotation, never a mirror
    along = np.stack([((points - centre) * axis).sum(axis=1) for axis in axes])
    third = (held * along**3).sum(axis=1) / np.maximum((held * along**2).sum(axis=1), 1e-300) ** 1.5
    sign = np.where(third < 0.0, -1.0, 1.0)
    if np.prod(sign) < 0.0:
        sign[np.argmin(np.abs(third))] *= -1.0
    size = float(np.prod(values) ** (1.0 / 6.0))
    first = Frame(CANONICAL, 0, centre, axes * sign[:, None], 1.0 / size, "canonical")
    value = exponent_of(first.place(points), weights)
    if math.isnan(value):
        return [], value
    first = first.with_exponent(round(value))
    found = [
        replace(first, axes=first.axes * np.asarray(s)[:, None], name=f"canonical{k or ''}")
        for k, s in enumerate(_SIGNS)
    ]
    return found, value
