"""A slow LZF encoder: the longest match within reach, else literals."""

from __future__ import annotations

FARTHEST, LONGEST = 8192, 264


def pack(data: bytes) -> bytes:
    """An LZF stream that unfolds to `data`."""
    out, literals, at = bytearray(), bytearray(), 0
    latest: dict[bytes, int] = {}
    while at < len(data):
        key = data[at : at + 3]
        start = latest.get(key, -1) if len(key) == 3 else -1
        length = 0
        if start >= 0 and at - start <= FARTHEST:
            while length < LONGEST and at + length < len(data) and data[start + length] == data[at + length]:
                length += 1
        if length >= 3:
            _flush(out, literals)
            rest, back = length - 2, at - start - 1
            head = [rest << 5 | back >> 8] if rest < 7 else [7 << 5 | back >> 8, rest - 7]
            out += bytes([*head, back & 255])
        else:
            length = 1
            literals.append(data[at])
        for k in range(at, at + length):
            latest[data[k : k + 3]] = k
        at += length
    _flush(out, literals)
    return bytes(out)


def _flush(out: bytearray, literals: bytearray) -> None:
    for at in range(0, len(literals), 32):
        piece = literals[at : at + 32]
        out.append(len(piece) - 1)
        out += piece
    literals.clear()
