"""Entropy coding of Draco streams: rANS for symbols, its binary form for flags, and plain bit fields.

Source: Draco Bitstream Specification 2.2, sections "rANS Decoding", "rANS Bit Decoder" and "Symbol Decoding"; Duda,
arXiv 1311.2540. Bytes are (n,) uint8, symbols and probabilities int64. Readers answer with a status: 0, or -1 when the
bytes do not hold what they should; no byte outside ``start .. start + size`` is read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel

_BYTE = 256
_FLAG_BASE = 4096  # lower end of the state of the binary coder
_FLAG_SUM = 256  # its probabilities add up to this


@kernel
def read_table(data: NDArray[np.uint8], at: int, count: int) -> tuple[NDArray[np.int64], int]:
    """Probabilities of ``count`` symbols from byte ``at``; and where they end, -1 when they leave the data."""
    table = np.zeros(count, np.int64)
    i = 0
    while i < count:
        if at >= len(data):
            return table, -1
        first = np.int64(data[at])
        at += 1
        kind = first & 3
        if kind == 3:  # a run of symbols that do not occur
            i = int(i + (first >> 2) + 1)
            continue
        value = first >> 2
        if at + kind > len(data):
            return table, -1
        for extra in range(kind):
            value |= np.int64(data[at]) << (8 * extra + 6)
            at += 1
        table[i] = value
        i += 1
    return table, at if i == count else -1


@kernel
def _start(data: NDArray[np.uint8], start: int, size: int) -> tuple[int, int]:
    """State (less its base) and how many bytes lie before it; (-1, 0) when there are too few."""
    if size < 1:
        return -1, 0
    width = (int(np.int64(data[start + size - 1])) >> 6) + 1
    if width > size:
        return -1, 0
    state = 0
    for i in range(width):
        state |= int(np.int64(data[start + size - width + i])) << (8 * i)
    return state & ((1 << (8 * width - 2)) - 1), size - width


@kernel
def read_symbols(
    data: NDArray[np.uint8], start: int, size: int, table: NDArray[np.int64], precision: int, count: int
) -> tuple[NDArray[np.int64], int]:
    """``count`` symbols; the table's probabilities must add up to ``2 ** precision``."""
    out = np.zeros(count, np.int64)
    total = 1 << precision
    if table.sum() != total:
        return out, -1
    symbol_at = np.empty(total, np.int64)
    below = np.zeros(len(table), np.int64)
    at = 0
    for symbol in range(len(table)):
        below[symbol] = at
        symbol_at[at : at + table[symbol]] = symbol
        at += table[symbol]
    state, left = _start(data, start, size)
    if state < 0:
        return out, -1
    base = total * 4
    state += base
    for i in range(count):
        while state < base and left > 0:
            left -= 1
            state = state * _BYTE + int(np.int64(data[start + left]))
        rest = state & (total - 1)
        symbol = symbol_at[rest]
        state = int((state >> precision) * table[symbol] + rest - below[symbol])
        out[i] = symbol
    return out, 0


@kernel
def _finish(out: NDArray[np.uint8], at: int, state: int) -> int:
    """Write the last state (less its base); returns the number of bytes."""
    width = 1
    while width < 4 and state >= np.int64(1) << (8 * width - 2):
        width += 1
    state |= (width - 1) << (8 * width - 2)
    for i in range(width):
        out[at + i] = (state >> (8 * i)) & 255
    return at + width


