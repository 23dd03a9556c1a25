"""The values of one attribute of a Draco stream, predicted and coded by the attribute's own method.

Source: Draco Bitstream Specification 2.2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.errors import MarkError
from sceneproof.kernels import draco_prediction as prediction
from sceneproof.kernels.draco_normals import normal_corrections

from . import _draco_bytes as coded
from ._draco_stream import (
    DIFFERENCE,
    GENERIC,
    GEOMETRIC,
    MULTI_PARALLELOGRAM,
    NONE,
    NORMAL,
    OCTAHEDRON,
    PARALLELOGRAM,
    TEXTURE,
    WRAP,
    Attribute,
)

Ints = NDArray[np.int64]

INTEGERS: dict[int, Any] = {1: np.int8, 2: np.uint8, 3: np.int16, 4: np.uint16, 5: np.int32, 6: np.uint32}


def centre(attribute: Attribute) -> int:
    """The middle of the square on which normals of so many bits lie."""
    assert attribute.bits is not None
    return (1 << (attribute.bits - 1)) - 1


def pack_positions(attribute: Attribute, values: Ints) -> bytes:
    """The shorter of what its own method and the other parallelogram method give; every decoder knows both."""
    nothing = np.zeros((0, 3), np.int64)
    methods = [attribute.method]
    if attribute.sequence is not None and attribute.method in (PARALLELOGRAM, MULTI_PARALLELOGRAM):
        methods = [PARALLELOGRAM, MULTI_PARALLELOGRAM]
    return min((pack_values(replace(attribute, method=method), values, nothing) for method in methods), key=len)


def pack_values(attribute: Attribute, values: Ints, places: Ints) -> bytes:
    """The bytes of an attribute's values, by its own method; ``places`` are the positions at its rows."""
    if attribute.storage == GENERIC:
        dtype = np.dtype(INTEGERS.get(attribute.data_type, np.int32))  # float32 are here as their bits
        return values.astype(dtype.newbyteorder("<")).tobytes()
    head = attribute.method.to_bytes(1, "little", signed=True)
    if attribute.method != NONE:
        head += attribute.transform.to_bytes(1, "little", signed=True)
    method = attribute.method if attribute.sequence or attribute.method == NONE else DIFFERENCE
    if method == GEOMETRIC:
        return head + b"\1" + _packed_normals(attribute, values, places)
    predicted, extra = _predicted(attribute, method, values, places)
    if method == NONE:
        return head + b"\1" + coded.symbols(_signs(values).ravel(), attribute.width)
    if attribute.transform != WRAP:
        raise MarkError("draco: its positions are predicted in an unknown way")
    low, high = int(values.min()), int(values.max())
    sides = high - low + 1
    difference = values - np.clip(predicted, low, high)
    difference += np.where(difference < -(sides // 2), sides, 0)
    difference -= np.where(difference > (sides - 1) // 2, sides, 0)
    limits = np.array([low, high], "<i4").tobytes()
    return head + b"\1" + coded.symbols(_signs(difference).ravel(), attribute.width) + extra + limits


def _predicted(attribute: Attribute, method: int, values: Ints, places: Ints) -> tuple[Ints, bytes]:
    """Predictions, and the bytes that a decoder needs to make them."""
    if method in (NONE, DIFFERENCE):
        return np.concatenate([np.zeros((1, values.shape[1]), np.int64), values[:-1]]), b""
    assert attribute.sequence is not None
    table = attribute.sequence.table
    if method == PARALLELOGRAM:
        return prediction.parallelogram(table, values), b""
    if method == MULTI_PARALLELOGRAM:
        out, flags, numbers = prediction.multi_parallelogram(table, values)
        extra = b""
        for number in range(1, prediction.MOST_PARALLELOGRAMS + 1):
            chosen = flags[numbers == number, :number].ravel()
            extra += coded.varint(len(chosen)) + (coded.flags(chosen) if len(chosen) else b"")
        return out, extra
    if method == TEXTURE and values.shape[1] == 2:
        out, sides = prediction.texture_coordinates(table, values, np.ascontiguousarray(places))
        turned = sides[::-1]  # a decoder takes them from the back, and each says whether it differs from the one before
        same = (turned == np.concatenate([[1], turned[:-1]])).astype(np.uint8)
        return out, len(sides).to_bytes(4, "little") + coded.flags(same)
    raise MarkError("draco: its positions are predicted in an unknown way")


def _packed_normals(attribute: Attribute, values: Ints, places: Ints) -> bytes:
    if attribute.transform != OCTAHEDRON or attribute.storage != NORMAL or attribute.sequence is None:
        raise MarkError("draco: its normals are predicted in an unknown way")
    middle = centre(attribute)
    rows = np.arange(len(values))
    found, flips = normal_corrections(attribute.sequence.table, values, rows, np.ascontiguousarray(places), middle)
    limits = np.array([2 * middle + 1, middle], "<i4").tobytes()
    return coded.symbols(found.ravel(), 2) + limits + coded.flags(flips)


def _signs(values: Ints) -> Ints:
    """0, -1, 1, -2, … as 0, 1, 2, 3, …"""
    return np.where(values < 0, -2 * values - 1, 2 * values)
