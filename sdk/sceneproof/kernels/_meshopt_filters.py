"""The filters that follow the meshopt attribute decoder, undone in place.

Source: Khronos, KHR_meshopt_compression, appendix B. The arithmetic is float32 in the order of the reference decoder,
since the format states its results in that precision: so our bytes are those that an engine shows.
Values that the format leaves unspecified (a length of zero, an exponent out of range) give some value, never a fault.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel

NONE = 0
OCTAHEDRAL = 1
QUATERNION = 2
EXPONENTIAL = 3
COLOR = 4


@kernel
def _undo_octahedral(rows: NDArray[np.signedinteger], one: float) -> None:
    """(n, 4) int8 or int16: x and y of the octahedron and the value of 1.0 become a unit vector in units of ``one``."""
    zero = np.float32(0.0)
    unit = np.float32(one)
    for i in range(len(rows)):
        x = np.float32(rows[i, 0])
        y = np.float32(rows[i, 1])
        z = np.float32(rows[i, 2]) - (abs(x) + abs(y))
        fold = min(z, zero)
        x += fold if x >= zero else -fold
        y += fold if y >= zero else -fold
        length = np.float32(math.sqrt(x * x + (y * y + z * z)))
        scale = unit / length if length > zero else zero
        rows[i, 0] = np.int64(np.rint(x * scale))
        rows[i, 1] = np.int64(np.rint(y * scale))
        rows[i, 2] = np.int64(np.rint(z * scale))


@kernel
def _undo_quaternion(rows: NDArray[np.int16]) -> None:
    """(n, 4) int16: three components and the value of 1.0 with the place of the largest become x, y, z, w."""
    two = np.float32(2.0)
    reach = np.float32(32767.0) / np.float32(math.sqrt(two))
    for i in range(len(rows)):
        tag = np.int64(rows[i, 3])
        largest = tag & 3
        one = np.float32(tag | 3)
        x = np.float32(rows[i, 0])
        y = np.float32(rows[i, 1])
        z = np.float32(rows[i, 2])
        scale = reach / one
        # the components are stored times the root of 2; a sum a little over 1 leaves nothing for the largest
        w = np.float32(math.sqrt(max(two * one * one - (x * x + (y * y + z * z)), np.float32(0.0))))
        rows[i, (largest + 1) & 3] = np.int64(np.rint(x * scale))
        rows[i, (largest + 2) & 3] = np.int64(np.rint(y * scale))
        rows[i, (largest + 3) & 3] = np.int64(np.rint(z * scale))
        rows[i, largest] = np.int64(np.rint(w * scale))


@kernel
def _undo_exponential(words: NDArray[np.int32], floats: NDArray[np.float32]) -> None:
    """(n,) int32, 8 bits of exponent over 24 of mantissa, become float32 in the same memory; exact."""
    powers = np.empty(256)
    for e in range(256):
        powers[e] = math.ldexp(1.0, e - 128)
    for i in range(len(words)):
        word = np.int64(words[i])
        exponent = word >> 24
        mantissa = word - (exponent << 24)
        if mantissa >= 1 << 23:
            mantissa -= 1 << 24
        floats[i] = powers[exponent + 128] * mantissa


@kernel
def _undo_color(values: NDArray[np.unsignedinteger], bits: int) -> None:
    """(4 n,) uint8 or uint16: Y, Co, Cg and alpha, whose highest set bit tells their scale, become R, G, B, A."""
    full = (1 << bits) - 1
    half = 1 << (bits - 1)
    for i in range(0, len(values), 4):
        luma = np.int64(values[i])
        orange = np.int64(values[i + 1])
        green = np.int64(values[i + 2])
        alpha = np.int64(values[i + 3])
        if orange >= half:
            orange -= full + 1
        if green >= half:
            green -= full + 1
        top = np.int64(1)
        while top <= alpha:
            top <<= 1
        top -= 1  # all ones up to the highest bit of alpha
        alpha = ((alpha << 1) & top) | (alpha & 1)
        scale = np.float32(full) / np.float32(top) if top > 0 else np.float32(0.0)
        values[i] = _channel(luma + orange - green, scale, full)
        values[i + 1] = _channel(luma + green, scale, full)
        values[i + 2] = _channel(luma - orange - green, scale, full)
        values[i + 3] = _channel(alpha, scale, full)


@kernel
def _channel(value: np.int64, scale: np.float32, full: int) -> np.int64:
    return min(max(np.int64(np.rint(np.float32(value) * scale)), np.int64(0)), np.int64(full))


@kernel
def undo_filter(out: NDArray[np.uint8], count: int, stride: int, filter_id: int) -> None:
    """Undo a filter on ``count`` elements of ``stride`` bytes in ``out`` itself, (count * stride,) uint8."""
    if filter_id == OCTAHEDRAL:
        if stride == 4:
            _undo_octahedral(out.view(np.int8).reshape(count, 4), 127.0)
        else:
            _undo_octahedral(out.view(np.int16).reshape(count, 4), 32767.0)
    elif filter_id == QUATERNION:
        _undo_quaternion(out.view(np.int16).reshape(count, 4))
    elif filter_id == EXPONENTIAL:
        _undo_exponential(out.view(np.int32), out.view(np.float32))
    elif filter_id == COLOR:
        if stride == 4:
            _undo_color(out, 8)
        else:
            _undo_color(out.view(np.uint16), 16)
