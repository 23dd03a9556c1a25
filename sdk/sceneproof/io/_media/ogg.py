"""Labels in Ogg: the comment header of Vorbis and Opus (RFC 3533; Vorbis I, section 5; RFC 7845, 5.2)."""

from __future__ import annotations

from ._collect import Labels, number, piece, text_of

PAGES = 256  # the comments stand in the first pages
COMMENTS = 1000
STARTS = (b"\x03vorbis", b"OpusTags")


def read(data: memoryview, labels: Labels) -> None:
    """Read the second packet of the first stream."""
    labels.spend(PAGES)
    packet = _second(data)
    start = next((lead for lead in STARTS if packet.startswith(lead)), None)
    if start is None:
        return
    offset = len(start)
    length = number(packet, offset, "<I")
    labels.add("vorbis", "vendor", text_of(labels.take(packet, offset + 4, length)))
    offset += 4 + length
    count = number(packet, offset, "<I")
    offset += 4
    for _ in range(min(count, COMMENTS)):
        labels.spend()
        length = number(packet, offset, "<I")
        comment = text_of(labels.take(packet, offset + 4, length))
        key, sign, value = comment.partition("=")
        if sign and key.upper() != "METADATA_BLOCK_PICTURE":
            labels.add("vorbis", key, value)
        offset += 4 + length


def _second(data: memoryview) -> bytes:
    """The second packet of the stream that starts the file, put together from its pages."""
    serial = number(data, 14, "<I")
    offset, ended, packet = 0, 0, bytearray()
    for _ in range(PAGES):
        if bytes(data[offset : offset + 4]) != b"OggS":
            break
        own = number(data, offset + 14, "<I") == serial
        segments = data[offset + 26]
        table = piece(data, offset + 27, segments)
        offset += 27 + segments
        for size in table:
            if own and ended == 1:
                packet += piece(data, offset, size)
            offset += size
            if own and size < 255:
                ended += 1
                if ended == 2:
                    return bytes(packet)
        if len(packet) > 1 << 22:
            break
    return bytes(packet)
