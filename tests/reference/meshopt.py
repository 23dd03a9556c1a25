"""Slow, obvious twins of the meshopt decoders.

Written from the format's text (KHR_meshopt_compression, appendices A and B) without a look at the kernels: Python
integers, lists newest first, an exception where a stream breaks a rule.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from math import isqrt

WORD = 1 << 32


class BrokenError(Exception):
    """The stream breaks the format's rules."""


class Cursor:
    def __init__(self, data: bytes) -> None:
        self.rest = list(data)

    def take(self, size: int) -> list[int]:
        if len(self.rest) < size:
            raise BrokenError
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def varint(self) -> int:
        value = 0
        for place in range(5):
            (byte,) = self.take(1)
            value += (byte % 128) << (7 * place)
            if byte < 128:
                return value % WORD
        raise BrokenError

    def close(self) -> None:
        if self.rest:
            raise BrokenError


def unzigzag(value: int) -> int:
    return -(value + 1) // 2 if value % 2 else value // 2


# -- attributes -------------------------------------------------------------------------------------------------


def group(cursor: Cursor, bits: int) -> list[int]:
    if bits == 0:
        return [0] * 16
    if bits == 8:
        return cursor.take(16)
    text = [f"{byte:08b}" for byte in cursor.take(2 * bits)]
    if bits == 1:
        text = [byte[::-1] for byte in text]
    whole = "".join(text)
    small = [int(whole[i : i + bits], 2) for i in range(0, len(whole), bits)]
    return [cursor.take(1)[0] if value == 2**bits - 1 else value for value in small]


