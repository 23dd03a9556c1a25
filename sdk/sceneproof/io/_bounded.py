"""Decompression of a stranger's bytes: never more than the size that a header states, in steps.

What a compressed stream unfolds to is known before it is unfolded: the header's count implies it. A stream that goes
on past that is a bomb or a fault, and either way is refused there.
"""

from __future__ import annotations

import zlib

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError, MissingExtraError

_STEP = 1 << 20


class Inflater:
    """Reads one raw deflate, zlib or gzip stream piece by piece. `bits` are zlib's window bits: 31 for gzip."""

    def __init__(self, data: bytes | memoryview, bits: int = 31) -> None:
        self._machine = zlib.decompressobj(bits)
        self._data = memoryview(data)
        self._at = 0  # how much has been given to the machine
        self._left: bytes = b""

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes. Raises `InputError` for a damaged stream or one that ends before."""
        if size > LIMITS.accessor_bytes:
            raise LimitError(f"unfolds to more than {LIMITS.accessor_bytes:,} bytes")
        pieces, have = [], 0
        while have < size:
            if self._machine.eof:
                raise InputError(f"the compressed stream ends {size - have:,} bytes early")
            piece = self._step(min(_STEP, size - have))
            if not piece and self._is_empty():
                raise InputError("the compressed stream is cut off")
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def rest(self, most: int) -> bytes:
        """What is left, up to `most` bytes and the end of the stream, whose checksum is tested then.

        Raises `InputError` for damage, `LimitError` when there is more.
        """
        pieces, have = [], 0
        while not self._machine.eof:
            piece = self._step(_STEP)
            have += len(piece)
            if have > most:
                raise LimitError(
                    f"the compressed stream goes on past what its header states by more than {most:,} bytes"
                )
            if not piece and self._is_empty():
                raise InputError("the compressed stream is cut off")
            pieces.append(piece)
        return b"".join(pieces)

    @property
    def after(self) -> int:
        """How many bytes of the input lie after the end of the stream."""
        return len(self._machine.unused_data) + len(self._data) - self._at

    def _is_empty(self) -> bool:
        return not self._machine.eof and not self._left and self._at >= len(self._data)

    def _step(self, size: int) -> bytes:
        if not self._left:  # zlib copies what it leaves, so that all of it at once would be copied for every step
            self._left = bytes(self._data[self._at : self._at + _STEP])
            self._at += len(self._left)
        try:
            piece = self._machine.decompress(self._left, size)
        except zlib.error as error:
            raise InputError(f"the compressed stream is damaged ({error})") from None
        self._left = self._machine.unconsumed_tail
        return piece


def check_unfolded(size: int, stored: int, what: str) -> None:
    """Raises `LimitError` when `stored` bytes may not unfold to `size`."""
    most = min(LIMITS.decoded_bytes, LIMITS.free_bytes + LIMITS.fair_ratio * stored)
    if size > most:
        raise LimitError(f"{what} would unfold from {stored:,} to {size:,} bytes, limit {most:,}")


def unzstd(data: bytes | memoryview, size: int, what: str) -> bytes:
    """The content of a zstd stream that must unfold to exactly `size` bytes.

    Raises `InputError` for another size or damage, `LimitError` for a window or size above the limits,
    `MissingExtraError` when the package zstandard is not there.
    """
    try:
        import zstandard
    except ImportError:
        raise MissingExtraError("zstd streams need the package zstandard: pip install zstandard") from None
    if size > LIMITS.accessor_bytes:
        raise LimitError(f"{what} unfolds to {size:,} bytes, limit {LIMITS.accessor_bytes:,}")
    machine = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    pieces, have = [], 0
    try:
        with machine.stream_reader(bytes(data), read_size=1 << 16) as stream:
            while have <= size:
                piece = stream.read(min(_STEP, size + 1 - have))
                if not piece:
                    break
                pieces.append(piece)
                have += len(piece)
    except (zstandard.ZstdError, MemoryError) as error:
        raise InputError(f"{what} is a damaged zstd stream ({str(error)[:80]})") from None
    if have != size:
        raise InputError(f"{what} unfolds to {'more' if have > size else f'{have:,}'} of {size:,} bytes")
    return b"".join(pieces)
