"""Labels in PNG: text chunks, ``eXIf``, and ``caBX`` with C2PA (PNG 3rd edition, 11.3; C2PA 2.1, A.3)."""

from __future__ import annotations

from . import c2pa, exif, iptc, xmp
from ._collect import Labels, inflated, number, text_of

CHUNKS = 1_000_000  # an image in chunks of a few bytes is looked through to here
XMP_KEY = "XML:com.adobe.xmp"


def read(data: memoryview, labels: Labels) -> None:
    """Walk the chunks; pixels are stepped over."""
    offset = 8
    for _ in range(CHUNKS):
        labels.spend()
        if offset + 8 > len(data):
            labels.problem("png: it ends before IEND")
            return
        length, kind = number(data, offset, ">I"), bytes(data[offset + 4 : offset + 8])
        if kind == b"IEND":
            return
        if kind in _PARTS:
            try:
                _PARTS[kind](labels.take(data, offset + 8, length), labels)
            except ValueError as error:
                labels.problem(f"png {kind.decode('ascii')}: {error}")
        offset += 12 + length


def _plain(body: bytes, labels: Labels) -> None:
    key, _, text = body.partition(b"\0")
    _text(key.decode("latin-1"), text, labels)


def _packed(body: bytes, labels: Labels) -> None:
    key, _, rest = body.partition(b"\0")
    if rest[:1] != b"\0":
        raise ValueError("an unknown compression")
    _text(key.decode("latin-1"), inflated(rest[1:], labels), labels)


def _international(body: bytes, labels: Labels) -> None:
    key, _, rest = body.partition(b"\0")
    if len(rest) < 2:
        raise ValueError("it ends too early")
    _, _, rest_after_language = rest[2:].partition(b"\0")
    _, _, text = rest_after_language.partition(b"\0")
    _text(key.decode("latin-1"), inflated(text, labels) if rest[0] else text, labels)


def _text(key: str, text: bytes, labels: Labels) -> None:
    if key == XMP_KEY:
        xmp.read(text, labels)
    elif key.startswith("Raw profile type "):  # what ImageMagick writes: name, length, hexadecimal digits
        _raw_profile(key.rpartition(" ")[2].lower(), text, labels)
    else:
        labels.add("text", key, text_of(text))


def _raw_profile(name: str, text: bytes, labels: Labels) -> None:
    lines = text.split(b"\n")
    content = bytes.fromhex(b"".join(lines[3:]).decode("ascii", "replace"))
    if name in ("exif", "app1"):
        if content.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            xmp.read(content.partition(b"\0")[2], labels)
        else:
            exif.read(content.removeprefix(b"Exif\0\0"), labels)
    elif name == "xmp":
        xmp.read(content, labels)
    elif name in ("iptc", "8bim"):
        iptc.resources(content, labels)


_PARTS = {
    b"tEXt": _plain,
    b"zTXt": _packed,
    b"iTXt": _international,
    b"eXIf": exif.read,
    b"caBX": c2pa.read,
}
