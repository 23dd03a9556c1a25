"""The header of a gzip file (RFC 1952, section 2.3), taken apart and put together again; the rest stays as it is."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from sceneproof.errors import InputError
from sceneproof.io._bounded import Inflater

MAGIC = b"\x1f\x8b"
_CHECKED, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16


@dataclass(frozen=True)
class Header:
    """`fixed` are the first ten bytes, `field` the extra field and `extra` the subfields in it, `names` name and
    comment as stored, `end` the header's length."""

    fixed: bytes
    field: bytes
    extra: dict[bytes, bytes]
    names: bytes
    end: int


def parse(raw: bytes) -> Header:
    """The header. Raises `InputError` when it is cut off. An extra field that is no list of subfields has none."""
    flags, at = raw[3] if len(raw) > 3 else 0, 10
    field = b""
    if flags & _EXTRA:
        if at + 2 > len(raw):
            raise InputError("the gzip header is cut off")
        size = struct.unpack_from("<H", raw, at)[0]
        field = raw[at + 2 : at + 2 + size]
        at += 2 + size
    start = at
    for bit in (_NAME, _COMMENT):
        if flags & bit:
            at = raw.find(b"\0", at) + 1
            if not at:
                raise InputError("the gzip header is cut off")
    names = raw[start:at]
    at += 2 if flags & _CHECKED else 0
    if at > len(raw):
        raise InputError("the gzip header is cut off")
    return Header(raw[:10], field, _subfields(field), names, at)


def _subfields(field: bytes) -> dict[bytes, bytes]:
    found, at = {}, 0
    while at + 4 <= len(field):
        size = struct.unpack_from("<H", field, at + 2)[0]
        if at + 4 + size > len(field):
            return {}
        found[field[at : at + 2]] = field[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def with_subfield(raw: bytes, name: bytes, payload: bytes) -> bytes:
    """The file with that subfield, others kept in order.

    As it is when there is no room (65,535 bytes in all), or the extra field is no list of subfields.
    """
    head = parse(raw)
    if _joined(head.extra) != head.field or len(payload) > 0xFFFF:
        return raw
    field = _joined({**head.extra, name: payload})
    if len(field) > 0xFFFF:
        return raw
    fixed = bytearray(head.fixed)
    fixed[3] |= _EXTRA
    start = bytes(fixed) + struct.pack("<H", len(field)) + field + head.names
    if fixed[3] & _CHECKED:
        start += struct.pack("<H", zlib.crc32(start) & 0xFFFF)
    return start + raw[head.end :]


def with_body(raw: bytes, change: Callable[[bytes], bytes], most: int) -> bytes:
    """The file with its content changed and packed again; header, and what follows the stream, stay."""
    head = parse(raw)
    stream = Inflater(raw)
    body = change(stream.rest(most))
    machine = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    packed = machine.compress(body) + machine.flush()
    tail = raw[len(raw) - stream.after :]
    return raw[: head.end] + packed + struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF) + tail


def _joined(extra: dict[bytes, bytes]) -> bytes:
    return b"".join(name + struct.pack("<H", len(body)) + body for name, body in extra.items())