@kernel
def write_symbols(symbols: NDArray[np.int64], table: NDArray[np.int64], precision: int) -> NDArray[np.uint8]:
    """Bytes from which `read_symbols` gets the symbols back; every symbol needs a probability above 0."""
    out = np.empty(4 * len(symbols) + 8, np.uint8)
    below = np.zeros(len(table), np.int64)
    for symbol in range(1, len(table)):
        below[symbol] = below[symbol - 1] + table[symbol - 1]
    base = 4 << precision
    state = base
    at = 0
    for i in range(len(symbols) - 1, -1, -1):  # what is written last is read first
        weight = table[symbols[i]]
        while state >= 4 * _BYTE * weight:
            out[at] = state & 255
            at += 1
            state >>= 8
        state = int(((state // weight) << precision) + state % weight + below[symbols[i]])
    return out[: _finish(out, at, state - base)].copy()


@kernel
def read_flags(data: NDArray[np.uint8], start: int, size: int, zero: int, count: int) -> tuple[NDArray[np.uint8], int]:
    """``count`` flags; ``zero`` of 256 is the probability of a 0."""
    out = np.zeros(count, np.uint8)
    state, left = _start(data, start, size)
    if state < 0:
        return out, -1
    state += _FLAG_BASE
    one = _FLAG_SUM - zero
    for i in range(count):
        if state < _FLAG_BASE and left > 0:
            left -= 1
            state = state * _BYTE + int(np.int64(data[start + left]))
        rest = state & 255
        if rest < one:
            out[i] = 1
            state = (state >> 8) * one + rest
        else:
            state = (state >> 8) * zero + rest - one
    return out, 0


@kernel
def write_flags(flags: NDArray[np.uint8], zero: int) -> NDArray[np.uint8]:
    """Bytes from which `read_flags` gets the flags back; ``zero`` is from 1 to 255."""
    out = np.empty(len(flags) + 8, np.uint8)
    state = _FLAG_BASE
    one = _FLAG_SUM - zero
    at = 0
    for i in range(len(flags) - 1, -1, -1):
        weight = one if flags[i] else zero
        if state >= _FLAG_BASE // _FLAG_SUM * _BYTE * weight:
            out[at] = state & 255
            at += 1
            state >>= 8
        state = ((state // weight) << 8) + state % weight + (0 if flags[i] else one)
    return out[: _finish(out, at, state - _FLAG_BASE)].copy()


@kernel
def read_fields(
    data: NDArray[np.uint8], start: int, lengths: NDArray[np.int64], each: int
) -> tuple[NDArray[np.int64], int]:
    """Bit fields, lowest bit first: ``each`` of every length in turn; and where their bytes end, or -1."""
    out = np.zeros(len(lengths) * each, np.int64)
    bit = start * 8
    if (bit + int(lengths.sum()) * each + 7) // 8 > len(data):
        return out, -1
    for i in range(len(lengths)):
        for j in range(each):
            value = np.int64(0)
            for k in range(lengths[i]):
                value |= ((np.int64(data[bit >> 3]) >> (bit & 7)) & 1) << k
                bit += 1
            out[i * each + j] = value
    return out, (bit + 7) // 8


@kernel
def write_fields(values: NDArray[np.int64], lengths: NDArray[np.int64], each: int) -> NDArray[np.uint8]:
    """The bytes of bit fields, as `read_fields` takes them."""
    out = np.zeros((lengths.sum() * each + 7) // 8, np.uint8)
    bit = 0
    for i in range(len(lengths)):
        for j in range(each):
            for k in range(lengths[i]):
                out[bit >> 3] |= np.uint8(((values[i * each + j] >> k) & 1) << (bit & 7))
                bit += 1
    return out


@kernel
def read_edge_symbols(data: NDArray[np.uint8], start: int, size: int, count: int) -> tuple[NDArray[np.int64], int]:
    """EdgeBreaker's own prefix code: one bit 0 for C, else two bits more (S, L, R, E as 1, 2, 3, 4)."""
    out = np.zeros(count, np.int64)
    bit = start * 8
    end = (start + size) * 8
    for i in range(count):
        if bit >= end:
            return out, -1
        first = (data[bit >> 3] >> (bit & 7)) & 1
        bit += 1
        if first:
            if bit + 2 > end:
                return out, -1
            low = (np.int64(data[bit >> 3]) >> (bit & 7)) & 1
            high = (np.int64(data[(bit + 1) >> 3]) >> ((bit + 1) & 7)) & 1
            out[i] = 1 + low + 2 * high
            bit += 2
    return out, 0
