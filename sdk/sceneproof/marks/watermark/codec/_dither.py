"""Dithered quantisation (QIM) of functional values, and its soft reading.

Source: B. Chen and G. W. Wornell, "Quantization index modulation", IEEE Trans. Inf. Theory 47(4), 2001, section V.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ._lattice import Probe

Floats = NDArray[np.float64]


def symbols(probe: Probe, code: NDArray[np.uint8]) -> Floats:
    """Symbol 0 or 1 of each functional; a pilot carries 0."""
    index = np.maximum(np.floor(probe.symbol * len(code)), 0).astype(np.int64)
    return np.where(probe.symbol < 0.0, 0.0, code[index])


def targets(values: Floats, dither: Floats, carried: Floats, step: float) -> Floats:
    """Nearest value to each functional's that reads as its symbol."""
    shift = dither + carried / 2.0
    return (np.round(values / step - shift) + shift) * step


def phases(probe: Probe, step: float) -> Floats:
    """Angle of each value in its own lattice: 0 reads as symbol 0, pi as symbol 1."""
    return 2.0 * np.pi * (probe.value / step - probe.dither)


def soft_symbols(places: Floats, values: Floats, length: int) -> Floats:
    """Values summed per code symbol, positive where 0 is likely; ``places`` in [0, 1) say which symbol each carries."""
    index = np.floor(places * length).astype(np.int64)
    soft: Floats = np.bincount(index, weights=values, minlength=length).astype(np.float64)
    return soft