def plane(cursor: Cursor, count: int, lengths: tuple[int, ...]) -> list[int]:
    groups = -(-count // 16)
    codes = [byte >> shift & 3 for byte in cursor.take(-(-groups // 4)) for shift in (0, 2, 4, 6)]
    return [value for code in codes[:groups] for value in group(cursor, lengths[code])][:count]


def channel(last: bytes, deltas: list[bytes], mode: int) -> list[bytes]:
    rows = []
    for delta in deltas:
        if mode == 0:
            last = bytes((old + unzigzag(new)) % 256 for old, new in zip(last, delta, strict=True))
        elif mode == 1:
            pairs = zip(struct.unpack("<2H", last), struct.unpack("<2H", delta), strict=True)
            last = struct.pack("<2H", *((old + unzigzag(new)) % 65536 for old, new in pairs))
        else:
            (old,), (new,) = struct.unpack("<I", last), struct.unpack("<I", delta)
            turned = f"{new:032b}"
            cut = 32 - (mode >> 4)  # the writer turned it left by that much: turn it right
            turned = turned[cut:] + turned[:cut]
            last = struct.pack("<I", old ^ int(turned, 2))
        rows.append(last)
    return rows


def attributes(data: bytes, count: int, stride: int) -> bytes:
    version, channels = data[0] & 15, stride // 4
    tail = max(stride + channels, 24) if version else max(stride, 32)
    if len(data) < 1 + tail:
        raise BrokenError
    end = data[len(data) - tail :]
    modes = list(end[-channels:]) if version else [0] * channels
    base = end[-channels - stride : -channels] if version else end[-stride:]
    if any(mode & 15 > 2 or (mode & 15 < 2 and mode > 15) for mode in modes):
        raise BrokenError
    cursor = Cursor(data[1 : len(data) - tail])
    last = [base[4 * c : 4 * c + 4] for c in range(channels)]
    rows: list[bytes] = []
    step = min(8192 // stride // 16 * 16, 256)
    while len(rows) < count:
        size = min(step, count - len(rows))
        control = cursor.take(channels) if version else []
        columns = []
        for c in range(channels):
            planes = []
            for k in range(4):
                way = control[c] >> 2 * k & 3 if version else -1
                if way == 2:
                    planes.append([0] * size)
                elif way == 3:
                    planes.append(cursor.take(size))
                else:
                    planes.append(plane(cursor, size, {0: (0, 1, 2, 4), 1: (1, 2, 4, 8), -1: (0, 2, 4, 8)}[way]))
            decoded = channel(last[c], [bytes(four) for four in zip(*planes, strict=True)], modes[c])
            last[c] = decoded[-1]
            columns.append(decoded)
        rows += [b"".join(parts) for parts in zip(*columns, strict=True)]
    cursor.close()
    return b"".join(rows)


# -- indices ----------------------------------------------------------------------------------------------------


def indices(data: bytes, count: int, size: int) -> bytes:
    if len(data) < 5:
        raise BrokenError
    cursor, last, out = Cursor(data[1:-4]), [0, 0], b""
    for _ in range(count):
        value = cursor.varint()
        last[value % 2] = (last[value % 2] + unzigzag(value // 2)) % WORD
        out += last[value % 2].to_bytes(4, "little")[:size]
    cursor.close()
    return out


def triangles(data: bytes, count: int, size: int) -> bytes:
    total = count // 3
    if len(data) < 17 + total:
        raise BrokenError
    table = data[-16:]
    if table[14:] != b"\0\0" or any(15 in divmod(byte, 16) for byte in table):
        raise BrokenError
    cursor = Cursor(data[1 + total : -16])
    edges: list[tuple[int, int]] = []
    recent: list[int] = []
    state = {"next": 0, "last": 0}
    corners: list[int] = []

    def fresh() -> int:
        state["next"] = (state["next"] + 1) % WORD
        return (state["next"] - 1) % WORD

    def spelt(delta: int | None = None) -> int:
        state["last"] = (state["last"] + (unzigzag(cursor.varint()) if delta is None else delta)) % WORD
        return state["last"]

    def seen(entries: list, place: int):
        if place >= min(len(entries), 16):
            raise BrokenError
        return entries[place]

    def corner(code: int) -> int:
        return fresh() if code == 0 else spelt() if code == 15 else seen(recent, code - 1)

    for code in data[1 : 1 + total]:
        high, low = divmod(code, 16)
        if high < 15:
            a, b = seen(edges, high)
            if low == 0:
                c = fresh()
            elif low < 13:
                c = seen(recent, low)
            else:
                c = spelt({13: -1, 14: 1, 15: None}[low])
            if low == 0 or low >= 13:
                recent.insert(0, c)
            edges = [(a, c), (c, b), *edges]
        else:
            pair = cursor.take(1)[0] if low >= 14 else table[low]
            if low >= 14 and pair == 0:
                state["next"] = 0
            second, third = divmod(pair, 16)
            a = spelt() if low == 15 else fresh()
            b, c = corner(second), corner(third)
            recent.insert(0, a)
            for way, vertex in ((second, b), (third, c)):
                if way in (0, 15):
                    recent.insert(0, vertex)
            edges = [(a, c), (c, b), (b, a), *edges]
        corners += [a, b, c]
    cursor.close()
    return b"".join(vertex.to_bytes(4, "little")[:size] for vertex in corners)


# -- filters, exact; the format grants one unit in the last place --------------------------------------------------


def nearest(top: int, square_top: int, square_bottom: int) -> float:
    """``top * sqrt(square_top / square_bottom)`` with 40 bits after the point."""
    root = isqrt(top * top * square_top * (1 << 80) // square_bottom)
    return root / (1 << 40)


def octahedral(row: tuple[int, ...], most: int) -> list[float]:
    one = row[2]
    x, y = Fraction(row[0], one), Fraction(row[1], one)
    z = 1 - abs(x) - abs(y)
    fold = min(z, Fraction(0))
    x, y = x - fold if x < 0 else x + fold, y - fold if y < 0 else y + fold
    square = x * x + y * y + z * z
    scaled = [nearest(most, (v * v / square).numerator, (v * v / square).denominator) for v in (x, y, z)]
    return [-s if v < 0 else s for v, s in zip((x, y, z), scaled, strict=True)]


def quaternion(row: tuple[int, ...]) -> list[float]:
    one, largest = row[3] | 3, row[3] & 3
    left = max(2 * one * one - sum(v * v for v in row[:3]), 0)
    parts = [(-1 if v < 0 else 1) * nearest(32767, v * v, 2 * one * one) for v in row[:3]]
    out = [0.0] * 4
    for place, value in zip((1, 2, 3, 0), [*parts, nearest(32767, left, 2 * one * one)], strict=True):
        out[(largest + place) % 4] = value
    return out


def color(row: tuple[int, ...], most: int) -> list[float]:
    luma, orange, green, alpha = row
    scale = (1 << alpha.bit_length()) - 1
    alpha = (alpha << 1 & scale) | (alpha & 1)
    values = (luma + orange - green, luma + green, luma - orange - green, alpha)
    return [most * value / scale for value in values]
