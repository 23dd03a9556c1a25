"""Labels in IPTC IIM, and in the Photoshop resources that hold it (IPTC-IIM 4.2, chapters 5 and 6)."""

from __future__ import annotations

from . import xmp
from ._collect import Labels, number, text_of

DATASETS = {
    5: "ObjectName",
    40: "SpecialInstructions",
    65: "OriginatingProgram",
    70: "ProgramVersion",
    80: "By-line",
    105: "Headline",
    110: "Credit",
    115: "Source",
    116: "CopyrightNotice",
    120: "Caption-Abstract",
    122: "Writer-Editor",
}
RECORDS = 2000


def resources(data: bytes, labels: Labels) -> None:
    """Photoshop image resources: 0x0404 is IPTC, 0x0424 is XMP."""
    if data[:1] == b"\x1c":
        records(data, labels)
        return
    offset = 0
    for _ in range(RECORDS):
        labels.spend()
        if data[offset : offset + 4] != b"8BIM":
            return
        name, kind = data[offset + 6 : offset + 7], number(data, offset + 4, ">H")
        offset += 6 + (1 + (name[0] if name else 0) + 1) // 2 * 2
        length = number(data, offset, ">I")
        if kind == 0x0404:
            records(labels.take(data, offset + 4, length), labels)
        elif kind == 0x0424:
            xmp.read(labels.take(data, offset + 4, length), labels)
        offset += 4 + length + length % 2


def records(data: bytes, labels: Labels) -> None:
    """Data sets of record 2."""
    offset = 0
    for _ in range(RECORDS):
        labels.spend()
        if data[offset : offset + 1] != b"\x1c":
            return
        record, kind, length = (
            number(data, offset + 1, "B"),
            number(data, offset + 2, "B"),
            number(data, offset + 3, ">H"),
        )
        if length & 0x8000:
            raise ValueError("an extended IPTC data set")
        if record == 2 and kind in DATASETS:
            labels.add("iptc", DATASETS[kind], text_of(labels.take(data, offset + 5, length)))
        offset += 5 + length
