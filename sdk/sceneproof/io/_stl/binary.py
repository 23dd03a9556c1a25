"""Binary STL: an 80-byte header, a count, 50 bytes per facet (3D Systems, StereoLithography Interface Specification).

Two ways to colour facets are in use: bit 15 of the attribute set and 5 bits each of blue, green, red from the low end
up (VisCAM, SolidView); or, where the header says ``COLOR=``, bit 15 clear and red, green, blue from the low end up
(Materialise Magics).
"""

from __future__ import annotations

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._colors import linear_of
from sceneproof.io._text.encoding import name_of
from sceneproof.scene import Array, Problem

from .facets import MARKER, Facets

HEAD = 84
FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def count_of(data: bytes) -> int:
    """How many facets the header states."""
    return int.from_bytes(data[80:84], "little")


def is_exact(data: bytes) -> bool:
    """Whether the file is as long as its count says: then it is binary, whatever its first word."""
    return len(data) >= HEAD and len(data) == HEAD + FACET.itemsize * count_of(data)


def read_binary(data: bytes, problems: list[Problem]) -> Facets:
    """Decode. Raises `InputError` for a file that is shorter than its count says, `LimitError`."""
    if len(data) < HEAD:
        raise InputError(f"{len(data)} bytes are no STL: a binary one has at least {HEAD}")
    count = count_of(data)
    room = (len(data) - HEAD) // FACET.itemsize
    if count > room:
        raise InputError(f"the header states {count:,} facets, the file has room for {room:,}; it is cut off or no STL")
    if 36 * count > LIMITS.accessor_bytes:
        raise LimitError(f"{count:,} facets decode to more than {LIMITS.accessor_bytes:,} bytes")
    rest = len(data) - HEAD - FACET.itemsize * count
    if rest:
        en, zh = f"{rest:,} bytes follow the last facet; they are kept", f"最后一个面片之后还有 {rest:,} 字节，予以保留"
        problems.append(Problem("trailing-bytes", en, zh))
    table = np.frombuffer(data, FACET, count, HEAD)
    colors, base = _colors(data[:80], table["attribute"])
    text = name_of(data[:80].split(b"COLOR=")[0].split(b"MATERIAL=")[0])
    shown = "".join(c if c.isprintable() else " " for c in text)
    return Facets(
        table["corners"].reshape(-1, 3).astype(np.float32),
        table["normal"].astype(np.float32),
        colors,
        base,
        np.zeros(count, np.int64),
        ("",),
        None,
        " ".join(shown.replace(MARKER, " ").split()),
        MARKER.encode() in data[:80],
    )


def _colors(header: bytes, attribute: Array) -> tuple[Array | None, tuple[float, float, float, float] | None]:
    base = None
    at = header.find(b"COLOR=")
    flagged = (attribute & 0x8000) != 0
    if 0 <= at <= 80 - 10:
        r, g, b, a = (value / 255.0 for value in header[at + 6 : at + 10])
        whole = linear_of(np.array([r, g, b]))
        base = (float(whole[0]), float(whole[1]), float(whole[2]), a)
        own, order = ~flagged, (0, 5, 10)
        if not (own & (attribute != 0)).any():
            return None, base  # attributes that say nothing: all facets have the colour of the whole
    else:
        own, order = flagged, (10, 5, 0)
    if not own.any():
        return None, base
    display = np.stack([((attribute >> shift) & 31) / 31.0 for shift in order], axis=1)
    colors = linear_of(display)
    colors[~own] = base[:3] if base else (1.0, 1.0, 1.0)
    return colors, base


def with_corners(data: bytes, held: Array, moved: Array) -> bytes:
    """The file with the corners that differ written anew; normals, attributes and all else stay."""
    changed = (moved.view(np.uint32) != held.view(np.uint32)).reshape(-1, 9).any(axis=1)
    if not changed.any():
        return data
    out = bytearray(data)
    table = np.frombuffer(out, FACET, len(held) // 3, HEAD)
    table["corners"][changed] = moved.reshape(-1, 3, 3)[changed]
    return bytes(out)


def with_marker(data: bytes) -> bytes:
    """The file with `MARKER` in its header, where that has room behind what is written there."""
    head = data[:80]
    if MARKER.encode() in head or b"COLOR=" in head or b"MATERIAL=" in head:
        return data
    used = len(head.rstrip(b"\0 "))
    at = used + 1 if used else 0
    if at + len(MARKER) > 80:
        return data
    return data[:at].ljust(at, b" ") + MARKER.encode() + data[at + len(MARKER) :]
