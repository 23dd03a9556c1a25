"""Labels in WebP: the chunks ``EXIF``, ``XMP`` and ``C2PA`` (RFC 9649, 2.7; C2PA 2.1, A.3)."""

from __future__ import annotations

from . import c2pa, exif, xmp
from ._collect import Labels
from ._riff import chunks


def read(data: memoryview, labels: Labels) -> None:
    """Walk the chunks; pixels are stepped over."""
    for kind, body in chunks(data, (b"EXIF", b"XMP ", b"C2PA"), labels):
        if kind == b"EXIF":
            exif.read(body.removeprefix(b"Exif\0\0"), labels)
        elif kind == b"XMP ":
            xmp.read(body, labels)
        else:
            c2pa.read(body, labels)
