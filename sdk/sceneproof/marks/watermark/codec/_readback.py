"""Reading a fresh mark back through the reader's own path before it is given out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._detect import detect
from ._types import Surface

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Readback:
    """Layers that were read, and the share of code symbols that were wrong in the worst of them."""

    layers: tuple[str, ...]
    errors: float


def _quantised(points: Floats, bits: int) -> Floats:
    finite = np.isfinite(points).all(axis=1)
    low, high = points[finite].min(axis=0), points[finite].max(axis=0)
    size = float((high - low).max()) or 1.0
    out = points.copy()
    out[finite] = low + np.round((points[finite] - low) / size * (2**bits - 1)) * (size / (2**bits - 1))
    return out


def _turned(points: Floats) -> Floats:
    """A fixed similarity that no lattice of the file's frame survives."""
    angle = 0.7
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = points.T
    first = np.stack([c * x - s * y, s * x + c * y, z], axis=1)
    x, y, z = first.T
    return 0.37 * np.stack([x, c * y - s * z, s * y + c * z], axis=1)


def read_back(surface: Surface, displacement: Floats, payload: bytes, key: bytes, both: bool) -> Readback | None:
    """None unless the payload is read from the float32 result, as it is and rounded to 12 bits.

    With ``both``, also after a similarity transform that only the canonical layer survives.
    """
    stored = (surface.positions + displacement).astype(np.float32).astype(np.float64)
    copies = [("raw", stored), ("raw", _quantised(stored, 12))]
    if both:
        copies.append(("canonical", _turned(stored)))
    layers, errors = [], 0.0
    for name, points in copies:
        found = detect([Surface(points, surface.faces)], key, bits=8 * len(payload), effort="quick")
        if not found.found or found.payload != payload:
            return None
        errors = max(errors, found.corrected / max(found.symbols, 1))
        if name not in layers:
            layers.append(name)
    return Readback(tuple(layers), errors)
