"""Encoders of the meshopt bitstreams; here that of attributes (mode 0), versions 0 and 1: the shortest by exact sizes.

Source: Khronos, KHR_meshopt_compression, appendix A (bitstream); version 0 is the one of EXT_meshopt_compression.
Every group, byte position and channel takes the form that is shortest when it is written out, so no estimate is
involved: the size of each form follows from how many deltas lie at or above its sentinel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel
from sceneproof.kernels._meshopt_encode_indices import encode_indices, encode_triangles
from sceneproof.kernels.meshopt import GROUP, MASK32, MAX_BLOCK, block_elements

__all__ = ["encode_attributes", "encode_indices", "encode_triangles"]

NEVER = 1 << 40  # a size that no form reaches
XOR_MODES = 16


@kernel
def _deltas(rows: NDArray[np.uint8], last: NDArray[np.uint8], mode: int, planes: NDArray[np.uint8]) -> None:
    """Differences of one channel's rows (n, 4) to the rows before them, as four planes, zeros up to a whole group."""
    count = len(rows)
    if mode == 0:
        for k in range(4):
            before = np.int64(last[k])
            for i in range(count):
                value = np.int64(rows[i, k])
                d = (value - before) & 0xFF
                planes[k, i] = ((d << 1) ^ (0 - (d >> 7))) & 0xFF
                before = value
    elif mode == 1:
        for k in range(0, 4, 2):
            before = np.int64(last[k]) | (np.int64(last[k + 1]) << 8)
            for i in range(count):
                value = np.int64(rows[i, k]) | (np.int64(rows[i, k + 1]) << 8)
                d = (value - before) & 0xFFFF
                d = ((d << 1) ^ (0 - (d >> 15))) & 0xFFFF
                planes[k, i] = d & 0xFF
                planes[k + 1, i] = d >> 8
                before = value
    else:
        turn = mode >> 4
        before = np.int64(0)
        for k in range(4):
            before |= np.int64(last[k]) << (8 * k)
        for i in range(count):
            value = np.int64(0)
            for k in range(4):
                value |= np.int64(rows[i, k]) << (8 * k)
            d = value ^ before
            d = ((d << turn) | (d >> (32 - turn))) & MASK32
            for k in range(4):
                planes[k, i] = (d >> (8 * k)) & 0xFF
            before = value
    padded = (count + GROUP - 1) // GROUP * GROUP
    for k in range(4):
        planes[k, count:padded] = 0


@kernel
def _group_sizes(group: NDArray[np.uint8], sizes: NDArray[np.int64]) -> None:
    """Bytes of one group of 16 at 0, 1, 2, 4 and 8 bits a delta."""
    some = 0
    threes = 0
    fifteens = 0
    for i in range(GROUP):
        some += group[i] > 0
        threes += group[i] > 2
        fifteens += group[i] > 14
    sizes[0] = NEVER if some else 0
    sizes[1] = 2 + some
    sizes[2] = 4 + threes
    sizes[3] = 8 + fifteens
    sizes[4] = GROUP


@kernel
def _plane_sizes(plane: NDArray[np.uint8], count: int, found: NDArray[np.int64]) -> None:
    """Bytes of one byte position with the lengths (0, 1, 2, 4), (1, 2, 4, 8), (0, 2, 4, 8); 1 when all is zero."""
    groups = (count + GROUP - 1) // GROUP
    header = (groups + 3) // 4
    found[:3] = header
    found[3] = 1
    sizes = np.empty(5, np.int64)
    for group in range(groups):
        _group_sizes(plane[group * GROUP : (group + 1) * GROUP], sizes)
        inner = min(sizes[2], sizes[3])
        found[0] += min(sizes[0], sizes[1], inner)
        found[1] += min(sizes[1], inner, sizes[4])
        found[2] += min(sizes[0], inner, sizes[4])
        if sizes[0] != 0:
            found[3] = 0


@kernel
def _channel_size(planes: NDArray[np.uint8], count: int, found: NDArray[np.int64]) -> int:
    """Bytes of one channel of a block in version 1, control byte left out."""
    total = 0
    for k in range(4):
        _plane_sizes(planes[k], count, found)
        total += 0 if found[3] else min(found[0], found[1], count)
    return total


@kernel
def _best_modes(table: NDArray[np.uint8], level: int) -> NDArray[np.int64]:
    """The channel mode that makes each channel of (count, stride) rows shortest, over all its blocks."""
    count, stride = table.shape
    channels = stride // 4
    modes = np.zeros(channels, np.int64)
    candidates = 1 if level == 0 else 2 if level == 1 else 2 + XOR_MODES
    if candidates == 1:
        return modes
    planes = np.empty((4, MAX_BLOCK), np.uint8)
    found = np.empty(4, np.int64)
    step = block_elements(stride)
    for c in range(channels):
        least = NEVER
        for candidate in range(candidates):
            mode = candidate if candidate < 2 else 2 + ((candidate - 2) << 4)
            last = table[0, 4 * c : 4 * c + 4]
            total = 0
            for first in range(0, count, step):
                n = min(step, count - first)
                _deltas(table[first : first + n, 4 * c : 4 * c + 4], last, mode, planes)
                total += _channel_size(planes, n, found)
                if total >= least:
                    break
                last = table[first + n - 1, 4 * c : 4 * c + 4]
            if total < least:
                least = total
                modes[c] = mode
    return modes


