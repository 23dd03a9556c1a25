"""New positions for a Draco stream, everything else of it kept.

The stream is taken apart, not decoded and encoded anew: connectivity, metadata and the bytes of every attribute whose
prediction does not look at positions stay as they are; positions, and what is predicted from them (texture coordinates
and normals of slow encoders), are predicted and coded again by the methods, bits and grid that the stream names. So
order and counts of vertices and faces stay, a position that does not leave its place of the grid comes back bit for
bit, and so does every other attribute. A position outside the grid of the input gets a number beyond its ends.

Source: Draco Bitstream Specification 2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.errors import MarkError

from ._draco_stream import (
    DIFFERENCE,
    GENERIC,
    GEOMETRIC,
    MULTI_PARALLELOGRAM,
    NONE,
    NORMAL,
    OCTAHEDRON,
    PARALLELOGRAM,
    QUANTISED,
    TEXTURE,
    WRAP,
    Attribute,
    read_stream,
)
from .draco import DracoMesh, decode_draco

Ints = NDArray[np.int64]

_FLOAT32 = 9
_INTEGERS: dict[int, Any] = {1: np.int8, 2: np.uint8, 3: np.int16, 4: np.uint16, 5: np.int32, 6: np.uint32}
_FARTHEST = 1 << 30  # whole numbers of a grid beyond which differences leave 32 bits


@dataclass(frozen=True, eq=False)
class Repacked:
    """A stream with new positions.

    Attributes
    ----------
    data : the stream.
    positions : the positions that it decodes to, in the type that the stream names.
    bits : per name its quantisation bits, ``None`` where the values are not quantised; the same before and after.
    """

    data: bytes
    positions: NDArray[Any]
    bits: Mapping[str, int | None]


def replace_positions(data: bytes, attribute_ids: Mapping[str, int], positions: NDArray[Any]) -> Repacked:
    """The stream with other positions.

    Parameters
    ----------
    data : a mesh stream, bitstream version 2.2.
    attribute_ids : name to Draco's unique id; ``POSITION`` must be one.
    positions : (n, 3), one per decoded vertex; rounded to the stream's grid, or to its integers.

    Raises `MarkError` when the stream cannot be taken apart or would not decode to what it should, `InputError` when it
    cannot be decoded in the first place.
    """
    before = decode_draco(data, attribute_ids)
    attributes = read_stream(bytes(data))
    held = _Held(before, attributes, attribute_ids)
    place = _find(attributes, attribute_ids["POSITION"])
    names = {number: name for name, number in attribute_ids.items()}
    bits = {names[a.number]: a.bits for a in attributes if a.number in names}
    wanted = _rounded(place, positions)
    if np.array_equal(wanted, _rounded(place, before.attributes["POSITION"])):
        return Repacked(bytes(data), before.attributes["POSITION"], bits)
    replaced = {id(place): _packed(place, held.rows_of(place, wanted), np.zeros((0, 3), np.int64))}
    for attribute in attributes:
        if attribute.sequence is not None and attribute.method in (TEXTURE, GEOMETRIC) and attribute is not place:
            on_places = wanted[held.points_of(attribute)]
            replaced[id(attribute)] = _packed(attribute, held.whole(attribute), on_places)
    out, at = [], 0
    for attribute in attributes:
        out += [data[at : attribute.start], replaced.get(id(attribute), data[attribute.start : attribute.end])]
        at = attribute.end
    packed = b"".join(map(bytes, [*out, data[at:]]))
    after = decode_draco(packed, attribute_ids)
    _same_but_positions(before, after, _floats(place, wanted))
    return Repacked(packed, after.attributes["POSITION"], bits)


def _find(attributes: list[Attribute], number: int) -> Attribute:
    for attribute in attributes:
        known = attribute.data_type == _FLOAT32 or attribute.data_type in _INTEGERS
        if attribute.number == number and attribute.positions and attribute.width == 3 and known:
            return attribute
    raise MarkError(f"draco: attribute {number} of the stream is no position of three components")


class _Held:
    """The values that a stream held, as whole numbers and in the order in which they are stored."""

    def __init__(self, mesh: DracoMesh, attributes: list[Attribute], ids: Mapping[str, int]) -> None:
        self._values = {number: mesh.attributes[name] for name, number in ids.items()}
        self._corners = mesh.triangles.ravel()
        unnamed = [a for a in attributes if a.number not in self._values and a.method in (TEXTURE, GEOMETRIC)]
        if unnamed:
            raise MarkError(f"draco: attribute {unnamed[0].number} hangs on the positions but has no name")
        if any(a.sequence and len(a.sequence.vertex) != len(self._corners) for a in attributes):
            raise MarkError("draco: its faces are not those that the decoder found, so positions cannot be set")

    def points_of(self, attribute: Attribute) -> Ints:
        """The vertex of each stored row."""
        if attribute.sequence is None:
            return np.arange(attribute.rows)
        return self._corners[attribute.sequence.corner_of]

    def rows_of(self, attribute: Attribute, values: Ints) -> Ints:
        """Values per vertex put in the order of the stream; vertices that share a row must agree."""
        rows = np.ascontiguousarray(values[self.points_of(attribute)])
        if attribute.sequence is not None:
            row_of = attribute.sequence.entry_of[attribute.sequence.vertex]
            if not np.array_equal(rows[row_of], values[self._corners]):
                raise MarkError("draco: vertices that the stream keeps as one were moved apart")
        return rows

    def whole(self, attribute: Attribute) -> Ints:
        """The stored whole numbers of an attribute, found from its decoded values."""
        values = self._values[attribute.number][self.points_of(attribute)].astype(np.float64)
        if attribute.storage == NORMAL:
            from sceneproof.kernels.draco_normals import to_octahedron

            return to_octahedron(np.ascontiguousarray(values), _centre(attribute))
        return _rounded(attribute, values)


def _centre(attribute: Attribute) -> int:
    assert attribute.bits is not None
    return (1 << (attribute.bits - 1)) - 1


def _rounded(attribute: Attribute, values: NDArray[Any]) -> Ints:
    """The nearest whole numbers of the attribute's grid, (n, width); raw float32 come back as their bits."""
    exact = np.asarray(values, np.float64)
    if attribute.storage == QUANTISED:
        assert attribute.low is not None
        assert attribute.bits is not None
        step = attribute.span / ((1 << attribute.bits) - 1)
        exact = (exact - attribute.low.astype(np.float64)) / (step or 1.0)
    elif attribute.data_type == _FLOAT32:
        return np.ascontiguousarray(values, "<f4").view("<i4").astype(np.int64)
    whole = np.rint(exact)
    if attribute.data_type in _INTEGERS:
        limits = np.iinfo(_INTEGERS[attribute.data_type])
        whole = np.clip(whole, limits.min, limits.max)
    if not np.isfinite(whole).all() or np.abs(whole).max(initial=0) > _FARTHEST:
        raise MarkError("draco: a position lies too far from the grid of the stream")
    return np.ascontiguousarray(whole, np.int64)


