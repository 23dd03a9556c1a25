"""What the first bytes of a Draco stream say, read before the decoder is let loose on the rest.

Source: Draco Bitstream Specification 2.2, sections "Header", "Metadata", "Sequential Connectivity" and "EdgeBreaker
Connectivity".
"""

from __future__ import annotations

from dataclasses import dataclass

from sceneproof.errors import InputError

_METADATA_FLAG = 0x8000
_METADATA_DEPTH = 64  # deeper nests are nobody's metadata
POINT_CLOUD, MESH = 0, 1
SEQUENTIAL, EDGEBREAKER = 0, 1  # of a mesh; in a point cloud 1 is the kd-tree


@dataclass(frozen=True)
class DracoHeader:
    """Facts of the header.

    Attributes
    ----------
    version : bitstream version, (major, minor).
    mesh : whether it holds faces; else it is a point cloud.
    method : ``"sequential"``, ``"edgebreaker"`` or ``"kd-tree"``.
    faces : triangles, 0 for a point cloud.
    points : entries of every attribute once decoded; ``None`` for EdgeBreaker, which tells only ``vertices``.
    vertices : vertices of the connectivity, before seams of other attributes split them; ``None`` if not told.
    metadata : whether a metadata section is present.
    """

    version: tuple[int, int]
    mesh: bool
    method: str
    faces: int
    points: int | None
    vertices: int | None
    metadata: bool

    @property
    def most_points(self) -> int:
        """A bound on the number of points."""
        return self.points if self.points is not None else 3 * self.faces


class _Reader:
    """A cursor that refuses to leave the stream."""

    def __init__(self, data: memoryview, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, size: int) -> memoryview:
        if size > len(self.data) - self.at:
            raise InputError("draco: the stream ends inside its header")
        self.at += size
        return self.data[self.at - size : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
            if shift > 28:
                raise InputError("draco: a number in the header is longer than five bytes")
        return value & 0xFFFFFFFF


def read_header(data: bytes | bytearray | memoryview) -> DracoHeader:
    """Read version, kind and counts; raises `InputError` when it is no Draco stream of the
    version that glTF names (2.2; point clouds are written as 2.3)."""
    view = memoryview(data).cast("B")
    if len(view) < 11 or bytes(view[:5]) != b"DRACO":
        raise InputError("draco: the data does not begin with a Draco header")
    version = (view[5], view[6])
    kind, method = view[7], view[8]
    flags = view[9] | view[10] << 8
    known = ((2, 2), (2, 3)) if kind == POINT_CLOUD else ((2, 2),)
    if kind not in (POINT_CLOUD, MESH) or method not in (SEQUENTIAL, EDGEBREAKER):
        raise InputError(f"draco: geometry type {kind} with method {method} is not known here")
    if version not in known:
        raise InputError(f"draco: bitstream version {version[0]}.{version[1]} is not supported; re-encode as 2.2")
    reader = _Reader(view, 11)
    if flags & _METADATA_FLAG:
        _skip_metadata(reader)
    return _counts(reader, version, kind, method, bool(flags & _METADATA_FLAG))


def _counts(reader: _Reader, version: tuple[int, int], kind: int, method: int, metadata: bool) -> DracoHeader:
    if kind == POINT_CLOUD:
        points = int.from_bytes(reader.take(4), "little")
        name = "kd-tree" if method else "sequential"
        return DracoHeader(version, False, name, 0, points, None, metadata)
    if method == SEQUENTIAL:
        faces, points = reader.varint(), reader.varint()
        return DracoHeader(version, True, "sequential", faces, points, None, metadata)
    reader.byte()  # how the symbols are stored
    vertices, faces = reader.varint(), reader.varint()
    return DracoHeader(version, True, "edgebreaker", faces, None, vertices, metadata)


def _skip_metadata(reader: _Reader) -> None:
    for _ in range(reader.varint()):
        reader.varint()  # the attribute that it belongs to
        _skip_entries(reader, 0)
    _skip_entries(reader, 0)


def _skip_entries(reader: _Reader, depth: int) -> None:
    if depth > _METADATA_DEPTH:
        raise InputError("draco: metadata is nested too deep")
    for _ in range(reader.varint()):
        reader.take(reader.byte())  # name
        reader.take(reader.varint())  # value
    for _ in range(reader.varint()):
        reader.take(reader.byte())
        _skip_entries(reader, depth + 1)
