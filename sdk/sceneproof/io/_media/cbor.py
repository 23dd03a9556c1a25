"""A reader of CBOR (RFC 8949) for the claims of C2PA: bounded in depth and number of items, no tags interpreted."""

from __future__ import annotations

import struct
from typing import Any

DEPTH, ITEMS = 24, 20_000


def loads(data: bytes) -> Any:
    """The first item. Raises ``ValueError`` when it is broken, too deep or too large."""
    return _Reader(data).item(0)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._items = 0

    def item(self, depth: int) -> Any:
        self._items += 1
        if depth > DEPTH or self._items > ITEMS:
            raise ValueError("CBOR deeper or larger than is looked at")
        first = self._take(1)[0]
        major, low = first >> 5, first & 31
        if major == 7:
            return self._simple(low)
        if low == 31:
            return self._endless(major, depth)
        size = self._size(low)
        if major in (0, 1):
            return size if major == 0 else -1 - size
        if major in (2, 3):
            part = self._take(size)
            return part if major == 2 else part.decode("utf-8", "replace")
        if major == 6:
            return self.item(depth + 1)
        if major == 4:
            return [self.item(depth + 1) for _ in range(self._many(size))]
        return dict(self._pair(depth) for _ in range(self._many(size)))

    def _many(self, size: int) -> int:
        if size > ITEMS:
            raise ValueError("CBOR larger than is looked at")
        return size

    def _pair(self, depth: int) -> tuple[Any, Any]:
        key, value = self.item(depth + 1), self.item(depth + 1)
        return (key if isinstance(key, str | int | bytes) else repr(key)[:80]), value

    def _endless(self, major: int, depth: int) -> Any:
        parts: list[Any] = []
        while self._data[self._at : self._at + 1] != b"\xff":
            parts.append(self._pair(depth) if major == 5 else self.item(depth + 1))
        self._at += 1
        if major == 5:
            return dict(parts)
        if major == 4:
            return parts
        if major == 2:
            return b"".join(part for part in parts if isinstance(part, bytes))
        if major == 3:
            return "".join(part for part in parts if isinstance(part, str))
        raise ValueError("CBOR of no known kind")

    def _simple(self, low: int) -> Any:
        if low in (20, 21):
            return low == 21
        if low in (25, 26, 27):
            code = {25: ">e", 26: ">f", 27: ">d"}[low]
            return struct.unpack(code, self._take(struct.calcsize(code)))[0]
        if low == 24:
            self._take(1)
        elif low > 27:
            raise ValueError("CBOR of no known kind")
        return None

    def _size(self, low: int) -> int:
        if low < 24:
            return low
        if low > 27:
            raise ValueError("CBOR of no known kind")
        return int.from_bytes(self._take(1 << (low - 24)), "big")

    def _take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise ValueError("CBOR ends too early")
        self._at += size
        return self._data[self._at - size : self._at]