def _floats(attribute: Attribute, whole: Ints) -> NDArray[Any]:
    """What a decoder makes of whole numbers."""
    if attribute.storage == QUANTISED:
        assert attribute.low is not None
        assert attribute.bits is not None
        step = np.float32(attribute.span) / np.float32((1 << attribute.bits) - 1)
        scaled: NDArray[Any] = whole.astype(np.float32) * step + attribute.low
        return scaled
    if attribute.data_type == _FLOAT32:
        return whole.astype("<i4").view("<f4")
    return whole.astype(_INTEGERS[attribute.data_type])


def _packed(attribute: Attribute, values: Ints, places: Ints) -> bytes:
    """The bytes of an attribute's values, by its own method; ``places`` are the positions at its rows."""
    from . import _draco_bytes as coded

    if attribute.storage == GENERIC:
        dtype = np.dtype(_INTEGERS.get(attribute.data_type, np.int32))  # float32 are here as their bits
        return values.astype(dtype.newbyteorder("<")).tobytes()
    head = attribute.method.to_bytes(1, "little", signed=True)
    if attribute.method != NONE:
        head += attribute.transform.to_bytes(1, "little", signed=True)
    method = attribute.method if attribute.sequence or attribute.method == NONE else DIFFERENCE
    if method == GEOMETRIC:
        return head + b"\1" + _packed_normals(attribute, values, places)
    predicted, extra = _predicted(attribute, method, values, places)
    if method == NONE:
        return head + b"\1" + coded.symbols(_signs(values).ravel(), attribute.width)
    if attribute.transform != WRAP:
        raise MarkError("draco: its positions are predicted in an unknown way")
    low, high = int(values.min()), int(values.max())
    sides = high - low + 1
    difference = values - np.clip(predicted, low, high)
    difference += np.where(difference < -(sides // 2), sides, 0)
    difference -= np.where(difference > (sides - 1) // 2, sides, 0)
    limits = np.array([low, high], "<i4").tobytes()
    return head + b"\1" + coded.symbols(_signs(difference).ravel(), attribute.width) + extra + limits


def _predicted(attribute: Attribute, method: int, values: Ints, places: Ints) -> tuple[Ints, bytes]:
    """Predictions, and the bytes that a decoder needs to make them."""
    from sceneproof.kernels import draco_prediction as prediction

    from . import _draco_bytes as coded

    if method in (NONE, DIFFERENCE):
        return np.concatenate([np.zeros((1, values.shape[1]), np.int64), values[:-1]]), b""
    assert attribute.sequence is not None
    table = attribute.sequence.table
    if method == PARALLELOGRAM:
        return prediction.parallelogram(table, values), b""
    if method == MULTI_PARALLELOGRAM:
        out, flags, numbers = prediction.multi_parallelogram(table, values)
        extra = b""
        for number in range(1, prediction.MOST_PARALLELOGRAMS + 1):
            chosen = flags[numbers == number, :number].ravel()
            extra += coded.varint(len(chosen)) + (coded.flags(chosen) if len(chosen) else b"")
        return out, extra
    if method == TEXTURE and values.shape[1] == 2:
        out, sides = prediction.texture_coordinates(table, values, np.ascontiguousarray(places))
        turned = sides[::-1]  # a decoder takes them from the back, and each says whether it differs from the one before
        same = (turned == np.concatenate([[1], turned[:-1]])).astype(np.uint8)
        return out, len(sides).to_bytes(4, "little") + coded.flags(same)
    raise MarkError("draco: its positions are predicted in an unknown way")


def _packed_normals(attribute: Attribute, values: Ints, places: Ints) -> bytes:
    from sceneproof.kernels.draco_normals import normal_corrections

    from . import _draco_bytes as coded

    if attribute.transform != OCTAHEDRON or attribute.storage != NORMAL or attribute.sequence is None:
        raise MarkError("draco: its normals are predicted in an unknown way")
    centre = _centre(attribute)
    rows = np.arange(len(values))
    found, flips = normal_corrections(attribute.sequence.table, values, rows, np.ascontiguousarray(places), centre)
    limits = np.array([2 * centre + 1, centre], "<i4").tobytes()
    return coded.symbols(found.ravel(), 2) + limits + coded.flags(flips)


def _signs(values: Ints) -> Ints:
    """0, -1, 1, -2, … as 0, 1, 2, 3, …"""
    return np.where(values < 0, -2 * values - 1, 2 * values)


def _same_but_positions(before: DracoMesh, after: DracoMesh, wanted: NDArray[Any]) -> None:
    """Raises `MarkError` unless the decoder finds in the new stream what it should."""
    if not np.array_equal(before.triangles, after.triangles):
        raise MarkError("draco: the new stream would not hold the same triangles; it is left as it is")
    for name, values in after.attributes.items():
        if name == "POSITION":
            size = np.abs(wanted).max(initial=0) if wanted.dtype.kind == "f" else 0
            same = values.shape == wanted.shape and np.allclose(values, wanted, rtol=0, atol=1e-6 * float(size))
        else:
            same = values.tobytes() == before.attributes[name].tobytes()
        if not same:
            raise MarkError(f"draco: the new stream would not hold the same {name}; it is left as it is")
