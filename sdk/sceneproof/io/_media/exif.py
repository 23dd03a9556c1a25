"""Labels in Exif: who, with what, and what is said of it (Exif 2.32, 4.6; TIFF 6.0, section 2)."""

from __future__ import annotations

from . import iptc, xmp
from ._collect import LONGEST, Labels, number, text_of

TAGS = {
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x013B: "Artist",
    0x013C: "HostComputer",
    0x8298: "Copyright",
    0x9003: "DateTimeOriginal",
    0x9286: "UserComment",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
    0x9C9D: "XPAuthor",
    0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject",
    0xA430: "CameraOwnerName",
}
EXIF_IFD, GPS_IFD, XMP_TAG, IPTC_TAG = 0x8769, 0x8825, 0x02BC, 0x83BB
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
ENTRIES = 1000


def read(data: bytes, labels: Labels) -> None:
    """Read the first directory, and the Exif directory that it points to."""
    order = {b"II*\0": "<", b"MM\0*": ">", b"MM*\0": ">"}.get(data[:4])  # the last is a known writer's fault
    if order is None:
        raise ValueError("Exif without a TIFF header")
    further = _directory(data, number(data, 4, f"{order}I"), order, labels)
    if further is not None:
        _directory(data, further, order, labels)


def _directory(data: bytes, offset: int, order: str, labels: Labels) -> int | None:
    """Add the tags of one directory; the place of the Exif directory, where it names one."""
    found = None
    for entry in range(min(number(data, offset, f"{order}H"), ENTRIES)):
        labels.spend()
        place = offset + 2 + 12 * entry
        tag, kind, count = (
            number(data, place, f"{order}H"),
            number(data, place + 2, f"{order}H"),
            number(data, place + 4, f"{order}I"),
        )
        if tag == EXIF_IFD:
            found = number(data, place + 8, f"{order}I")
        elif tag == GPS_IFD:
            labels.add("exif", "GPS", "present")
        elif tag in TAGS or tag in (XMP_TAG, IPTC_TAG):
            length = SIZES.get(kind, 1) * count
            start = place + 8 if length <= 4 else number(data, place + 8, f"{order}I")
            try:
                _value(tag, labels.take(data, start, length), order, labels)
            except ValueError as error:
                labels.problem(f"exif {TAGS.get(tag, hex(tag))}: {error}")
    return found


def _value(tag: int, body: bytes, order: str, labels: Labels) -> None:
    if tag == XMP_TAG:
        xmp.read(body, labels)
    elif tag == IPTC_TAG:
        iptc.records(body, labels)
    elif tag == 0x9286:
        labels.add("exif", TAGS[tag], _comment(body, order))
    elif 0x9C9B <= tag <= 0x9C9F:
        labels.add("exif", TAGS[tag], body.decode("utf-16-le", "replace").rstrip("\0"))
    else:
        labels.add("exif", TAGS[tag], text_of(body))


def _comment(body: bytes, order: str) -> str:
    """A UserComment: eight bytes that name its coding, then the text (Exif 2.32, 4.6.5)."""
    coding, text = body[:8], body[8:]
    if coding.startswith(b"UNICODE"):
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return text.decode("utf-16", "replace").rstrip("\0")
        # Writers disagree on the byte order: the one in which most characters are not from the far end is meant.
        both = [text.decode(name, "replace") for name in ("utf-16-be", "utf-16-le")]
        odd = [sum(not c.isprintable() for c in words[:LONGEST]) for words in both]
        big = odd[0] < odd[1] or (odd[0] == odd[1] and order == ">")
        return both[0 if big else 1].rstrip("\0")
    if coding.startswith(b"JIS"):
        return text.decode("iso2022_jp", "replace")
    return text_of(text if coding.startswith((b"ASCII", b"\0\0\0")) else body)
