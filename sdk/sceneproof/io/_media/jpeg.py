"""Labels in JPEG: APP1 (Exif, XMP), APP11 (C2PA), APP13 (IPTC) and comments, up to the first scan.

Sources: Exif 2.32, 4.7.2; XMP part 3, 1.1.3; C2PA 2.1, A.3 and ISO/IEC 19566-5, D.2 (JUMBF over several segments).
"""

from __future__ import annotations

from sceneproof.config import LIMITS

from . import c2pa, exif, iptc, xmp
from ._collect import Labels, number, text_of

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
BARE = (0x01, *range(0xD0, 0xD8))  # markers without a length


def read(data: memoryview, labels: Labels) -> None:
    """Walk the segments before the first scan."""
    boxes: dict[int, list[tuple[int, bytes]]] = {}
    extended: dict[bytes, list[tuple[int, bytes]]] = {}
    resources: list[bytes] = []
    offset, kept = 2, 0
    while offset + 4 <= len(data) and data[offset] == 0xFF:
        labels.spend()
        marker = data[offset + 1]
        if marker == 0xFF or marker in BARE:
            offset += 1 if marker == 0xFF else 2
            continue
        if marker in (0xDA, 0xD9):
            break
        length = number(data, offset + 2, ">H")
        body = bytes(data[offset + 4 : offset + 2 + length])
        if length < 2 or len(body) != length - 2:
            labels.problem("jpeg: a segment ends too early")
            break
        offset += 2 + length
        kept += len(body) if marker in (0xE1, 0xEB, 0xED) else 0
        if kept > LIMITS.media_text_bytes * 4:
            labels.problem("jpeg: more labels than are looked at")
            break
        _segment(marker, body, labels, (boxes, extended, resources))
    for parts in boxes.values():
        c2pa.read(b"".join(part for _, part in sorted(parts, key=lambda item: item[0])), labels)
    for parts in extended.values():
        xmp.read(b"".join(part for _, part in sorted(parts, key=lambda item: item[0])), labels)
    if resources:
        iptc.resources(b"".join(resources), labels)


def _segment(
    marker: int,
    body: bytes,
    labels: Labels,
    several: tuple[dict[int, list[tuple[int, bytes]]], dict[bytes, list[tuple[int, bytes]]], list[bytes]],
) -> None:
    """One segment; what may stand in several is gathered first."""
    boxes, extended, resources = several
    try:
        if marker == 0xE1 and body.startswith(b"Exif\0"):
            exif.read(body[6:], labels)
        elif marker == 0xE1 and body.startswith(XMP):
            xmp.read(body[len(XMP) :], labels)
        elif marker == 0xE1 and body.startswith(EXTENDED):
            rest = body[len(EXTENDED) :]
            extended.setdefault(rest[:32], []).append((number(rest, 36, ">I"), rest[40:]))
        elif marker == 0xEB and body.startswith(b"JP"):
            instance, turn = number(body, 2, ">H"), number(body, 4, ">I")
            header = 16 if number(body, 8, ">I") == 1 else 8
            parts = boxes.setdefault(instance, [])
            parts.append((turn, body[8 + (header if parts else 0) :]))  # later segments repeat the box's header
        elif marker == 0xED and body.startswith(PHOTOSHOP):
            resources.append(body[len(PHOTOSHOP) :])
        elif marker == 0xFE:
            labels.add("text", "comment", text_of(body))
    except ValueError as error:
        labels.problem(f"jpeg: {error}")
