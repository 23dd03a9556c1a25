"""The parts of a Draco mesh stream: its connectivity, and where each attribute's values stand.

Nothing of it decodes attribute values beyond finding where they end; `draco_encode` replaces some of them.
Source: Draco Bitstream Specification 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels import draco_connectivity as connectivity
from sceneproof.kernels import draco_entropy as entropy
from sceneproof.kernels import draco_traversal as traversal

from ._draco_bytes import Cursor, damaged
from ._draco_header import _METADATA_FLAG, EDGEBREAKER, _Reader, _skip_metadata, read_header

GENERIC, INTEGER, QUANTISED, NORMAL = range(4)  # how values are stored
NONE, DIFFERENCE, PARALLELOGRAM = -2, 0, 1  # how they are predicted
MULTI_PARALLELOGRAM, TEXTURE, GEOMETRIC = 4, 5, 6
WRAP, OCTAHEDRON = 1, 3  # how a difference is kept short
_STANDARD, _VALENCE = 0, 2
_CONTEXTS = 6
_SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 8, 8: 8, 9: 4, 10: 8, 11: 1}

Ints = NDArray[np.int64]


@dataclass(eq=False)
class Sequence:
    """The corner table that a group of attributes is stored along; ``None`` entries: in the order of the points."""

    opposite: Ints
    vertex: Ints
    entry_of: Ints
    corner_of: Ints

    @property
    def table(self) -> tuple[Ints, Ints, Ints, Ints]:
        return self.opposite, self.vertex, self.entry_of, self.corner_of


@dataclass(eq=False)
class Attribute:
    """One attribute as the stream holds it.

    Attributes
    ----------
    kind, data_type, width, number : Draco's attribute type, data type, components and unique id.
    storage : `GENERIC`, `INTEGER`, `QUANTISED` or `NORMAL`.
    sequence : its corner table, ``None`` where rows are points.
    rows : how many values there are.
    start, end : its values in the stream.
    method, transform : prediction and transform, as stored.
    bits, low, span : of quantised values (bits of normals too): ``low + whole * span / (2 ** bits - 1)``.
    grid_at : where ``span`` stands in the stream, with ``bits`` behind it.
    """

    kind: int
    data_type: int
    width: int
    number: int
    storage: int = GENERIC
    sequence: Sequence | None = None
    rows: int = 0
    start: int = 0
    end: int = 0
    method: int = NONE
    transform: int = -1
    bits: int | None = None
    low: NDArray[np.float32] | None = None
    span: float = 0.0
    grid_at: int = 0

    @property
    def positions(self) -> bool:
        return self.kind == 0


def read_stream(data: bytes) -> list[Attribute]:
    """All attributes of a mesh, in the order of their values. Raises `MarkError` for what is not known here."""
    header = read_header(data)
    if not header.mesh:
        raise damaged("it is a point cloud")
    skip = _Reader(memoryview(data), 11)
    if (data[9] | data[10] << 8) & _METADATA_FLAG:
        _skip_metadata(skip)
    cursor = Cursor(data, skip.at)
    breaker = data[8] == EDGEBREAKER
    if breaker:
        base, seams = _edgebreaker(cursor)
        groups = _groups(cursor, base, seams)
        rows = 0
    else:
        rows = _sequential(cursor)
        groups = [None] * cursor.byte()
    described = [(_described(cursor), group) for group in groups]
    for attributes, group in described:
        for attribute in attributes:
            attribute.sequence = group
            attribute.rows = len(group.corner_of) if group else rows
            _values(cursor, attribute)
        for attribute in attributes:
            _transform_data(cursor, attribute)
    return [attribute for attributes, _ in described for attribute in attributes]


def _sequential(cursor: Cursor) -> int:
    faces, points = cursor.varint(), cursor.varint()
    if cursor.byte() == 0:
        cursor.symbols(3 * faces, 1)
    elif points < 1 << 8:
        cursor.take(3 * faces)
    elif points < 1 << 16:
        cursor.take(6 * faces)
    elif points < 1 << 21:
        for _ in range(3 * faces):
            cursor.varint()
    else:
        cursor.take(12 * faces)
    return points


def _edgebreaker(cursor: Cursor) -> tuple[tuple[Ints, Ints, Ints], list[Ints]]:
    """The corner table of the positions, and the seams of each other group of attributes."""
    kind = cursor.byte()
    if kind not in (_STANDARD, _VALENCE):
        raise damaged("its connectivity is stored in an unknown way")
    vertices, faces, others = cursor.varint(), cursor.varint(), cursor.byte()
    count, split_symbols = cursor.varint(), cursor.varint()
    splits = _splits(cursor, faces)
    if count > faces or split_symbols > count or vertices > 3 * faces:
        raise damaged("its connectivity does not add up")
    symbols, ends = np.zeros(0, np.int64), np.zeros(0, np.int64)
    if kind == _STANDARD:
        size = cursor.varint()
        symbols, status = entropy.read_edge_symbols(cursor.array, cursor.take(size), size, count)
        if status:
            raise damaged("it ends too early")
    starts = cursor.flags(faces + 1)  # more than there are: how many is known only when all else is
    pending = []
    for _ in range(others):
        pending.append(cursor.at)
        cursor.flags(0)
    if kind == _VALENCE:
        runs = []
        for _ in range(_CONTEXTS):
            number = cursor.varint()
            if number > count:
                raise damaged("its connectivity does not add up")
            runs.append(cursor.symbols(number, 1))
        symbols = np.concatenate(runs)
        ends = np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64)
    opposite, vertex, leftmost, found = connectivity.decode_edgebreaker(
        symbols, ends, count, splits, starts, (faces, vertices + split_symbols, others == 0)
    )
    if found < 0:
        raise damaged("its connectivity does not add up")
    places = traversal.seam_places(opposite)
    seams = [places[Cursor(cursor.data, at).flags(len(places)) > 0] for at in pending]
    return (opposite, vertex, leftmost), seams


def _splits(cursor: Cursor, faces: int) -> Ints:
    number = cursor.varint()
    if number > faces:
        raise damaged("its connectivity does not add up")
    rows = np.zeros((number, 3), np.int64)
    source = 0
    for row in rows:
        source += cursor.varint()
        row[0], row[1] = source, source - cursor.varint()
    start = cursor.take((number + 7) // 8)
    bits = np.unpackbits(cursor.array[start : cursor.at], bitorder="little")
    rows[:, 2] = bits[:number]
    return rows


def _groups(cursor: Cursor, base: tuple[Ints, Ints, Ints], seams: list[Ints]) -> list[Sequence | None]:
    """The order of each group's values; groups of one kind share it."""
    found: list[Sequence | None] = []
    for _ in range(cursor.byte()):
        other, by_corner, by_degree = cursor.signed(), cursor.byte(), cursor.byte()
        if by_degree > 1 or by_corner > 1 or other >= len(seams) or (by_corner and (other < 0 or by_degree)):
            raise damaged("its values are stored in an unknown order")
        table = traversal.cut_seams(*base, seams[other]) if by_corner else base
        walk = traversal.by_degree if by_degree else traversal.depth_first
        found.append(Sequence(table[0], table[1], *walk(*table)))
    return found


