"""Kind and size of a picture from its first bytes, before any decoder sees it: PNG, JPEG, WebP, KTX2, GIF.

Sources: PNG (W3C), section 11.2.1; JPEG, ITU-T T.81, section B.2.2; WebP container specification (RFC 9649); KTX 2.0
specification, section 3; GIF89a, section 18.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_KTX2 = b"\xabKTX 20\xbb\r\n\x1a\n"
_START_OF_FRAME = frozenset((*range(0xC0, 0xD0),)) - {0xC4, 0xC8, 0xCC}  # the others in that row are tables
_SCAN = b"\xff\xda"  # stands in JPEG data only where a scan begins: a 0xFF in a scan is followed by 0 or a restart
_SEGMENTS = 4096
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\xabKTX 20\xbb", "image/ktx2"),
    (b"DDS ", "image/vnd-ms.dds"),
    (b"GIF8", "image/gif"),
)


@dataclass(frozen=True)
class PictureHeader:
    """`kind` is ``png``, ``jpeg``, ``webp``, ``ktx2`` or ``gif``; `width` and `height` in pixels."""

    kind: str
    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


def sniff_image(data: bytes | memoryview) -> str:
    """Media type by the first bytes, ``""`` when unknown."""
    head = bytes(data[:16])
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in _MAGIC if head.startswith(magic)), "")


def picture_header(data: bytes | memoryview) -> PictureHeader | None:
    """What the header says; ``None`` for other kinds and for a header that is cut off."""
    head = bytes(data[:64])
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return PictureHeader("png", *struct.unpack_from(">II", head, 16))
    if head.startswith(_KTX2) and len(head) >= 40:
        width, height = struct.unpack_from("<II", head, 20)
        return PictureHeader("ktx2", width, max(height, 1))
    if head.startswith(b"GIF8") and len(head) >= 10:
        return PictureHeader("gif", *struct.unpack_from("<HH", head, 6))
    if head.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp(head)
    return None


def jpeg_scans(data: bytes | memoryview) -> int:
    """How many scans a JPEG has. Reads all of it, where the header takes a few bytes."""
    return bytes(data).count(_SCAN)


def _webp(head: bytes) -> PictureHeader | None:
    kind = head[12:16]
    if kind == b"VP8X" and len(head) >= 30:
        wide, high = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
        return PictureHeader("webp", wide, high)
    if kind == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return PictureHeader("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and len(head) >= 30:
        wide, high = struct.unpack_from("<HH", head, 26)
        return PictureHeader("webp", wide & 0x3FFF, high & 0x3FFF)
    return None


def _jpeg(data: bytes | memoryview) -> PictureHeader | None:
    view = memoryview(data)
    at = 2
    for _ in range(_SEGMENTS):
        if at + 9 > len(view) or view[at] != 0xFF:
            return None
        marker = view[at + 1]
        if marker in (0xFF, 1) or 0xD0 <= marker <= 0xD7:  # fill, or a marker without a segment
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _START_OF_FRAME:
            high, wide = struct.unpack_from(">HH", view, at + 5)
            return PictureHeader("jpeg", wide, high)
        at += 2 + int.from_bytes(view[at + 2 : at + 4], "big")
    return None
