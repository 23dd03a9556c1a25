"""Slow twins of the readers of Draco's entropy coding: whole numbers, no tables."""

from __future__ import annotations


def _state(data: bytes, base: int) -> tuple[int, list[int]]:
    """The first state and the bytes that are still to be read, last first."""
    width = (data[-1] >> 6) + 1
    value = int.from_bytes(data[-width:], "little") & ((1 << (8 * width - 2)) - 1)
    return value + base, list(data[:-width])


def symbols(data: bytes, shares: list[int], precision: int, count: int) -> list[int]:
    base = 4 << precision
    state, left = _state(data, base)
    out = []
    for _ in range(count):
        while state < base and left:
            state = state * 256 + left.pop()
        rest = state % (1 << precision)
        symbol = below = 0
        while below + shares[symbol] <= rest:
            below += shares[symbol]
            symbol += 1
        state = (state >> precision) * shares[symbol] + rest - below
        out.append(symbol)
    return out


def flags(data: bytes, zero: int, count: int) -> list[int]:
    """Binary coding is that of symbols with 256 in all, ones first, and a state from 4096 on."""
    state, left = _state(data, 4096)
    out = []
    for _ in range(count):
        if state < 4096 and left:
            state = state * 256 + left.pop()
        high, rest = divmod(state, 256)
        one = rest < 256 - zero
        state = high * (256 - zero) + rest if one else high * zero + rest - (256 - zero)
        out.append(int(one))
    return out


def fields(data: bytes, lengths: list[int], each: int) -> list[int]:
    bits = int.from_bytes(data, "little")
    out = []
    for length in lengths:
        for _ in range(each):
            out.append(bits & ((1 << length) - 1))
            bits >>= length
    return out
