"""A label into a mesh PLY: its vertices and faces are rows at the end, and a comment says which.

Colours go into the vertices' red, green and blue. Where a mesh has none, every row gets them, white for the subject,
which is how viewers show a mesh without: words on a board of the same grey would be no label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sceneproof.edits import PutNode
from sceneproof.errors import MarkError
from sceneproof.io._label_record import LabelPart, LabelRecord
from sceneproof.io._table import word_spans
from sceneproof.scene import Array, Scene

from . import columns
from .build import FACES, Layout
from .label_rows import Splice, after, binary_vertices, color_values, label_lines, spliced, text_vertices
from .rows import joined, stored_as, words_of
from .table import Table

COARSE = 2e-3  # of a part's height: how far a vertex may be from its place


@dataclass(frozen=True, eq=False)
class _Part:
    """A part in world space: positions and normals float64 [shape=(n, 3)], triangles [shape=(t, 3)]."""

    about: LabelPart
    positions: Array
    normals: Array
    triangles: Array


def put_labels(scene: Scene, edits: Sequence[PutNode]) -> bytes:
    """The file with the labels; one with the slot of an earlier one takes its place. Raises `MarkError`."""
    raw: bytes = scene.document.raw
    layout: Layout = scene.document.detail
    vertex, face = layout.tables["vertex"], layout.tables.get("face")
    if face is None or not vertex.element.fixed or face.lists(*FACES) is None:
        raise MarkError("the PLY has no plain vertices and faces that a label could be added to")
    bare = not columns.color_names(vertex)
    found = _labels(scene, layout, edits, bare)
    own, rows = layout.vertices, face.count - sum(record.faces for record in layout.labels)
    parts = [part for _, group in found for part in group]
    total = own + sum(part.about.vertices for part in parts)
    limit = np.iinfo(_index_kind(face)).max if _index_kind(face).kind != "f" else 1 << 24
    if total - 1 > limit:
        raise MarkError(f"the faces count vertices in a type that ends at {limit:,}; there is no room for a label")
    _check_fine(vertex, parts)
    body = raw[layout.header.size :]
    write = _text_splices if layout.header.ascii else _binary_splices
    splices = write(body, layout, parts, (own, rows, bare))
    counts = {"vertex": total, "face": rows + sum(part.about.faces for part in parts)}
    lines = label_lines(layout, [record for record, _ in found], counts, bare)
    return joined(raw[: layout.header.size], layout.header, lines) + spliced(body, splices)


def _check_fine(vertex: Table, parts: Sequence[_Part]) -> None:
    """Refuse where the file's numbers are so coarse, so far out, that the words would be another shape."""
    for part in parts:
        height = np.sort(np.ptp(part.positions, axis=0))[1]  # of a flat part: the lesser of its two sides
        for axis, name in enumerate(columns.XYZ):
            wanted = part.positions[:, axis]
            stored = stored_as(wanted, columns.kind_of(vertex, name)).astype(np.float64)
            if float(np.abs(stored - wanted).max()) > COARSE * float(height):
                raise MarkError("the numbers of the PLY's vertices are too coarse there for a label's words")


def _labels(
    scene: Scene, layout: Layout, edits: Sequence[PutNode], bare: bool
) -> list[tuple[LabelRecord, list[_Part]]]:
    """Earlier labels with the new ones in their place, then those of new slots."""
    colored = bare or any(record.colored for record in layout.labels)
    found = {record.slot: (record, group) for record, group in _held(layout)}
    for edit in edits:
        matrix = edit.matrix if edit.parent is None else scene.nodes[edit.parent].world @ edit.matrix
        group = [_part(part, matrix) for part in edit.parts]
        if not group or not all(np.isfinite(part.positions).all() and len(part.positions) for part in group):
            raise MarkError(f"the node {edit.slot!r} has no geometry, or its numbers are not finite")
        about = tuple(part.about for part in group)
        found[edit.slot] = (LabelRecord(edit.slot, np.asarray(matrix), about, dict(edit.extras), colored), group)
    return list(found.values())


def _part(part: Any, matrix: Array) -> _Part:
    linear = np.asarray(matrix, np.float64)[:3, :3]
    with np.errstate(all="ignore"):
        normals = np.linalg.solve(linear.T, np.asarray(part.normals, np.float64).T).T
        normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    places = np.asarray(part.positions, np.float64) @ linear.T + matrix[:3, 3]
    red, green, blue, alpha = (float(value) for value in part.color)
    triangles = np.asarray(part.triangles, np.int64)
    about = LabelPart(part.name, (red, green, blue, alpha), len(places), len(triangles))
    return _Part(about, places, normals, triangles)


