"""Labels in WAV: the ``INFO`` list, ``bext``, ID3, XMP and C2PA chunks (EBU Tech 3285; C2PA 2.1, A.3)."""

from __future__ import annotations

from . import c2pa, mp3, xmp
from ._collect import Labels, number, text_of
from ._riff import chunks


def read(data: memoryview, labels: Labels) -> None:
    """Walk the chunks; samples are stepped over."""
    for kind, body in chunks(data, (b"LIST", b"bext", b"id3 ", b"ID3 ", b"_PMX", b"C2PA"), labels):
        if kind == b"LIST" and body[:4] == b"INFO":
            _info(body, labels)
        elif kind == b"bext":
            labels.add("riff", "bext Description", text_of(body[:256]))
            labels.add("riff", "bext Originator", text_of(body[256:288]))
        elif kind.lower() == b"id3 ":
            mp3.read(memoryview(body), labels)
        elif kind == b"_PMX":
            xmp.read(body, labels)
        elif kind == b"C2PA":
            c2pa.read(body, labels)


def _info(body: bytes, labels: Labels) -> None:
    offset = 4
    while offset + 8 <= len(body):
        labels.spend()
        length = number(body, offset + 4, "<I")
        labels.add("riff", text_of(body[offset : offset + 4]), text_of(labels.take(body, offset + 8, length)))
        offset += 8 + length + length % 2
