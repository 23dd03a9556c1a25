"""What the readers of labels share: where they put what they find, and how they look into bytes."""

from __future__ import annotations

import struct
import zlib

from sceneproof.config import LIMITS
from sceneproof.scene import MediaField

LONGEST = 4096  # characters of a value that are kept
_BYTES_A_STEP = 1024


class Work:
    """Steps that are left for all images and sounds of one file: thousands of them may share the same bytes."""

    def __init__(self) -> None:
        self.left = LIMITS.media_steps


class Labels:
    """Fields and problems of one image or sound, as they are found; bounded in number, length and work."""

    def __init__(self, work: Work | None = None) -> None:
        self._work = work or Work()
        self.fields: list[MediaField] = []
        self.problems: list[str] = []
        self.more = 0
        self._met: set[MediaField] = set()

    def add(self, kind: str, key: str, value: object) -> None:
        """One field. Empty values are none; a value met before under the same key counts once."""
        whole = str(value).strip()
        text = "".join(c for c in whole[:LONGEST] if c.isprintable() or c in "\n\t").strip()
        key = "".join(c for c in key[:LONGEST] if c.isprintable())[:120]
        if not text:
            return
        field = MediaField(kind, key, text, len(whole) if len(whole) > LONGEST else len(text))
        if field in self._met:
            return
        if len(self.fields) < LIMITS.media_fields:
            self._met.add(field)
            self.fields.append(field)
        else:
            self.more += 1

    def spend(self, steps: int = 1) -> None:
        """Count work. Raises ``ValueError`` when the file has had its share."""
        self._work.left -= steps
        if self._work.left < 0:
            raise ValueError("more labels than are looked at in one file")

    def take(self, data: bytes | memoryview, offset: int, length: int) -> bytes:
        """`piece`, whose bytes count as work: many entries may lead to the same large stretch."""
        body = piece(data, offset, length)
        self.spend(1 + length // _BYTES_A_STEP)
        return body

    def problem(self, text: str) -> None:
        """A fault that keeps some label from being read."""
        if len(self.problems) < 8:
            self.problems.append(text)


def number(data: bytes | memoryview, offset: int, code: str) -> int:
    """A number at an offset by its `struct` code. Raises ``ValueError`` past the end."""
    if offset < 0:
        raise ValueError("an offset lies before the start")
    try:
        return int(struct.unpack_from(code, data, offset)[0])
    except struct.error:
        raise ValueError("it ends too early") from None


def piece(data: bytes | memoryview, offset: int, length: int) -> bytes:
    """`length` bytes at an offset. Raises ``ValueError`` past the end, or above the limit of a label."""
    if length > LIMITS.media_text_bytes:
        raise ValueError(f"a label of {length:,} bytes, limit {LIMITS.media_text_bytes:,}")
    if offset < 0 or length < 0 or offset + length > len(data):
        raise ValueError("it ends too early")
    return bytes(data[offset : offset + length])


def inflated(data: bytes, labels: Labels) -> bytes:
    """A zlib stream, as far as the limit of a label. Raises ``ValueError`` when it is broken or larger."""
    labels.spend(1 + len(data) // 64)
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, LIMITS.media_text_bytes)
    except zlib.error:
        raise ValueError("a compressed text is broken") from None
    labels.spend(len(text) // 1024)
    if stream.unconsumed_tail:
        raise ValueError(f"a compressed text grows past {LIMITS.media_text_bytes:,} bytes")
    return text


def text_of(data: bytes) -> str:
    """Text of unknown coding: UTF-8 where it is, else Latin-1; what follows a zero byte is left out."""
    data = data.split(b"\0", 1)[0]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
