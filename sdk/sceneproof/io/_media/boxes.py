"""Labels in ISO base media files (AVIF, MP4, M4A): C2PA and XMP in top ``uuid`` boxes.

Sources: ISO/IEC 14496-12, 4.2; C2PA 2.1, A.5; XMP part 3, 1.3. XMP and Exif items of AVIF, which stand behind an item
table, are not looked for.
"""

from __future__ import annotations

from . import c2pa, xmp
from ._collect import Labels, number

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
BOXES = 10_000


def read(data: memoryview, labels: Labels) -> None:
    """Walk the top boxes; media data is stepped over."""
    offset = 0
    for _ in range(BOXES):
        labels.spend()
        if offset + 8 > len(data):
            return
        length, kind, head = number(data, offset, ">I"), bytes(data[offset + 4 : offset + 8]), 8
        if length == 1:
            length, head = number(data, offset + 8, ">Q"), 16
        length = length or len(data) - offset
        if length < head or offset + length > len(data):
            raise ValueError("a box ends too early")
        if kind == b"uuid" and length >= head + 16:
            name = bytes(data[offset + head : offset + head + 16])
            if name in (C2PA, XMP):
                body = labels.take(data, offset + head + 16, length - head - 16)
                if name == XMP:
                    xmp.read(body, labels)
                else:
                    start = body.find(b"jumb")  # after version, purpose and an offset
                    c2pa.read(body[max(start - 4, 0) :], labels)
        offset += length
