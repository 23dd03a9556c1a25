"""New centres and colours as SPZ packs them; splats that stay keep their packed bytes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sceneproof.errors import MarkError
from sceneproof.io._splats import differs
from sceneproof.scene import Array, Splats

from .container import Packed
from .decode import COLOR_SCALE


def changed_streams(packed: Packed, old: Splats, new: Splats) -> Mapping[str, bytes]:
    """The streams of `packed` that `new` changes against `old`, by name. Raises `MarkError` for what does not fit."""
    found = {}
    moved = differs(new.positions, old.positions)
    if moved.any():
        found["positions"] = _positions(packed, new.positions, moved)
    tinted = differs(new.harmonics[:, 0], old.harmonics[:, 0])
    if tinted.any():
        values = (0.5 + COLOR_SCALE * new.harmonics[:, 0].astype(np.float64)) * 255
        found["colors"] = _put(packed.streams["colors"], 3, values, tinted)
    rest = differs(new.harmonics[:, 1:], old.harmonics[:, 1:])
    if rest.any():
        values = new.harmonics[:, 1:].astype(np.float64) * 128 + 128
        width = values.shape[1] * 3
        found["sh"] = _put(packed.streams["sh"], width, values.reshape(-1, width), rest.reshape(-1, width))
    return found


def _put(stream: bytes, width: int, values: Array, where: Array) -> bytes:
    table = np.frombuffer(stream, np.uint8).reshape(-1, width).copy()
    table[where] = np.clip(np.rint(values[where]), 0, 255).astype(np.uint8)
    return table.tobytes()


def _positions(packed: Packed, values: Array, moved: Array) -> bytes:
    if packed.version == 1:
        halves = np.frombuffer(packed.streams["positions"], "<f2").reshape(-1, 3).copy()
        with np.errstate(over="ignore"):
            halves[moved] = values[moved]
        if not np.isfinite(halves).all():
            raise MarkError("new centres are larger than a half float can hold")
        return halves.tobytes()
    fixed = np.rint(values[moved].astype(np.float64) * 2.0**packed.fractional_bits)
    if len(fixed) and not (fixed.min() >= -(1 << 23) and fixed.max() < 1 << 23):
        raise MarkError(
            f"new centres lie outside of what 24 bits with {packed.fractional_bits} fractional ones can hold"
        )
    table = np.frombuffer(packed.streams["positions"], np.uint8).reshape(-1, 3, 3).copy()
    words = fixed.astype("<i4").view(np.uint8).reshape(-1, 4)
    table[moved] = words[:, :3]
    return table.tobytes()
