"""Labels in ID3v2 tags of MP3: texts, comments, private XMP, and C2PA in a general object (id3.org; C2PA 2.1, A.3)."""

from __future__ import annotations

from . import c2pa, xmp
from ._collect import Labels, number, piece

FRAMES = 10_000
TEXTS = ("TIT2", "TPE1", "TCOM", "TCOP", "TENC", "TSSE", "TPUB", "TOWN", "TT2", "TP1", "TCR", "TEN", "TSS")
CODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


def read(data: memoryview, labels: Labels) -> None:
    """Walk the frames of the tag at the start."""
    major, flags = data[3], data[5]
    if major not in (2, 3, 4):
        raise ValueError(f"ID3v2.{major} is not known")
    tag = labels.take(data, 10, min(_safe(data, 6), len(data) - 10))
    if flags & 0x80 and major < 4:
        tag = tag.replace(b"\xff\x00", b"\xff")
    offset = 0
    if flags & 0x40:
        offset = _safe(tag, 0) if major == 4 else 4 + number(tag, 0, ">I")
    width = 3 if major == 2 else 4
    head = 6 if major == 2 else 10
    for _ in range(FRAMES):
        labels.spend()
        name = tag[offset : offset + width]
        if offset + head > len(tag) or not name.strip(b"\0"):
            return
        if major == 2:
            length = number(tag, offset + 2, ">I") & 0xFFFFFF
        else:
            length = _safe(tag, offset + 4) if major == 4 else number(tag, offset + 4, ">I")
        body = labels.take(tag, offset + head, length)
        if major == 4 and tag[offset + 9] & 0x02:
            body = body.replace(b"\xff\x00", b"\xff")
        _frame(name.decode("latin-1"), body, labels)
        offset += head + length


def _frame(name: str, body: bytes, labels: Labels) -> None:
    if name in TEXTS:
        labels.add("id3", name, _text(body[:1], body[1:]).replace("\0", "; "))
    elif name in ("TXXX", "TXX"):
        key, _, value = _text(body[:1], body[1:]).partition("\0")
        labels.add("id3", f"{name}:{key}", value.lstrip("\ufeff"))
    elif name in ("COMM", "COM"):
        _, _, value = _text(body[:1], body[4:]).partition("\0")
        labels.add("id3", name, value.lstrip("\ufeff"))
    elif name == "PRIV":
        owner, _, content = body.partition(b"\0")
        if owner == b"XMP":
            xmp.read(content, labels)
    elif name == "GEOB":
        mime, _, rest = body[1:].partition(b"\0")
        if mime == b"application/x-c2pa-manifest-store":
            start = rest.find(b"jumb")
            c2pa.read(rest[max(start - 4, 0) :], labels)


def _safe(data: bytes | memoryview, offset: int) -> int:
    """A number of four times seven bits."""
    part = piece(data, offset, 4)
    return (part[0] & 127) << 21 | (part[1] & 127) << 14 | (part[2] & 127) << 7 | part[3] & 127


def _text(coding: bytes, data: bytes) -> str:
    name = CODINGS[coding[0]] if coding and coding[0] < len(CODINGS) else "latin-1"
    return data.decode(name, "replace").rstrip("\0")
