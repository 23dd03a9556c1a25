"""LZF decompression (Marc Lehmann, LibLZF), as ``binary_compressed`` PCD files use it.

A control byte below 32 is followed by that many bytes and one as they are. Any other is a copy: its upper three bits
are the length less 2 (7: a further byte is added), its lower five and the next byte the distance less 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel


@kernel
def _unpack(data: Array, out: Array) -> Any:
    at, put = np.int64(0), np.int64(0)
    size, room = np.int64(data.shape[0]), np.int64(out.shape[0])
    while at < size:
        control = np.int64(data[at])
        at += 1
        if control < 32:
            length = control + 1
            if at + length > size or put + length > room:
                return -1
            for k in range(length):
                out[put + k] = data[at + k]
            at += length
        else:
            length = control >> 5
            if length == 7:
                if at >= size:
                    return -1
                length += np.int64(data[at])
                at += 1
            if at >= size:
                return -1
            start = put - ((control & 31) << 8) - np.int64(data[at]) - 1
            at += 1
            length += 2
            if start < 0 or put + length > room:
                return -1
            for k in range(length):
                out[put + k] = out[start + k]
        put += length
    return put


def unpack(data: bytes, size: int) -> Array | None:
    """Uint8 [shape=(size,)]; ``None`` where the stream is damaged or does not unfold to exactly `size` bytes."""
    if compiled(size // 16):  # a byte takes Python a sixteenth of what a row of other kernels does
        out = np.zeros(size, np.uint8)
        return out if int(_unpack(frozen(np.frombuffer(data, np.uint8), np.uint8), out)) == size else None
    plain = _unpack_plainly(data, size)
    return None if plain is None else np.frombuffer(plain, np.uint8)


def _unpack_plainly(data: bytes, size: int) -> bytearray | None:
    """The same in Python: for small streams quicker than waking the compiler."""
    out = bytearray()
    at, end = 0, len(data)
    while at < end:
        control = data[at]
        at += 1
        if control < 32:
            if at + control + 1 > end:
                return None
            out += data[at : at + control + 1]
            at += control + 1
        else:
            length = control >> 5
            if length == 7 and at < end:
                length += data[at]
                at += 1
            if at >= end:
                return None
            start = len(out) - ((control & 31) << 8) - data[at] - 1
            at += 1
            if start < 0:
                return None
            length += 2
            piece = bytes(out[start : start + length])
            out += (piece * (length // len(piece) + 1))[:length]
        if len(out) > size:
            return None
    return out if len(out) == size else None
