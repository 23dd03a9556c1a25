"""KHR_draco_mesh_compression: a Draco stream in, its attributes and triangles out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._codecs._draco_header import DracoHeader, read_header

# Real meshes hold under one face per byte and a flat grid of equal squares 27 at the strongest setting; a stream that
# claims more than this is a bomb.
MOST_PER_BYTE = 1024
_POINT_BYTES = 12  # the least that a decoded position takes
_FACE_BYTES = 24  # three int64
_NAMES = {0: "POSITION", 1: "NORMAL", 2: "COLOR_{}", 3: "TEXCOORD_{}"}  # by GeometryAttribute::Type
_TYPES = {1: np.int8, 2: np.uint8, 3: np.int16, 4: np.uint16, 5: np.int32, 6: np.uint32, 9: np.float32, 10: np.float64}


@dataclass(frozen=True, eq=False)
class DracoMesh:
    """What a stream held.

    Attributes
    ----------
    attributes : per name (n, components) in the type that the stream names (float32, uint8, uint16, ...); row i of
        each is glTF vertex i. Quantised attributes arrive dequantised, as Draco defines it.
    triangles : (t, 3) int64 rows of the attributes; (0, 3) for a point cloud.
    """

    attributes: Mapping[str, NDArray[Any]]
    triangles: NDArray[np.int64]


def decode_draco(data: bytes | bytearray | memoryview, attribute_ids: Mapping[str, int]) -> DracoMesh:
    """Decode a Draco stream, bitstream version 2.2 (point clouds: 2.3 also).

    Parameters
    ----------
    data : the stream.
    attribute_ids : name to Draco's unique id, the extension's ``attributes``. Attributes that are not named are
        left out.

    Raises
    ------
    InputError : no Draco stream, a damaged one, or one without a named attribute; one line.
    LimitError : its header asks for more than `sceneproof.config.LIMITS` allow, or for absurdly much.

    Source: Khronos, KHR_draco_mesh_compression; Draco Bitstream Specification 2.2.
    """
    header = read_header(data)
    _check_counts(header, len(data))
    decoded = _run(data, header.mesh)
    known = {entry["unique_id"]: entry for entry in decoded["attributes"]}
    chosen: dict[str, Any] = {}
    for name, number in attribute_ids.items():
        if type(number) is not int or number not in known:
            ids = ", ".join(map(str, sorted(known)))
            raise InputError(f"draco: there is no attribute with id {number!r} for {name} (ids here: {ids or 'none'})")
        chosen[name] = known[number]
    return _finished(header, decoded, chosen)


def decode_bare(data: bytes | bytearray | memoryview) -> DracoMesh:
    """Decode a Draco file of its own, whose attributes have types in place of names.

    The first of each type is ``POSITION``, ``NORMAL``, ``COLOR_0`` or ``TEXCOORD_0``, further ones count up; generic
    ones are ``_GENERIC_n``. Raises as `decode_draco`.
    """
    header = read_header(data)
    _check_counts(header, len(data))
    decoded = _run(data, header.mesh)
    chosen: dict[str, Any] = {}
    for entry in decoded["attributes"]:
        names = _NAMES.get(entry.get("attribute_type"), "_GENERIC_{}")
        number = next(n for n in range(len(chosen) + 1) if _numbered(names, n) not in chosen)
        chosen[_numbered(names, number)] = entry
    return _finished(header, decoded, chosen)


def _numbered(names: str, number: int) -> str:
    return names.format(number) if "{}" in names or not number else f"{names}_{number}"


def _finished(header: DracoHeader, decoded: Mapping[str, Any], chosen: Mapping[str, Any]) -> DracoMesh:
    attributes = {name: _as_stored(entry) for name, entry in chosen.items()}
    triangles = np.zeros((0, 3), np.int64)
    if header.mesh:
        if decoded["faces"] is None or decoded["faces"].size % 3:
            raise InputError("draco: the stream is damaged and cannot be decoded")
        triangles = np.ascontiguousarray(decoded["faces"], dtype=np.int64).reshape(-1, 3)
    _check_result(attributes, triangles)
    return DracoMesh(MappingProxyType(attributes), triangles)


def draco_facts(data: bytes | bytearray | memoryview) -> dict[str, Any]:
    """What a stream says of itself before it is decoded: ``version``, ``mesh``, ``method``, ``faces``, ``points``
    (``None`` for EdgeBreaker, which tells only its ``vertices``) and ``metadata``. Raises `InputError`."""
    header = read_header(data)
    return {
        "version": f"{header.version[0]}.{header.version[1]}",
        "mesh": header.mesh,
        "method": header.method,
        "faces": header.faces,
        "points": header.points,
        "vertices": header.vertices,
        "metadata": header.metadata,
    }


def _check_counts(header: DracoHeader, size: int) -> None:
    """Refuse counts that no stream of this size can mean, before the decoder takes memory for them."""
    counts = (
        ("faces", header.faces, _FACE_BYTES),
        ("points", header.points or 0, _POINT_BYTES),
        ("vertices", header.vertices or 0, _POINT_BYTES),
    )
    for what, count, each in counts:
        if count > size * MOST_PER_BYTE:
            raise LimitError(f"draco: {size:,} bytes claim {count:,} {what}, more than {MOST_PER_BYTE} per byte")
        if count * each > LIMITS.accessor_bytes:
            raise LimitError(f"draco: {count:,} {what} decode to more than {LIMITS.accessor_bytes:,} bytes")
    if header.vertices is not None and header.vertices > 3 * header.faces:
        raise InputError(f"draco: {header.vertices:,} vertices for {header.faces:,} faces")


def _run(data: bytes | bytearray | memoryview, mesh: bool) -> dict[str, Any]:
    """What the decoder answers, in a process of its own: the library has no limits on memory or time."""
    from sceneproof.io import _sandbox

    answer = _sandbox.run("sceneproof.io._codecs._draco_native:decode", data, mesh, what="the Draco decoder")
    if not _is_sound(answer):
        raise InputError("draco: the decoder answered nonsense; the stream may be an attack on it")
    return dict(answer)


def _is_sound(answer: Any) -> bool:
    if not isinstance(answer, dict) or not isinstance(answer.get("attributes"), list):
        return False
    faces = answer.get("faces")
    return (faces is None or _is_table(faces, "iu")) and all(
        isinstance(entry, dict)
        and type(entry.get("unique_id")) is int
        and type(entry.get("data_type")) is int
        and _is_table(entry.get("data"), "biuf")
        for entry in answer["attributes"]
    )


def _is_table(values: Any, kinds: str) -> bool:
    return isinstance(values, np.ndarray) and values.ndim in (1, 2) and values.dtype.kind in kinds


def _as_stored(entry: Mapping[str, Any]) -> NDArray[Any]:
    """The values in the type that the stream names: the binding widens some of the small integers."""
    values = np.ascontiguousarray(entry["data"])
    values = values.reshape(len(values), -1)
    stored = _TYPES.get(entry["data_type"])
    if stored is None or values.dtype == stored:
        return values
    with np.errstate(invalid="ignore"):
        narrow = values.astype(stored)
    return narrow if np.array_equal(narrow, values) else values


def _check_result(attributes: Mapping[str, NDArray[Any]], triangles: NDArray[np.int64]) -> None:
    lengths = {len(values) for values in attributes.values()}
    if len(lengths) > 1:
        raise InputError(f"draco: attributes differ in length ({', '.join(map(str, sorted(lengths)))})")
    points = lengths.pop() if lengths else None
    if len(triangles) and int(triangles.min()) < 0:
        raise InputError("draco: a triangle names a vertex below zero")
    if points is not None and len(triangles) and int(triangles.max()) >= points:
        raise InputError(f"draco: a triangle names vertex {int(triangles.max()):,} of {points:,}")