def _held(layout: Layout) -> list[tuple[LabelRecord, list[_Part]]]:
    """The labels in the file, as their rows have them."""
    vertex, face = layout.tables["vertex"], layout.tables["face"]
    listed = face.lists(*FACES)
    places, normals = vertex.columns(*columns.XYZ), vertex.columns(*columns.NORMAL)
    if not layout.labels or listed is None or places is None:
        return []
    corners = np.asarray(listed[1], np.int64)
    first, place = layout.vertices, len(corners) - 3 * sum(record.faces for record in layout.labels)
    out = []
    for record in layout.labels:
        group = []
        for about in record.parts:
            rows = slice(first, first + about.vertices)
            own = places[rows].astype(np.float64)
            turned = np.zeros_like(own) if normals is None else normals[rows].astype(np.float64)
            group.append(_Part(about, own, turned, corners[place : place + 3 * about.faces].reshape(-1, 3) - first))
            first, place = first + about.vertices, place + 3 * about.faces
        out.append((record, group))
    return out


def _values(vertex: Table, parts: Sequence[_Part], own: int) -> dict[str, Array]:
    """What the label's vertices have in each property."""
    shades = np.concatenate([np.tile(part.about.color, (part.about.vertices, 1)) for part in parts])
    places = np.concatenate([part.positions for part in parts])
    normals = np.concatenate([part.normals for part in parts])
    known: dict[str, Array] = dict(zip(columns.XYZ, places.T, strict=True))
    known |= zip(columns.NORMAL, normals.T, strict=True)
    return known | color_values(vertex, own, shades)


def _binary_splices(body: bytes, layout: Layout, parts: Sequence[_Part], counts: tuple[int, int, bool]) -> list[Splice]:
    own, rows, bare = counts
    vertex, face = layout.tables["vertex"], layout.tables["face"]
    order = layout.header.order
    lists = _list_lengths(face)
    fields: list[Any] = []
    for number, item in enumerate(face.element.properties):
        if item.count_kind is None:
            fields.append((f"f{number}", order + item.kind))
        else:
            fields += [(f"n{number}", order + item.count_kind), (f"f{number}", order + item.kind, (lists[number],))]
    corners, shades = _corners(parts, own)
    drawn = np.zeros(len(corners), np.dtype(fields))
    which = _index_number(face)
    for number, item in enumerate(face.element.properties):
        if number == which:
            drawn[f"f{number}"] = corners
        elif item.count_kind is None and item.name in shades:
            drawn[f"f{number}"] = stored_as(shades[item.name] * 255, np.dtype(item.kind))
        if item.count_kind is not None:
            drawn[f"n{number}"] = lists[number]
    return [
        binary_vertices(body, layout, _values(vertex, parts, own), own, bare),
        (face.row_end(rows - 1), face.end, drawn.tobytes()),
    ]


def _text_splices(body: bytes, layout: Layout, parts: Sequence[_Part], counts: tuple[int, int, bool]) -> list[Splice]:
    own, rows, bare = counts
    vertex, face = layout.tables["vertex"], layout.tables["face"]
    ending = layout.header.ending
    ends = word_spans(body)[1]
    splices = text_vertices(ends, layout, _values(vertex, parts, own), own, bare)
    corners, shades = _corners(parts, own)
    lists, which = _list_lengths(face), _index_number(face)
    cells: list[list[bytes]] = []
    for number, item in enumerate(face.element.properties):
        if number == which:
            cells.append([b"3 %d %d %d" % tuple(row) for row in corners.tolist()])
        elif item.count_kind is not None:
            cells.append([b" ".join([b"%d" % lists[number], *[b"0"] * lists[number]])] * len(corners))
        else:
            shade = shades.get(item.name, np.zeros(len(corners))) * 255
            cells.append(words_of(shade.astype(np.float32), np.dtype(item.kind)))
    drawn = ending.join(b" ".join(row) for row in zip(*cells, strict=True))
    splices.append(after(ends, face.row_end(rows - 1), face.end, ending + drawn))
    return splices


def _corners(parts: Sequence[_Part], own: int) -> tuple[Array, dict[str, Array]]:
    """Triangles into the file's vertices [shape=(t, 3)], and what faces with colours of their own get (0..1)."""
    first = own + np.cumsum([0] + [part.about.vertices for part in parts])
    corners = np.concatenate([part.triangles + start for part, start in zip(parts, first, strict=False)])
    shades = np.concatenate([np.tile(part.about.color, (len(part.triangles), 1)) for part in parts])
    return corners, dict(zip(("red", "green", "blue", "alpha"), shades.T, strict=True))


def _index_number(face: Table) -> int:
    return next(number for name in FACES if (number := face.index(name, listed=True)) is not None)


def _index_kind(face: Table) -> np.dtype[Any]:
    return np.dtype(face.element.properties[_index_number(face)].kind)


def _list_lengths(face: Table) -> dict[int, int]:
    """Items that a label's face has in each list: three corners; of others as many as every face has, else none."""
    out, place = {}, 0
    for number, item in enumerate(face.element.properties):
        if item.count_kind is None:
            continue
        even = face.rows is not None and face.lengths is not None
        out[number] = 3 if number == _index_number(face) else int(face.lengths[0, place]) if even else 0  # type: ignore[index]
        place += 1
    return out
