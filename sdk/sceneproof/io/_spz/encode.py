"""New centres and colours as SPZ packs them; splats that stay keep their packed bytes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sceneproof.errors import MarkError
from sceneproof.io._splats import REST, differs
from sceneproof.scene import Array, Splats

from .container import Packed, sizes
from .decode import COLOR_SCALE, LARGEST


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


def packed_rows(packed: Packed, fresh: Splats, own: int) -> Mapping[str, bytes]:
    """All streams with the first `own` splats as they are and `fresh` ones behind; harmonics above the first are 0.

    Raises `MarkError` for centres that do not fit.
    """
    count = len(fresh.positions)
    turns = fresh.rotations.astype(np.float64)
    rows = {
        "positions": _places(packed, fresh.positions),
        "alphas": _octets(fresh.opacities.astype(np.float64)[:, None] * 255),
        "colors": _octets((0.5 + COLOR_SCALE * fresh.harmonics[:, 0].astype(np.float64)) * 255),
        "scales": _octets((np.log(np.maximum(fresh.scales.astype(np.float64), 1e-30)) + 10) * 16),
        "rotations": _octets((turns[:, :3] * np.where(turns[:, 3:] < 0, -1, 1) + 1) * 127.5)
        if packed.version < 3
        else _smallest_three(turns),
        "sh": np.full((count, 3 * REST[packed.degree]), 128, np.uint8),
    }
    each = sizes(packed.version, 1, packed.degree)
    return {name: packed.streams[name][: own * each[name]] + item.tobytes() for name, item in rows.items()}


def _octets(values: Array) -> Array:
    return np.asarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def _smallest_three(turns: Array) -> Array:
    """Unit quaternions xyzw as SPZ packs them from version 3 on: the inverse of `decode.rotations_of`."""
    rows = np.arange(len(turns))
    largest = np.abs(turns).argmax(axis=1)
    turns = np.where((turns[rows, largest] < 0)[:, None], -turns, turns)
    words = largest.astype(np.uint32) << 30
    shift = np.zeros(len(turns), np.uint32)
    for column in (3, 2, 1, 0):
        given = largest != column
        size = np.clip(np.rint(np.abs(turns[:, column]) * np.sqrt(2) * LARGEST), 0, LARGEST).astype(np.uint32)
        field = size | np.where(turns[:, column] < 0, 512, 0).astype(np.uint32)
        words |= np.where(given, field << shift, 0).astype(np.uint32)
        shift += np.where(given, 10, 0).astype(np.uint32)
    return np.asarray(words.astype("<u4"))


def _put(stream: bytes, width: int, values: Array, where: Array) -> bytes:
    table = np.frombuffer(stream, np.uint8).reshape(-1, width).copy()
    table[where] = np.clip(np.rint(values[where]), 0, 255).astype(np.uint8)
    return table.tobytes()


def _positions(packed: Packed, values: Array, moved: Array) -> bytes:
    stream = packed.streams["positions"]
    kind, shape = ("<f2", (-1, 3)) if packed.version == 1 else ("u1", (-1, 3, 3))
    table = np.frombuffer(stream, kind).reshape(shape).copy()
    table[moved] = _fixed(packed, values[moved])
    return table.tobytes()


def _places(packed: Packed, values: Array) -> Array:
    """Centres [shape=(n, 3)] as packed."""
    return _fixed(packed, values.reshape(-1)).reshape(len(values), -1)


def _fixed(packed: Packed, values: Array) -> Array:
    """Coordinates [shape=(n,)]: half floats in version 1, later three bytes each."""
    if packed.version == 1:
        with np.errstate(over="ignore"):
            halves = values.astype("<f2")
        if not np.isfinite(halves).all():
            raise MarkError("new centres are larger than a half float can hold")
        return np.asarray(halves)
    fixed = np.rint(values.astype(np.float64) * 2.0**packed.fractional_bits)
    if len(fixed) and not (fixed.min() >= -(1 << 23) and fixed.max() < 1 << 23):
        raise MarkError(
            f"new centres lie outside of what 24 bits with {packed.fractional_bits} fractional ones can hold"
        )
    return np.asarray(fixed.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3])
