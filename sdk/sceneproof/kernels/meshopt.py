"""Decoders of the meshopt bitstreams that glTF stores: attributes, triangle lists and index sequences.

Source: Khronos, KHR_meshopt_compression, appendix A (bitstream) and B (filters); version 0 of the attribute stream is
the one of EXT_meshopt_compression. Each entry kernel takes a stream as (n,) uint8 and returns ``(output, status)``;
the output means something only when the status is ``OK``. No byte past the end of the stream is ever read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel
from sceneproof.kernels._meshopt_filters import undo_filter
from sceneproof.kernels._meshopt_indices import decode_indices, decode_triangles
from sceneproof.kernels._meshopt_status import (
    BAD_CHANNEL,
    BAD_FIFO,
    BAD_TABLE,
    BAD_VARINT,
    LEFTOVER,
    OK,
    TRUNCATED,
)

__all__ = [
    "BAD_CHANNEL",
    "BAD_FIFO",
    "BAD_TABLE",
    "BAD_VARINT",
    "LEFTOVER",
    "OK",
    "TRUNCATED",
    "block_elements",
    "decode_attributes",
    "decode_indices",
    "decode_triangles",
]

GROUP = 16
MAX_BLOCK = 256
MASK32 = 0xFFFFFFFF


@kernel
def block_elements(stride: int) -> int:
    """How many elements of ``stride`` bytes one attribute block holds."""
    return min((8192 // stride) & ~15, MAX_BLOCK)


@kernel
def _read_group(data: NDArray[np.uint8], at: int, end: int, bits: int, plane: NDArray[np.uint8]) -> int:
    """Read one group of 16 deltas stored in ``bits`` bits each into ``plane``; where it ends, or -1."""
    if bits == 0:
        plane[:GROUP] = 0
        return at
    extra = at + 2 * bits
    if extra > end:
        return -1
    if bits == 8:
        plane[:GROUP] = data[at:extra]
        return extra
    sentinel = (1 << bits) - 1
    for i in range(GROUP):
        place = i * bits
        low = place & 7
        shift = low if bits == 1 else 8 - bits - low  # single bits run upwards, pairs and nibbles downwards
        value = (np.int64(data[at + (place >> 3)]) >> shift) & sentinel
        if value == sentinel:
            if extra >= end:
                return -1
            plane[i] = data[extra]
            extra += 1
        else:
            plane[i] = value
    return extra


@kernel
def _read_plane(
    data: NDArray[np.uint8], at: int, end: int, count: int, lengths: NDArray[np.int64], plane: NDArray[np.uint8]
) -> int:
    """Read the deltas of one byte position of a block of ``count`` elements; where they end, or -1."""
    groups = (count + GROUP - 1) // GROUP
    header = at
    at += (groups + 3) // 4
    if at > end:
        return -1
    for group in range(groups):
        code = (np.int64(data[header + (group >> 2)]) >> (2 * (group & 3))) & 3
        at = _read_group(data, at, end, lengths[code], plane[group * GROUP :])
        if at < 0:
            return -1
    return at


@kernel
def _undo_deltas(
    planes: NDArray[np.uint8], count: int, mode: int, last: NDArray[np.uint8], out: NDArray[np.uint8]
) -> None:
    """Turn one channel's four delta planes into its four bytes in ``out`` (count, 4); ``last`` is kept up to date."""
    if mode == 0:
        for k in range(4):
            value = np.int64(last[k])
            for i in range(count):
                d = np.int64(planes[k, i])
                value = (value + ((d >> 1) ^ -(d & 1))) & 0xFF
                out[i, k] = value
            last[k] = value
        return
    if mode == 1:
        for k in range(0, 4, 2):
            value = np.int64(last[k]) | (np.int64(last[k + 1]) << 8)
            for i in range(count):
                d = np.int64(planes[k, i]) | (np.int64(planes[k + 1, i]) << 8)
                value = (value + ((d >> 1) ^ -(d & 1))) & 0xFFFF
                out[i, k] = value & 0xFF
                out[i, k + 1] = value >> 8
            last[k] = value & 0xFF
            last[k + 1] = value >> 8
        return
    right = mode >> 4
    left = (32 - right) & 31
    value = np.int64(0)
    for k in range(4):
        value |= np.int64(last[k]) << (8 * k)
    for i in range(count):
        d = np.int64(0)
        for k in range(4):
            d |= np.int64(planes[k, i]) << (8 * k)
        value ^= ((d << left) & MASK32) | (d >> right)
        for k in range(4):
            out[i, k] = (value >> (8 * k)) & 0xFF
    for k in range(4):
        last[k] = (value >> (8 * k)) & 0xFF


@kernel
def decode_attributes(
    data: NDArray[np.uint8], count: int, stride: int, filter_id: int
) -> tuple[NDArray[np.uint8], int]:
    """``count`` elements of ``stride`` bytes as (count * stride,) uint8 from a mode 0 stream, filter undone.

    The first byte tells the version: 0xa0 or, with control and channel modes, 0xa1; the caller has checked it, and
    that ``stride`` is a multiple of 4 up to 256 which the filter allows.
    """
    out = np.empty(count * stride, np.uint8)
    version = np.int64(data[0]) & 15
    channels = stride // 4
    tail = max(stride + channels, 24) if version else max(stride, 32)
    end = len(data) - tail
    at = 1
    if end < at:
        return out, TRUNCATED
    base = len(data) - stride - (channels if version else 0)
    last = data[base : base + stride].copy()
    modes = np.zeros(channels, np.int64)
    if version:
        for c in range(channels):
            mode = np.int64(data[base + stride + c])
            if mode & 15 > 2 or (mode & 15 < 2 and mode > 15):
                return out, BAD_CHANNEL
            modes[c] = mode
    lengths = np.array([[0, 1, 2, 4], [1, 2, 4, 8], [0, 2, 4, 8]], dtype=np.int64)
    planes = np.empty((4, MAX_BLOCK), np.uint8)
    table = out.reshape(count, stride)
    step = block_elements(stride)
    for first in range(0, count, step):
        n = min(step, count - first)
        control_at = at
        if version:
            at += channels
            if at > end:
                return out, TRUNCATED
        for c in range(channels):
            control = np.int64(data[control_at + c]) if version else np.int64(0)
            for k in range(4):
                way = (control >> (2 * k)) & 3
                if way == 2:
                    planes[k, :n] = 0
                elif way == 3:
                    if at + n > end:
                        return out, TRUNCATED
                    planes[k, :n] = data[at : at + n]
                    at += n
                else:
                    at = _read_plane(data, at, end, n, lengths[way if version else 2], planes[k])
                    if at < 0:
                        return out, TRUNCATED
            _undo_deltas(planes, n, modes[c], last[4 * c : 4 * c + 4], table[first : first + n, 4 * c : 4 * c + 4])
    if at != end:
        return out, LEFTOVER
    undo_filter(out, count, stride, filter_id)
    return out, OK
