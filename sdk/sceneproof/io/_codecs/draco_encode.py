"""New positions for a Draco stream, everything else of it kept.

The stream is taken apart, not decoded and encoded anew: connectivity, metadata and the bytes of every attribute whose
prediction does not look at positions stay as they are. Positions, and what is predicted from them (texture coordinates
and normals of slow encoders), are predicted and coded again by the methods, bits and grid that the stream names; for
positions the shorter of the two parallelogram methods is taken, where it names one of them. So order and counts of
vertices and faces stay, a position that does not leave its place of the grid comes back bit for bit, and so does every
other attribute. A position outside the grid of the input gets a number beyond its ends. A grid may be made finer by
halving its step: every old place stays one of its places.

Source: Draco Bitstream Specification 2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.errors import MarkError

from ._draco_stream import GEOMETRIC, NORMAL, QUANTISED, TEXTURE, Attribute, read_stream
from ._draco_values import INTEGERS, centre, pack_positions, pack_values
from .draco import DracoMesh, decode_draco

Ints = NDArray[np.int64]

_FLOAT32 = 9
_MOST_BITS = 20  # a grid is not made finer than this: float32 hold little more
_FARTHEST = 1 << 30  # whole numbers of a grid beyond which differences leave 32 bits


@dataclass(frozen=True, eq=False)
class Repacked:
    """A stream with new positions.

    Attributes
    ----------
    data : the stream.
    positions : the positions that it decodes to, in the type that the stream names.
    bits : per name its quantisation bits before and after, ``None`` where the values are not quantised.
    """

    data: bytes
    positions: NDArray[Any]
    bits: Mapping[str, tuple[int | None, int | None]]


def replace_positions(
    data: bytes, attribute_ids: Mapping[str, int], positions: NDArray[Any], tolerance: float | None = None
) -> Repacked:
    """The stream with other positions.

    Parameters
    ----------
    data : a mesh stream, bitstream version 2.2.
    attribute_ids : name to Draco's unique id; ``POSITION`` must be one.
    positions : (n, 3), one per decoded vertex; rounded to the stream's grid, or to its integers.
    tolerance : the most that rounding may move a coordinate; the grid is halved until it holds. ``None`` keeps it.

    Raises `MarkError` when the stream cannot be taken apart or would not decode to what it should, `InputError` when it
    cannot be decoded in the first place.
    """
    data = bytes(data)
    before = decode_draco(data, attribute_ids)
    attributes = read_stream(data)
    held = _Held(before, attributes, attribute_ids)
    place = _find(attributes, attribute_ids["POSITION"])
    names = {number: name for name, number in attribute_ids.items()}
    bits = {names[a.number]: (a.bits, a.bits) for a in attributes if a.number in names}
    finer = _finer(place, tolerance)
    old = before.attributes["POSITION"]
    if np.array_equal(_rounded(place, positions), _rounded(place, old)) and (
        finer.bits == place.bits or tolerance is None or np.abs(positions - old).max(initial=0) <= tolerance
    ):
        return Repacked(data, old, bits)
    bits["POSITION"] = (place.bits, finer.bits)
    wanted = _rounded(finer, positions)
    parts = [(place.start, place.end, pack_positions(finer, held.rows_of(finer, wanted)))]
    if finer.bits is not None:
        parts.append((place.grid_at, place.grid_at + 5, np.float32(finer.span).tobytes() + bytes([finer.bits])))
    for attribute in attributes:
        if attribute.sequence is not None and attribute.method in (TEXTURE, GEOMETRIC) and attribute is not place:
            on_places = wanted[held.points_of(attribute)]
            parts.append((attribute.start, attribute.end, pack_values(attribute, held.whole(attribute), on_places)))
    packed = _spliced(data, parts)
    after = decode_draco(packed, attribute_ids)
    _same_but_positions(before, after, _floats(finer, wanted))
    return Repacked(packed, after.attributes["POSITION"], bits)


def _spliced(data: bytes, parts: list[tuple[int, int, bytes]]) -> bytes:
    out, at = [], 0
    for start, end, new in sorted(parts):
        out += [data[at:start], new]
        at = end
    return b"".join([*out, data[at:]])


def _finer(place: Attribute, tolerance: float | None) -> Attribute:
    """The positions' attribute on a grid of steps halved until they are at most twice the tolerance.

    The span is chosen so that a decoder's step, a float32 quotient, is exactly the old one by a power of two.
    """
    if tolerance is None or place.bits is None or not place.span > 0:
        return place
    step = _step(place.span, place.bits)
    for bits in range(place.bits, max(place.bits, _MOST_BITS) + 1):
        wanted = float(step) / (1 << (bits - place.bits))
        if wanted > 2 * tolerance and bits < _MOST_BITS:
            continue
        most = np.float32((1 << bits) - 1)
        span = np.float32(wanted * float(most))
        for near in (span, np.nextafter(span, np.float32(0)), np.nextafter(span, np.float32(np.inf))):
            if float(near / most) == wanted:
                return replace(place, bits=bits, span=float(near))
    return place


def _find(attributes: list[Attribute], number: int) -> Attribute:
    for attribute in attributes:
        known = attribute.data_type == _FLOAT32 or attribute.data_type in INTEGERS
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

            return to_octahedron(np.ascontiguousarray(values), centre(attribute))
        return _rounded(attribute, values)


def _step(span: float, bits: int) -> np.float32:
    """Distance of two places of a grid, as decoders compute it."""
    return np.float32(np.float32(span) / np.float32((1 << bits) - 1))


def _rounded(attribute: Attribute, values: NDArray[Any]) -> Ints:
    """The nearest whole numbers of the attribute's grid, (n, width); raw float32 come back as their bits."""
    exact = np.asarray(values, np.float64)
    if attribute.storage == QUANTISED:
        assert attribute.low is not None
        assert attribute.bits is not None
        exact = (exact - attribute.low.astype(np.float64)) / (float(_step(attribute.span, attribute.bits)) or 1.0)
    elif attribute.data_type == _FLOAT32:
        return np.ascontiguousarray(values, "<f4").view("<i4").astype(np.int64)
    whole = np.rint(exact)
    if attribute.data_type in INTEGERS:
        limits = np.iinfo(INTEGERS[attribute.data_type])
        whole = np.clip(whole, limits.min, limits.max)
    if not np.isfinite(whole).all() or np.abs(whole).max(initial=0) > _FARTHEST:
        raise MarkError("draco: a position lies too far from the grid of the stream")
    return np.ascontiguousarray(whole, np.int64)


def _floats(attribute: Attribute, whole: Ints) -> NDArray[Any]:
    """What a decoder makes of whole numbers."""
    if attribute.storage == QUANTISED:
        assert attribute.low is not None
        assert attribute.bits is not None
        step = _step(attribute.span, attribute.bits)
        scaled: NDArray[Any] = whole.astype(np.float32) * step + attribute.low
        return scaled
    if attribute.data_type == _FLOAT32:
        return whole.astype("<i4").view("<f4")
    return whole.astype(INTEGERS[attribute.data_type])


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