@kernel
def _write_group(group: NDArray[np.uint8], bits: int, out: NDArray[np.uint8], at: int) -> int:
    """Write one group of 16 deltas at ``bits`` bits each; where it ends."""
    if bits == 0:
        return at
    if bits == 8:
        out[at : at + GROUP] = group[:GROUP]
        return at + GROUP
    sentinel = (1 << bits) - 1
    extra = at + 2 * bits
    out[at:extra] = 0
    for i in range(GROUP):
        value = int(np.int64(group[i]))
        place = i * bits
        low = place & 7
        shift = low if bits == 1 else 8 - bits - low  # single bits run upwards, pairs and nibbles downwards
        out[at + (place >> 3)] |= np.uint8(min(value, sentinel) << shift)
        if value >= sentinel:
            out[extra] = value
            extra += 1
    return extra


@kernel
def _write_plane(plane: NDArray[np.uint8], count: int, way: int, out: NDArray[np.uint8], at: int) -> int:
    """Write one byte position of a block with the lengths of ``way`` (see `_plane_sizes`); where it ends."""
    groups = (count + GROUP - 1) // GROUP
    header = at
    at += (groups + 3) // 4
    out[header:at] = 0
    sizes = np.empty(5, np.int64)
    for group in range(groups):
        _group_sizes(plane[group * GROUP : (group + 1) * GROUP], sizes)
        best = 0
        least = NEVER
        for code in range(4):
            form = code if way == 0 or (way == 2 and code == 0) else code + 1
            if sizes[form] < least:
                least = sizes[form]
                best = code
        out[header + (group >> 2)] |= np.uint8(best << (2 * (group & 3)))
        form = best if way == 0 or (way == 2 and best == 0) else best + 1
        bits = 8 if form == 4 else 4 if form == 3 else form
        at = _write_group(plane[group * GROUP : (group + 1) * GROUP], bits, out, at)
    return at


@kernel
def _write_block(
    rows: NDArray[np.uint8], last: NDArray[np.uint8], modes: NDArray[np.int64], version: int, out: NDArray[np.uint8]
) -> int:
    """Write one block of (n, stride) rows to the front of ``out``; its bytes."""
    count, stride = rows.shape
    channels = stride // 4
    planes = np.empty((4, MAX_BLOCK), np.uint8)
    found = np.empty(4, np.int64)
    at = channels if version else 0
    for c in range(channels):
        _deltas(rows[:, 4 * c : 4 * c + 4], last[4 * c : 4 * c + 4], modes[c], planes)
        control = 0
        for k in range(4):
            if version == 0:
                at = _write_plane(planes[k], count, 2, out, at)
                continue
            _plane_sizes(planes[k], count, found)
            if found[3]:
                way = 2
            elif count <= min(found[0], found[1]):
                way = 3
                out[at : at + count] = planes[k, :count]
                at += count
            else:
                way = 0 if found[0] <= found[1] else 1
                at = _write_plane(planes[k], count, way, out, at)
            control |= way << (2 * k)
        if version:
            out[c] = control
    return at


@kernel
def encode_attributes(table: NDArray[np.uint8], version: int, level: int) -> NDArray[np.uint8]:
    """The (n,) uint8 stream of a C-contiguous (count, stride) uint8 table; ``stride`` is a multiple of 4 up to 256.

    ``level`` matters to version 1 alone: 0 uses byte deltas, 1 pairs of bytes also, 2 all channel modes.
    """
    count, stride = table.shape
    channels = stride // 4
    step = block_elements(stride)
    blocks = (count + step - 1) // step
    tail = max(stride + channels, 24) if version else max(stride, 32)
    groups = (count + GROUP - 1) // GROUP + blocks
    out = np.empty(1 + blocks * (channels + stride * (step // 64 + 1)) + groups * GROUP * stride + tail, np.uint8)
    out[0] = 0xA0 + version
    modes = _best_modes(table, level if version else 0)
    at = 1
    last = table[0]
    for first in range(0, count, step):
        n = min(step, count - first)
        at += _write_block(table[first : first + n], last, modes, version, out[at:])
        last = table[first + n - 1]
    end = at + tail
    out[at:end] = 0
    base = end - stride - (channels if version else 0)
    out[base : base + stride] = table[0]
    if version:
        for c in range(channels):
            out[base + stride + c] = modes[c]
    return out[:end].copy()
