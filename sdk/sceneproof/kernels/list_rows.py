"""Rows that hold lists of any length, as in a PLY: where each row and each list begins.

A row is a chain of properties. A plain one takes a fixed number of units; a list takes a length and then that many
items. Units are bytes in a binary file and tokens in a text.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel

FLOAT = 3  # how a length is stored: 0 unsigned, 1 signed, FLOAT one token of a text


@kernel
def _length(data: Array, at: int, size: int, form: int, big: bool) -> Any:
    """The whole number at `at`; -1 where a token is none."""
    if form == FLOAT:
        token = data[at]
        if not (token >= 0 and token < 1e15):
            return -1
        whole = np.int64(token)
        return whole if whole == token else -1
    value = np.int64(0)
    for k in range(size):
        byte = np.int64(data[at + k] if big else data[at + size - 1 - k])
        if k == 0 and form == 1 and byte >= 128:
            return -1
        if value >= 1 << 47:
            return -1
        value = value << 8 | byte
    return value


@kernel
def _walk(data: Array, start: int, rows: int, chain: Array, big: bool) -> tuple[Array, Array, int, int]:
    lists = 0
    for k in range(chain.shape[0]):
        if chain[k, 0] > 0:
            lists += 1
    begins = np.empty((rows, lists), np.int64)
    lengths = np.empty((rows, lists), np.int64)
    at, end = start, data.shape[0]
    for row in range(rows):
        place = 0
        for k in range(chain.shape[0]):
            size, form, item = chain[k, 0], chain[k, 1], chain[k, 2]
            if size == 0:
                at += item
                continue
            if at + size > end:
                return begins, lengths, row, -1
            count = _length(data, at, size, form, big)
            if count < 0:
                return begins, lengths, row, -2
            at += size
            if count * item > end - at:
                return begins, lengths, row, -1
            begins[row, place] = at
            lengths[row, place] = count
            at += count * item
            place += 1
        if at > end:
            return begins, lengths, row, -1
    return begins, lengths, rows, at


def walk(data: Array, start: int, rows: int, chain: Array, big: bool = False) -> tuple[Array, Array, int, int]:
    """Follow `rows` rows from `start`.

    Parameters
    ----------
    data : uint8 (bytes) or float64 (tokens) [shape=(n,)].
    chain : int64 [shape=(p, 3)], a row per property: units of the length (0 for none), its form (0 unsigned,
        1 signed, `FLOAT`), units of an item (of the whole property, where there is no length).
    big : most significant byte first.

    Returns
    -------
    begins, lengths : int64 [shape=(rows, lists)], where the items of each list begin, and how many there are.
    done : rows that were followed whole.
    end : where the last row ends; -1 where row `done` runs past the end, -2 where one of its lengths is not a whole
        number from 0 on.
    """
    kind = np.float64 if data.dtype == np.float64 else np.uint8
    arguments = (frozen(data, kind), int(start), int(rows), frozen(chain, np.int64), bool(big))
    found = _walk(*arguments) if compiled(rows) else _walk_plainly(*arguments)
    return found[0], found[1], int(found[2]), int(found[3])


def _walk_plainly(data: Array, start: int, rows: int, chain: Array, big: bool) -> tuple[Array, Array, int, int]:
    """The same in Python: for few rows quicker than waking the compiler."""
    view: memoryview[Any] = frozen(data, data.dtype).data
    steps = [(int(size), int(form), int(item)) for size, form, item in chain]
    begins: list[int] = []
    lengths: list[int] = []
    at, end, done, status = start, len(data), rows, 0
    for row in range(rows):
        for size, form, item in steps:
            if size == 0:
                at += item
                continue
            if at + size > end:
                status = -1
                break
            count = view[at] if size == 1 and form == 0 else _length_plainly(view, at, size, form, big)
            if count < 0:
                status = -2
                break
            at += size
            if count * item > end - at:
                status = -1
                break
            begins.append(at)
            lengths.append(count)
            at += count * item
        if status or at > end:
            done, status = row, status or -1
            break
    lists = sum(size > 0 for size, _, _ in steps)
    shape = (rows, lists)
    out = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    if lists:
        for array, values in zip(out, (begins, lengths), strict=True):
            array[:done] = np.asarray(values[: done * lists], np.int64).reshape(done, lists)
    return out[0], out[1], done, status or at


def _length_plainly(view: memoryview[Any], at: int, size: int, form: int, big: bool) -> int:
    if form == FLOAT:
        token = view[at]
        return int(token) if 0 <= token < 1e15 and token == int(token) else -1
    value = int.from_bytes(view[at : at + size], "big" if big else "little", signed=form == 1)
    return value if 0 <= value < 1 << 55 else -1
