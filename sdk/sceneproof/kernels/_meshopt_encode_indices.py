"""Encoders of the meshopt streams of triangle lists (mode 1) and of index sequences (mode 2).

Source: Khronos, KHR_meshopt_compression, appendix A; the same bitstreams stand in EXT_meshopt_compression.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel

VARINT = 5  # most bytes of a number
NEXT = 0
LAST = 1
AT = 2
VERTICES = 3
EDGES = 4


@kernel
def _zigzag(delta: int) -> int:
    """A 32-bit difference with its sign in the lowest bit."""
    delta = ((delta + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
    return (delta << 1) ^ (delta >> 63)


@kernel
def _write_varint(out: NDArray[np.uint8], at: int, value: int) -> int:
    while value > 127:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@kernel
def _varint_bytes(value: int) -> int:
    size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


@kernel
def encode_indices(indices: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The (k,) uint8 stream of mode 2 (header 0xd1) of (n,) indices, each against the nearer of two earlier ones."""
    out = np.empty(1 + VARINT * len(indices) + 4, np.uint8)
    out[0] = 0xD1
    at = 1
    last = np.zeros(2, np.int64)
    which = 0
    for i in range(len(indices)):
        value = np.int64(indices[i])
        here = _zigzag(value - last[which])
        there = _zigzag(value - last[1 - which])
        # on a jump the other one goes along, so that this one still stands where it was when the run comes back to it
        if _varint_bytes(here << 1) > 1 and _varint_bytes(there << 1) <= _varint_bytes(here << 1):
            which = 1 - which
            here = there
        last[which] = value
        at = _write_varint(out, at, ((here << 1) | which) & 0xFFFFFFFF)
    out[at : at + 4] = 0
    return out[: at + 4].copy()


@kernel
def _place_of(recent: NDArray[np.int64], written: int, vertex: int) -> int:
    """How long ago a vertex was written to the list of the last 16, 0 the latest; -1 when it is not there."""
    for i in range(min(written, 16)):
        if recent[(written - 1 - i) & 15] == vertex:
            return i
    return -1


@kernel
def _push(state: NDArray[np.int64], recent: NDArray[np.int64], vertex: int) -> None:
    recent[state[VERTICES] & 15] = vertex
    state[VERTICES] += 1


@kernel
def _push_edges(state: NDArray[np.int64], edges: NDArray[np.int64], a: int, b: int, c: int, first: bool) -> None:
    """Enter the edges of a triangle, turned round as its neighbours hold them; ``first`` for all three of them."""
    if first:
        edges[state[EDGES] & 15, 0] = b
        edges[state[EDGES] & 15, 1] = a
        state[EDGES] += 1
    edges[state[EDGES] & 15, 0] = c
    edges[state[EDGES] & 15, 1] = b
    state[EDGES] += 1
    edges[state[EDGES] & 15, 0] = a
    edges[state[EDGES] & 15, 1] = c
    state[EDGES] += 1


@kernel
def _spell(state: NDArray[np.int64], out: NDArray[np.uint8], vertex: int) -> None:
    """Write a vertex as a difference to the last one that was written so."""
    state[AT] = _write_varint(out, state[AT], _zigzag(vertex - state[LAST]) & 0xFFFFFFFF)
    state[LAST] = vertex


@kernel
def _corner_code(state: NDArray[np.int64], recent: NDArray[np.int64], vertex: int) -> int:
    """The 4-bit code of a corner of a triangle without a known edge."""
    if vertex == state[NEXT]:
        state[NEXT] += 1
        return 0
    place = _place_of(recent, state[VERTICES], vertex)
    return place + 1 if 0 <= place < 14 else 15


@kernel
def _known_edge(state: NDArray[np.int64], edges: NDArray[np.int64], corners: NDArray[np.int64]) -> int:
    """Place of an edge of the triangle among the last 15, the latest first, or -1; the corners are turned to it."""
    for i in range(min(state[EDGES], 15)):
        a = edges[(state[EDGES] - 1 - i) & 15, 0]
        b = edges[(state[EDGES] - 1 - i) & 15, 1]
        for turn in range(3):
            if corners[turn] == a and corners[(turn + 1) % 3] == b:
                _turn(corners, turn)
                return i
    return -1


@kernel
def _turn(corners: NDArray[np.int64], turn: int) -> None:
    first = corners.copy()
    for k in range(3):
        corners[k] = first[(k + turn) % 3]


@kernel
def encode_triangles(indices: NDArray[np.uint32], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The (k,) uint8 stream of mode 1 (header 0xe1) of (3 n,) indices; corners may come back turned, never mirrored.

    ``table`` [shape=(16,)] holds frequent pairs of corner codes and ends the stream.
    """
    triangles = len(indices) // 3
    out = np.empty(1 + triangles * (2 + 3 * VARINT) + 16, np.uint8)
    out[0] = 0xE1
    state = np.array([0, 0, 1 + triangles, 0, 0], dtype=np.int64)
    recent = np.full(16, -1, np.int64)
    edges = np.full((16, 2), -1, np.int64)
    corners = np.empty(3, np.int64)
    for t in range(triangles):
        for k in range(3):
            corners[k] = np.int64(indices[3 * t + k])
        # a mesh that counts from 0 again; the edges of the one before it are strangers
        restart = state[NEXT] > 0 and corners[0] == 0 and corners[1] == 1 and corners[2] == 2
        high = -1 if restart else _known_edge(state, edges, corners)
        if high >= 0:
            c = corners[2]
            place = _place_of(recent, state[VERTICES], c)
            if c == state[NEXT]:
                low = 0
                state[NEXT] += 1
            elif 1 <= place <= 12:
                low = place
            elif c == state[LAST] - 1:
                low = 13
                state[LAST] = c
            elif c == state[LAST] + 1:
                low = 14
                state[LAST] = c
            else:
                low = 15
                _spell(state, out, c)
            out[1 + t] = (high << 4) | low
            if low == 0 or low > 12:
                _push(state, recent, c)
            _push_edges(state, edges, corners[0], corners[1], c, False)
            continue
        if restart:
            state[NEXT] = 3
            first, second, third = 0, 0, 0
        else:
            for turn in range(3):
                if corners[turn] == state[NEXT]:
                    _turn(corners, turn)
                    break
            first = 15
            if corners[0] == state[NEXT]:
                first = 0
                state[NEXT] += 1
            second = _corner_code(state, recent, corners[1])
            third = _corner_code(state, recent, corners[2])
        pair = (second << 4) | third
        entry = 14
        if first == 0 and not restart:
            for i in range(14):
                if table[i] == pair:
                    entry = i
                    break
        elif first == 15:
            entry = 15
        out[1 + t] = 0xF0 | entry
        if entry > 13:
            out[state[AT]] = pair
            state[AT] += 1
        if first == 15:
            _spell(state, out, corners[0])
        if second == 15:
            _spell(state, out, corners[1])
        if third == 15:
            _spell(state, out, corners[2])
        _push(state, recent, corners[0])
        if second % 15 == 0:
            _push(state, recent, corners[1])
        if third % 15 == 0:
            _push(state, recent, corners[2])
        _push_edges(state, edges, corners[0], corners[1], corners[2], True)
    end = state[AT] + 16
    out[state[AT] : end] = table
    return out[:end].copy()
