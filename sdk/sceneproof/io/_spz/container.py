"""The container of SPZ: header, packed streams, extension records; and the place for the hidden label in it.

Versions 1 to 3 are a 16-byte header and six streams end to end in one gzip (or none); version 4 has a 32-byte header,
extension records, a table of contents and a zstd frame per stream. Source: github.com/nianticlabs/spz, README.md and
extensions/README.md.

The label goes where any reader steps over it: into a record of version 4, into a subfield of the gzip header's extra
field (RFC 1952, section 2.3.1.1) of the others. The compressed streams keep their bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from sceneproof.config import LIMITS
from sceneproof.errors import InputError
from sceneproof.io._bounded import Inflater, check_unfolded, unzstd
from sceneproof.io._splats import REST, check_count

from . import _gzip

MAGIC = b"NGSP"
NAMES = ("positions", "alphas", "colors", "scales", "rotations", "sh")
RECORD = 0xA19C0001  # our vendor and number among the extension records of version 4
SUBFIELD = b"AI"  # our subfield of a gzip header
HAS_EXTENSIONS = 0x2
_FRAMES = 32  # bytes of the header of version 4
_TAIL = 16 << 20  # what may follow the streams, beside as much again as they take


@dataclass(frozen=True, eq=False)
class Packed:
    """An SPZ file, unfolded.

    Attributes
    ----------
    version, count, degree, fractional_bits, flags : as in the header.
    streams : bytes by name (`NAMES`), as packed.
    slot : what our record or subfield says.
    room : whether there is a place for one.
    """

    version: int
    count: int
    degree: int
    fractional_bits: int
    flags: int
    streams: Mapping[str, bytes] = field(repr=False)
    slot: Mapping[str, str]
    room: bool


def sizes(version: int, count: int, degree: int) -> dict[str, int]:
    """Bytes of each stream that the header implies."""
    each = (6 if version == 1 else 9, 1, 3, 3, 4 if version >= 3 else 3, 3 * REST[degree])
    return {name: count * width for name, width in zip(NAMES, each, strict=True)}


def unpack(data: bytes | memoryview) -> Packed:
    """Take a file apart. Raises `InputError` or `LimitError`, from the header where that tells."""
    raw = bytes(data)
    if raw[:2] == _gzip.MAGIC:
        return _from_gzip(raw)
    if raw[:4] != MAGIC:
        raise InputError("is no SPZ: it begins with neither NGSP nor a gzip header")
    if len(raw) >= 8 and struct.unpack_from("<I", raw, 4)[0] >= 4:
        return _from_frames(raw)
    version, count, degree, bits, flags = _header(raw)
    want = sizes(version, count, degree)
    if len(raw) < 16 + sum(want.values()):
        raise InputError(f"{len(raw):,} bytes, {16 + sum(want.values()):,} are needed for {count:,} splats")
    return Packed(version, count, degree, bits, flags, _cut(raw[16:], want), {}, False)


def _header(raw: bytes) -> tuple[int, int, int, int, int]:
    """Version, count, degree, fractional bits and flags; checked."""
    if len(raw) < 16 or raw[:4] != MAGIC:
        raise InputError("the SPZ header is missing or cut off")
    version, count, degree, bits, flags = struct.unpack_from("<IIBBB", raw, 4)
    if not 1 <= version <= 4:
        raise InputError(f"SPZ version {version} is not known here (1 to 4)")
    if degree >= len(REST):
        raise InputError(f"spherical harmonics of degree {degree} do not exist in SPZ (0 to 4)")
    if bits > 31:
        raise InputError(f"positions with {bits} fractional bits; at most 31 are possible")
    check_count(count, 1 + REST[degree])
    return version, count, degree, bits, flags


def _cut(body: bytes, want: Mapping[str, int]) -> dict[str, bytes]:
    streams, at = {}, 0
    for name, size in want.items():
        streams[name] = body[at : at + size]
        at += size
    return streams


def _from_gzip(raw: bytes) -> Packed:
    stream = Inflater(raw)
    version, count, degree, bits, flags = _header(stream.read(16))
    if version >= 4:
        raise InputError(f"SPZ version {version} inside gzip; it is written without")
    want = sizes(version, count, degree)
    whole = sum(want.values())
    check_unfolded(whole, len(raw), "the file")
    body = stream.read(whole)
    stream.rest(whole + _TAIL)  # extension records, a level-of-detail tree; and the checksum
    head = _gzip.parse(raw)
    return Packed(version, count, degree, bits, flags, _cut(body, want), _slot(head.extra.get(SUBFIELD)), True)


def _from_frames(raw: bytes) -> Packed:
    if len(raw) < _FRAMES:
        raise InputError("the SPZ header is cut off")
    version, count, degree, bits, flags = _header(raw)
    want = {name: size for name, size in sizes(version, count, degree).items() if size}
    places = frames(raw)
    if len(places) != len(want):
        raise InputError(f"{len(places)} streams, {len(want)} are needed for {count:,} splats of degree {degree}")
    check_unfolded(sum(want.values()), len(raw), "the file")
    streams = dict.fromkeys(NAMES, b"")
    for (name, size), (start, stored, stated) in zip(want.items(), places, strict=True):
        if stated != size:
            raise InputError(f"the stream of {name} states {stated:,} bytes, {size:,} are needed for {count:,} splats")
        streams[name] = unzstd(memoryview(raw)[start : start + stored], size, f"the stream of {name}")
    held = records(raw)
    ours = next((payload for kind, payload in held or () if kind == RECORD), None)
    return Packed(version, count, degree, bits, flags, streams, _slot(ours), held is not None)


def frames(raw: bytes) -> list[tuple[int, int, int]]:
    """Start, stored and unfolded bytes of each stream of version 4, from its table of contents."""
    number, table = raw[15], struct.unpack_from("<I", raw, 16)[0]
    start = table + 16 * number
    if table < _FRAMES or start > len(raw):
        raise InputError(f"the table of contents (byte {table:,}, {number} streams) lies outside of the file")
    found = []
    for index in range(number):
        stored, stated = struct.unpack_from("<QQ", raw, table + 16 * index)
        if start + stored > len(raw):
            raise InputError(f"stream {index} ends at byte {start + stored:,}, the file at {len(raw):,}")
        found.append((start, stored, stated))
        start += stored
    return found


def records(raw: bytes) -> list[tuple[int, bytes]] | None:
    """The extension records of version 4, or ``None`` where their zone holds something else."""
    zone = raw[_FRAMES : struct.unpack_from("<I", raw, 16)[0]]
    if not raw[14] & HAS_EXTENSIONS:
        return None if zone else []
    found, at = [], 0
    while at < len(zone):
        if at + 8 > len(zone):
            return None
        kind, size = struct.unpack_from("<II", zone, at)
        if at + 8 + size > len(zone):
            return None
        found.append((kind, zone[at + 8 : at + 8 + size]))
        at += 8 + size
    return found


def _slot(payload: bytes | None) -> dict[str, str]:
    try:
        held = json.loads(payload.decode("utf-8")) if payload else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(held, dict):
        return {}
    return {name: text for name, text in held.items() if isinstance(text, str)}


def with_slot(raw: bytes, slot: Mapping[str, str]) -> bytes:
    """The file with `slot` in our record or subfield; as it is where it has no room for one."""
    payload = json.dumps(dict(slot), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")
    if raw[:2] == _gzip.MAGIC:
        return _gzip.with_subfield(raw, SUBFIELD, payload)
    if struct.unpack_from("<I", raw, 4)[0] < 4:
        return raw
    held = records(raw)
    if held is None:
        return raw
    if any(kind == RECORD for kind, _ in held):
        held = [(kind, payload if kind == RECORD else old) for kind, old in held]
    else:
        held.append((RECORD, payload))
    zone = b"".join(struct.pack("<II", kind, len(body)) + body for kind, body in held)
    table = struct.unpack_from("<I", raw, 16)[0]
    head = bytearray(raw[:_FRAMES])
    head[14] |= HAS_EXTENSIONS
    struct.pack_into("<I", head, 16, _FRAMES + len(zone))
    return bytes(head) + zone + raw[table:]


def with_streams(raw: bytes, changed: Mapping[str, bytes], count: int | None = None) -> bytes:
    """The file with other streams, for `count` splats where that is given. Frames that stay keep their packed bytes."""
    if not changed:
        return raw
    if raw[:2] == _gzip.MAGIC:
        return _gzip.with_body(raw, lambda body: _replaced(body, changed, count), 2 * LIMITS.decoded_bytes)
    if struct.unpack_from("<I", raw, 4)[0] < 4:
        return _replaced(raw, changed, count)
    import zstandard

    _, number, degree, _, _ = _header(raw)
    names = [name for name, size in sizes(4, number, degree).items() if size]
    table = struct.unpack_from("<I", raw, 16)[0]
    head, parts = bytearray(raw[: table + 16 * len(names)]), []
    struct.pack_into("<I", head, 8, number if count is None else count)
    end = len(head)
    for index, (name, (start, stored, _)) in enumerate(zip(names, frames(raw), strict=True)):
        part = raw[start : start + stored]
        if name in changed:
            part = zstandard.ZstdCompressor(level=12).compress(changed[name])
            struct.pack_into("<QQ", head, table + 16 * index, len(part), len(changed[name]))
        parts.append(part)
        end = start + stored
    return bytes(head) + b"".join(parts) + raw[end:]


def _replaced(body: bytes, changed: Mapping[str, bytes], number: int | None) -> bytes:
    """Header and streams end to end, with those that changed."""
    version, count, degree, _, _ = _header(body)
    head = bytearray(body[:16])
    struct.pack_into("<I", head, 8, count if number is None else number)
    pieces, at = [bytes(head)], 16
    for name, size in sizes(version, count, degree).items():
        pieces.append(changed.get(name, body[at : at + size]))
        at += size
    return b"".join([*pieces, body[at:]])
