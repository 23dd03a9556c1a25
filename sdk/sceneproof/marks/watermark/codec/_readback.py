"""Reading a fresh mark back through the reader's own path before it is given out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._detect import detect
from ._mesh import weld
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


def _shaken(points: Floats, faces: NDArray[np.int64], amount: float) -> Floats:
    """Uniform noise of ``amount`` times the mean distance to the centre, the same for equal positions."""
    group = weld(Surface(points, faces)).group
    known = group >= 0
    size = float(np.linalg.norm(points[known] - points[known].mean(axis=0), axis=1).mean())
    draws = np.random.default_rng(0).uniform(-amount, amount, (int(group.max()) + 1, 3))
    out = points.copy()
    out[known] += draws[group[known]] * size
    return out


def read_back(surface: Surface, displacement: Floats, payload: bytes, key: bytes, both: bool) -> Readback | None:
    """None unless the payload is read from the float32 result, as it is, and rounded to 12 bits with 0.1 % noise.

    With ``both``, also rounded after a similarity transform that only the canonical layer survives. What fails this
    would be a mark that the first export makes unreadable.
    """
    stored = (surface.positions + displacement).astype(np.float32).astype(np.float64)
    copies = [("raw", stored), ("raw", _shaken(_quantised(stored, 12), surface.faces, 0.001))]
    if both:
        copies.append(("canonical", _quantised(_turned(stored), 12)))
    layers, errors = [], 0.0
    for name, points in copies:
        found = detect([Surface(points, surface.faces)], key, bits=8 * len(payload), effort="quick")
        if not found.found or (found.payload or b"") != payload:
            return None
        errors = max(errors, found.corrected / max(found.symbols, 1))
        if name not in layers:
            layers.append(name)
    return Readback(tuple(layers), errors)


def read_back_parts(surface: Surface, displacement: Floats, payload: bytes, key: bytes) -> float | None:
    """The same of a payload that lies in parts, which were read back each alone: from all of the surface.

    It is read as stored, and rounded to 14 bits, to which exporters round a mesh when they are not told otherwise; what
    is coarser is coarser still for a part. The share of code symbols that were wrong, or None.
    """
    stored = (surface.positions + displacement).astype(np.float32).astype(np.float64)
    errors = 0.0
    for points in (stored, _quantised(stored, 14)):
        found = detect([Surface(points, surface.faces)], key, bits=8 * len(payload), effort="quick")
        if not found.found or (found.payload or b"") != payload:
            return None
        errors = max(errors, found.corrected / max(found.symbols, 1))
    return errors