def _described(cursor: Cursor) -> list[Attribute]:
    attributes = []
    for _ in range(cursor.varint()):
        kind, data_type, width, _ = cursor.byte(), cursor.byte(), cursor.byte(), cursor.byte()
        attributes.append(Attribute(kind, data_type, width, cursor.varint()))
    for attribute in attributes:
        attribute.storage = cursor.byte()
        if attribute.storage not in (GENERIC, INTEGER, QUANTISED, NORMAL) or attribute.data_type not in _SIZES:
            raise damaged("an attribute is stored in an unknown way")
    return attributes


def _values(cursor: Cursor, attribute: Attribute) -> None:
    """Step over the values of an attribute."""
    attribute.start = cursor.at
    if attribute.storage == GENERIC:
        cursor.take(attribute.rows * attribute.width * _SIZES[attribute.data_type])
    else:
        width = 2 if attribute.storage == NORMAL else attribute.width
        attribute.method = cursor.signed()
        if attribute.method != NONE:
            attribute.transform = cursor.signed()
        if cursor.byte():
            cursor.symbols(attribute.rows * width, width)
        else:
            cursor.take(cursor.byte() * attribute.rows * width)
        _prediction_data(cursor, attribute)
    attribute.end = cursor.at


def _prediction_data(cursor: Cursor, attribute: Attribute) -> None:
    if attribute.method == NONE:
        return
    if attribute.transform not in (WRAP, OCTAHEDRON):
        raise damaged("an attribute is predicted in an unknown way")
    method = attribute.method if attribute.sequence else DIFFERENCE  # without a corner table all are differences
    if method == MULTI_PARALLELOGRAM:
        for _ in range(4):
            if cursor.varint():
                cursor.flags(0)
    elif method == TEXTURE:
        cursor.int32()
        cursor.flags(0)
    elif method not in (DIFFERENCE, PARALLELOGRAM, GEOMETRIC):
        raise damaged("an attribute is predicted in an unknown way")
    cursor.take(8)  # the two numbers of the transform
    if method == GEOMETRIC:
        cursor.flags(0)


def _transform_data(cursor: Cursor, attribute: Attribute) -> None:
    if attribute.storage == QUANTISED:
        attribute.low = cursor.floats(attribute.width).astype(np.float32)
        attribute.grid_at = cursor.at
        attribute.span = float(cursor.floats(1)[0])
        attribute.bits = cursor.byte()
    elif attribute.storage == NORMAL:
        attribute.bits = cursor.byte()
    if attribute.bits is not None and not 1 <= attribute.bits <= 30:
        raise damaged("an attribute's bits are out of range")
