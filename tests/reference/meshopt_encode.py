"""Slow, obvious twins of the meshopt encoders.

Attributes: every allowed form is written out and the shortest kept; of equally short ones the first counts: fewer bits,
the lower channel mode, no bytes before raw bytes before lengths. Indices: lists, newest first, and Python integers.
"""

from __future__ import annotations

import numpy as np

from tests.reference.meshopt_writers import difference, varint, write_group, zigzag

LENGTHS = {0: (0, 1, 2, 4), 1: (1, 2, 4, 8), -1: (0, 2, 4, 8)}


def plane(values: list[int], lengths: tuple[int, ...]) -> bytes:
    padded = values + [0] * (-len(values) % 16)
    codes, body = [], b""
    for at in range(0, len(padded), 16):
        sixteen = padded[at : at + 16]
        forms = [(code, write_group(sixteen, bits)) for code, bits in enumerate(lengths) if bits or not any(sixteen)]
        code, written = min(forms, key=lambda form: len(form[1]))
        codes.append(code)
        body += written
    codes += [0] * (-len(codes) % 4)
    return bytes(sum(codes[i + j] << 2 * j for j in range(4)) for i in range(0, len(codes), 4)) + body


def channel(old: bytes, new: bytes, mode: int, version: int) -> tuple[int, bytes]:
    """The control byte and the four planes of one channel of a block; ``old`` are the rows before each of ``new``."""
    deltas = b"".join(difference(old[i : i + 4], new[i : i + 4], mode) for i in range(0, len(new), 4))
    control, body = 0, b""
    for k in range(4):
        values = list(deltas[k::4])
        if version == 0:
            body += plane(values, LENGTHS[-1])
            continue
        forms = [] if any(values) else [(2, b"")]
        forms += [(3, bytes(values)), (0, plane(values, LENGTHS[0])), (1, plane(values, LENGTHS[1]))]
        way, written = min(forms, key=lambda form: len(form[1]))
        control |= way << 2 * k
        body += written
    return control, body


def attributes(table: np.ndarray, version: int, level: int) -> bytes:
    stride = table.shape[1]
    channels = stride // 4
    before = np.vstack([table[:1], table[:-1]])
    step = min(8192 // stride // 16 * 16, 256)
    modes = [0, 1, *(2 + 16 * turn for turn in range(16))][: (1, 2, 18)[level]] if version else [0]
    chosen, blocks = [], []
    for c in range(channels):
        old, new = (part[:, 4 * c : 4 * c + 4].tobytes() for part in (before, table))
        written = {
            mode: [
                channel(old[at : at + 4 * step], new[at : at + 4 * step], mode, version)
                for at in range(0, len(new), 4 * step)
            ]
            for mode in modes
        }
        best = min(modes, key=lambda mode: sum(len(body) for _, body in written[mode]))
        chosen.append(best)
        blocks.append(written[best])
    out = bytes([0xA0 + version])
    for block in zip(*blocks, strict=True):
        out += bytes(control for control, _ in block) if version else b""
        out += b"".join(body for _, body in block)
    tail = table[0].tobytes() + (bytes(chosen) if version else b"")
    return out + tail.rjust(24 if version else 32, b"\0")


def indices(values: list[int]) -> bytes:
    last, which, body = [0, 0], 0, b""
    for value in values:
        here, there = (varint(2 * wrapped(value - last[side])) for side in (which, 1 - which))
        if len(here) > 1 and len(there) <= len(here):
            which = 1 - which
        body += varint((2 * wrapped(value - last[which]) + which) % 2**32)
        last[which] = value
    return b"\xd1" + body + bytes(4)


def wrapped(delta: int) -> int:
    """A difference of 32-bit numbers, the sign in the lowest bit."""
    return zigzag((delta + 2**31) % 2**32 - 2**31)


def triangles(values: list[int], table: bytes) -> bytes:
    codes, data = bytearray(), b""
    edges: list[tuple[int, int]] = []
    recent: list[int] = []
    new = last = 0

    def corner(vertex: int) -> int:
        nonlocal new
        if vertex == new:
            new += 1
            return 0
        return recent.index(vertex) + 1 if vertex in recent[:14] else 15

    for at in range(0, len(values) - 2, 3):
        a, b, c = values[at : at + 3]
        restart = new > 0 and (a, b, c) == (0, 1, 2)
        turns = [(a, b, c), (b, c, a), (c, a, b)]
        known = [(edges.index(turn[:2]), turn) for turn in turns if turn[:2] in edges[:15]]
        if known and not restart:
            # of two edges entered by one triangle the later one; a triangle with one edge twice is turned the least
            high, (a, b, c) = min(known, key=lambda item: (item[0], turns.index(item[1])))
            low = 15
            if c == new:
                low, new = 0, new + 1
            elif c in recent[1:13]:
                low = recent.index(c)
                low = low if low else 15
            if low == 15 and c in (last - 1, last + 1):
                low, last = (13 if c < last else 14), c
            elif low == 15:
                data, last = data + varint(wrapped(c - last)), c
            codes.append(high * 16 + low)
            if low in (0, 13, 14, 15):
                recent.insert(0, c)
            edges = [(a, c), (c, b), *edges][:16]
            recent = recent[:16]
            continue
        if restart:
            new, parts = 3, [0, 0, 0]
        else:
            a, b, c = next((turn for turn in turns if turn[0] == new), (a, b, c))
            first = 0 if a == new else 15
            new += first == 0
            parts = [first, corner(b), corner(c)]
        pair = parts[1] * 16 + parts[2]
        if parts[0] == 0 and not restart and pair in table[:14]:
            codes.append(0xF0 + table.index(pair))
        else:
            codes.append(0xFE + (parts[0] == 15))
            data += bytes([pair])
        for part, vertex in zip(parts, (a, b, c), strict=True):
            if part == 15:
                data, last = data + varint(wrapped(vertex - last)), vertex
        for part, vertex in zip([0, *parts[1:]], (a, b, c), strict=True):
            if part in (0, 15):
                recent.insert(0, vertex)
        recent = recent[:16]
        edges = [(a, c), (c, b), (b, a), *edges][:16]
    return b"\xe1" + bytes(codes) + data + table
