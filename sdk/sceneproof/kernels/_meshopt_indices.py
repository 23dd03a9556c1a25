"""Decoders of the meshopt streams of triangle lists (mode 1) and of index sequences (mode 2).

Source: Khronos, KHR_meshopt_compression, appendix A; the same bitstreams stand in EXT_meshopt_compression.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel
from sceneproof.kernels._meshopt_status import BAD_FIFO, BAD_TABLE, BAD_VARINT, LEFTOVER, OK, TRUNCATED

MASK32 = 0xFFFFFFFF


@kernel
def _read_varint(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """An unsigned 32-bit LEB128 number and where it ends; where it ends is -1 past ``end``, -2 after five bytes."""
    value = np.int64(0)
    for i in range(5):
        if at >= end:
            return int(value), -1
        byte = np.int64(data[at])
        at += 1
        value |= (byte & 127) << (7 * i)
        if byte < 128:
            return int(value & MASK32), at
    return int(value), -2


@kernel
def _write_index(out: NDArray[np.uint8], element: int, size: int, value: int) -> None:
    """Store the low ``size`` bytes of ``value``, least significant first."""
    for k in range(size):
        out[element * size + k] = (value >> (8 * k)) & 0xFF


@kernel
def decode_indices(data: NDArray[np.uint8], count: int, size: int) -> tuple[NDArray[np.uint8], int]:
    """``count`` indices of ``size`` (2 or 4) bytes as (count * size,) uint8 from a mode 2 stream (header 0xd1)."""
    out = np.empty(count * size, np.uint8)
    end = len(data) - 4
    at = 1
    if end < at:
        return out, TRUNCATED
    last = np.zeros(2, np.int64)
    for i in range(count):
        value, at = _read_varint(data, at, end)
        if at < 0:
            return out, TRUNCATED if at == -1 else BAD_VARINT
        which = value & 1
        value >>= 1
        last[which] = (last[which] + ((value >> 1) ^ -(value & 1))) & MASK32
        _write_index(out, i, size, last[which])
    return out, OK if at == end else LEFTOVER


@kernel
def _read_corner(
    data: NDArray[np.uint8], state: NDArray[np.int64], recent: NDArray[np.int64], code: int, end: int
) -> int:
    """One corner of a triangle by its 4-bit code, or minus the status; ``state`` moves on.

    ``state`` is (next index, last index, read position, vertices written, edges written). Code 0 is the next unused
    index, 1 to 14 a recent vertex (1 the latest), 15 an index that is spelt out as a difference to the last such one.
    """
    if code == 0:
        value = state[0]
        state[0] = (value + 1) & MASK32
        return int(value)
    if code < 15:
        if code > state[3]:
            return -BAD_FIFO
        return int(recent[(state[3] - code) & 15])
    value, at = _read_varint(data, state[2], end)
    if at < 0:
        return -TRUNCATED if at == -1 else -BAD_VARINT
    state[1] = (state[1] + ((value >> 1) ^ -(value & 1))) & MASK32
    state[2] = at
    return int(state[1])


@kernel
def _push_vertex(state: NDArray[np.int64], recent: NDArray[np.int64], vertex: int) -> None:
    recent[state[3] & 15] = vertex
    state[3] += 1


@kernel
def _push_edge(state: NDArray[np.int64], edges: NDArray[np.int64], a: int, b: int) -> None:
    edges[state[4] & 15, 0] = a
    edges[state[4] & 15, 1] = b
    state[4] += 1


@kernel
def decode_triangles(data: NDArray[np.uint8], count: int, size: int) -> tuple[NDArray[np.uint8], int]:
    """``count`` corners of ``size`` (2 or 4) bytes as (count * size,) uint8 from a mode 1 stream (header 0xe1)."""
    out = np.empty(count * size, np.uint8)
    triangles = count // 3
    end = len(data) - 16
    if 1 + triangles > end:
        return out, TRUNCATED
    table = data[end:]
    for i in range(16):
        if table[i] & 15 == 15 or table[i] >> 4 == 15 or (i > 13 and table[i] != 0):
            return out, BAD_TABLE
    state = np.array([0, 0, 1 + triangles, 0, 0], dtype=np.int64)
    recent = np.zeros(16, np.int64)
    edges = np.zeros((16, 2), np.int64)
    for t in range(triangles):
        code = int(np.int64(data[1 + t]))
        high = code >> 4
        low = code & 15
        if high < 15:
            if high >= state[4]:
                return out, BAD_FIFO
            a = edges[(state[4] - 1 - high) & 15, 0]
            b = edges[(state[4] - 1 - high) & 15, 1]
            if low in (13, 14):
                c = (state[1] + (1 if low == 14 else -1)) & MASK32
                state[1] = c
            else:
                # the code counts recent vertices from 0, a corner code from 1: 0 means the next index in both
                c = _read_corner(data, state, recent, low if low in (0, 15) else low + 1, end)
                if c < 0:
                    return out, -c
            if low == 0 or low > 12:
                _push_vertex(state, recent, c)
        else:
            if low < 14:
                corners = int(np.int64(table[low]))
                a = _read_corner(data, state, recent, 0, end)
            else:
                if state[2] >= end:
                    return out, TRUNCATED
                corners = int(np.int64(data[state[2]]))
                state[2] += 1
                if corners == 0:
                    state[0] = 0
                a = _read_corner(data, state, recent, 0 if low == 14 else 15, end)
                if a < 0:
                    return out, -a
            b = _read_corner(data, state, recent, corners >> 4, end)
            if b < 0:
                return out, -b
            c = _read_corner(data, state, recent, corners & 15, end)
            if c < 0:
                return out, -c
            _push_vertex(state, recent, a)
            if corners >> 4 in (0, 15):
                _push_vertex(state, recent, b)
            if corners & 15 in (0, 15):
                _push_vertex(state, recent, c)
            _push_edge(state, edges, b, a)
        _push_edge(state, edges, c, b)
        _push_edge(state, edges, a, c)
        _write_index(out, 3 * t, size, a)
        _write_index(out, 3 * t + 1, size, b)
        _write_index(out, 3 * t + 2, size, c)
    return out, OK if state[2] == end else LEFTOVER
