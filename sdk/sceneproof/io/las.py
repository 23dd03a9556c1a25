"""LAS 1.0 to 1.4 and LAZ, through `laspy` (extra ``points``). Only read.

Places are whole numbers times a scale plus an offset, kept as float64: a survey's coordinates of 500,000 m lose
nothing. Intensity, classification and all else is left aside.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from sceneproof.config import LIMITS
from sceneproof.edits import Edit
from sceneproof.errors import InputError, LimitError, MissingExtraError
from sceneproof.scene import Array, Problem, Scene

from ._cloud import check_points, cloud, linear_of, read_only, refuse_all, scaled, scene_of
from ._plain import PlainDocument, read_sidecar

EXTENSIONS = (".las", ".laz")
WRITES: tuple[str, ...] = ()
PRESERVES = "nothing: the format is only read"
MEDIA_TYPES = ("application/vnd.las", "application/vnd.laszip")

MOST_RECORDS = 100_000  # variable length records, which laspy reads one by one

_EXTENDED = 60  # the least that an extended record takes


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are a LAS's."""
    return head[:4] == b"LASF"


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`, and `MissingExtraError` without laspy (or lazrs for LAZ)."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    packed = _check(data)
    positions, colors = _read(data, packed)
    points = cloud(positions, _linear(colors), None)
    return scene_of("laz" if packed else "las", uri, points, PlainDocument(data, sidecar=sidecar), problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """The Scene itself. Raises `MarkError` for any edit."""
    refuse_all(scene.format, edits)
    return scene


def to_bytes(scene: Scene) -> bytes:
    """The file as it was read."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:
    """Never: raises `MarkError`, as the format is only read."""
    raise read_only(scene.format, path)


def _check(data: bytes) -> bool:
    """Hold the header's counts against the bytes, before laspy takes memory for them. Whether the points are packed.

    Source: ASPRS, "LAS Specification 1.4 - R15", table 3 (public header block).
    """
    if data[:4] != b"LASF":
        raise InputError("is no LAS: it does not begin with LASF")
    if len(data) < 227:
        raise InputError(f"the file ends within its header ({len(data)} bytes of 227)")
    minor, size, start, records = data[25], *struct.unpack_from("<HII", data, 94)
    form, length, count = struct.unpack_from("<BHI", data, 104)
    if data[24] != 1 or minor > 4:
        raise InputError(f"LAS {data[24]}.{minor} is not read; 1.0 to 1.4 are")
    if minor == 4 and size >= 375 and len(data) >= 375:
        count = struct.unpack_from("<Q", data, 247)[0] or count
    if not size <= start <= len(data) or records > MOST_RECORDS:
        raise InputError(f"the points begin at byte {start:,}, behind {records:,} records: not within {len(data):,}")
    if minor == 4 and len(data) >= 247:
        extended, many = struct.unpack_from("<QI", data, 235)
        if many > MOST_RECORDS or (many and extended + many * _EXTENDED > len(data)):
            raise InputError(f"{many:,} extended records from byte {extended:,} on do not fit in {len(data):,} bytes")
    packed = bool(form & 0x80)
    check_points(count)
    if count * length > LIMITS.accessor_bytes:
        raise LimitError(f"{count:,} points of {length} bytes, limit {LIMITS.accessor_bytes:,}")
    if not packed and count * length > len(data) - start:
        raise InputError(f"the file ends after {(len(data) - start) // max(length, 1):,} of {count:,} points")
    if packed and count * length > LIMITS.unfold_ratio * (len(data) - start):
        raise LimitError(f"{len(data) - start:,} bytes are said to unfold to {count:,} points of {length} bytes")
    return packed


def _read(data: bytes, packed: bool) -> tuple[Array, Array | None]:
    """Positions and stored colours, decoded in a process of its own, with limits on memory and time."""
    from . import _sandbox

    try:
        found = _sandbox.run("sceneproof.io._las_native:decode", data, packed, what="the LAS decoder")
    except ImportError as error:
        raise MissingExtraError(f"LAS and LAZ need laspy ({error}); install sceneproof[points]") from None
    positions, colors = found["xyz"], found["colors"]
    if positions.ndim != 2 or positions.shape[1:] != (3,) or (colors is not None and colors.shape != positions.shape):
        raise InputError("the LAS decoder answered nonsense; the file may be an attack on it")
    return positions, colors


def _linear(values: Array | None) -> Array | None:
    """Linear colours [shape=(n, 3)], of 16 bits each (of 8, where a writer kept them so)."""
    return None if values is None or not values.any() else linear_of(scaled(values, values.dtype))
