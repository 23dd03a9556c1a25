"""From the bytes of a PLY to a Scene."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sceneproof.errors import InputError
from sceneproof.io import _splats
from sceneproof.io._cloud import cloud, frozen, nonfinite
from sceneproof.io._dots import split_splats, usable, with_point_labels, with_splat_labels
from sceneproof.io._label_record import LabelRecord
from sceneproof.io._plain import PlainDocument, asset_of
from sceneproof.scene import Array, Material, Mesh, Mode, Node, Primitive, Problem, Scene, Splats

from . import columns, packed
from .header import NEEDED, Header, parse
from .label_nodes import checked, with_labels
from .polygons import triangulate, unstrip
from .read import read
from .slots import read_labels, read_slot
from .table import Table

FACES = ("vertex_indices", "vertex_index")


@dataclass(frozen=True, eq=False)
class PlyDocument(PlainDocument):
    """A PLY. `reencoded` holds what an edit had to write in another form (`sceneproof.io.reencoded`)."""

    reencoded: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Layout:
    """What the handler found in the file's bytes.

    Attributes
    ----------
    kind : ``mesh``, ``points``, ``splats``, ``packed`` or ``empty``.
    labels : the visible labels, whose rows stand at the end of the vertices and faces.
    origin : float64 [shape=(3,)], taken off the places of a mesh before they became float32.
    """

    header: Header
    tables: Mapping[str, Table] = field(repr=False)
    kind: str
    labels: tuple[LabelRecord, ...] = ()
    origin: Array = field(default_factory=lambda: np.zeros(3))

    @property
    def vertices(self) -> int:
        """Vertices that are the subject's."""
        return self.tables["vertex"].count - sum(record.vertices for record in self.labels)


def build(document: PlyDocument, uri: str | None, problems: list[Problem]) -> Scene:
    """Decode a document. Raises `InputError` with element and row where the geometry cannot be trusted."""
    header = parse(document.raw)
    slot, others = read_slot(header)
    tables = read(document.raw, header, NEEDED, problems)
    document = replace(document, slot=slot)
    asset = dict(asset_of(slot, document.sidecar))
    if others:
        asset["extras"] = {**asset.get("extras", {}), **others}
    base = Scene("ply", uri, (), (), (), asset=asset, generator=_generator(header))
    vertex = tables.get("vertex")
    if vertex is None:
        raise InputError("has no element vertex")
    if packed.is_packed(tables) or columns.is_splats(vertex):
        kind = "packed" if packed.is_packed(tables) else "splats"
        splats = packed.unpack(tables, problems) if kind == "packed" else columns.splats(vertex, problems)
        labels = usable(lambda: read_labels(header) if kind == "splats" else (), vertex.count - 1, problems)
        splats, ours = split_splats(splats, labels)
        made = replace(base, splats=(splats,), up_axis=_up_axis(header))
        made = with_splat_labels(made, labels, ours)
        layout = Layout(header, tables, kind, labels)
    else:
        made, layout = _geometry(base, header, tables, problems)
    return replace(made, problems=tuple(problems), document=replace(document, detail=layout))


def _geometry(base: Scene, header: Header, tables: dict[str, Table], problems: list[Problem]) -> tuple[Scene, Layout]:
    vertex = tables["vertex"]
    if not vertex.count:
        problems.append(Problem("no-geometry", "the file has no vertices", "文件没有顶点", "/vertex"))
        return base, Layout(header, tables, "empty")
    positions = columns.places(vertex)
    faces = _faces(tables, problems)
    if faces is None:
        return _points(base, header, tables, positions, problems)
    lengths, corners = faces
    _check_corners(lengths, corners, vertex.count)
    labels = checked(header, vertex.count, lengths, corners, problems)
    own = vertex.count - sum(record.vertices for record in labels)
    rows = len(lengths) - sum(record.faces for record in labels)
    subject = lengths[:rows], corners[: int(lengths[:rows].sum())]
    origin = columns.origin_of(positions[:own])
    layout = Layout(header, tables, "mesh", labels, origin)
    triangles = triangulate(*subject, positions) if "face" in tables and len(lengths) else np.zeros((0, 3), np.int64)
    if "tristrips" in tables:
        triangles = np.concatenate([triangles, _strips(tables["tristrips"], vertex.count)])
    mesh = _mesh(vertex, layout, positions[:own], triangles, problems)
    matrix = np.eye(4)
    matrix[:3, 3] = origin
    node = Node("/nodes/0", "", (), matrix, matrix, 0)
    material = Material("/materials/0", "", metallic=0.0, double_sided=True)
    scene = replace(base, nodes=(node,), roots=(0,), meshes=(mesh,), materials=(material,), scene_index=0)
    return with_labels(scene, vertex, labels, positions, (lengths, corners)), layout


def _points(
    base: Scene, header: Header, tables: dict[str, Table], positions: Array, problems: list[Problem]
) -> tuple[Scene, Layout]:
    vertex = tables["vertex"]
    labels = usable(lambda: read_labels(header), vertex.count - 1, problems)
    own = vertex.count - sum(record.vertices for record in labels)
    nonfinite(positions[:own], problems, "/vertex")
    tint, normals = columns.colors(vertex), vertex.columns(*columns.NORMAL)
    shown = None if tint is None or _ours(labels, tint[:own, :3]) else tint[:own]
    points = cloud(positions[:own], shown, None if normals is None else normals[:own])
    ours = cloud(positions[own:], None if tint is None else tint[own:], None) if labels else None
    made = with_point_labels(replace(base, points=(points,)), labels, ours)
    return made, Layout(header, tables, "points", labels)


def _generator(header: Header) -> str:
    """What a writer says of itself, as far as the usual ones do."""
    for text in header.comments():
        lowered = text.lower()
        if any(word in lowered for word in ("generated", "created by", "exported", "author:", "written by")):
            return text[:200]
    return ""


def _up_axis(header: Header) -> str:
    """Which way a cloud of splats is up: as a comment ``Vertical Axis: z`` says (Nerfstudio writes one), else -Y.

    The trainers keep the axes of COLMAP's cameras, in which Y points down, and so does what is converted from theirs.
    """
    for text in header.comments():
        found = re.fullmatch(r"vertical axis:\s*([+-]?)([xyz])", text.strip().lower())
        if found:
            return (found[1] or "+") + found[2]
    return "-y"


def _faces(tables: dict[str, Table], problems: list[Problem]) -> tuple[Array, Array] | None:
    """Corners of each face, and all corners one after another; ``None`` where the file has no surface."""
    table, strips = tables.get("face"), tables.get("tristrips")
    has_strips = strips is not None and strips.count > 0
    none = np.zeros(0, np.int64), np.zeros(0, np.int64)
    if table is None or not table.count:
        return none if has_strips else None
    found = table.lists(*FACES)
    if found is None:
        en = f"the {table.count:,} faces have no list {' or '.join(FACES)}; the vertices are read as points"
        problems.append(Problem("ply-faces-without-vertices", en, "面元素没有顶点索引列表，顶点按点云读取", "/face"))
        return none if has_strips else None
    lengths, items = found
    few = int(np.count_nonzero(lengths < 3))
    if few:
        row = int(np.argmax(lengths < 3))
        en = f"{few:,} of {table.count:,} faces have fewer than three corners; they are left out"
        zh = f"{table.count:,} 个面中有 {few:,} 个少于三个顶点，已忽略"
        problems.append(Problem("ply-face-too-small", en, zh, f"/face/{row}", few))
    return lengths, whole(items, lengths, "/face")


def whole(items: Array, lengths: Array, pointer: str) -> Array:
    """Corners as int64. Raises `InputError` for one that is no whole number."""
    if items.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            odd = ~((np.abs(items) < 1e15) & (items == np.floor(items)))
        if odd.any():
            place = int(np.argmax(odd))
            reason = f"the corner {float(items[place])!r} is no vertex number"
            raise InputError(reason, pointer=f"{pointer}/{_row(lengths, place)}")
    if items.dtype.kind == "u" and items.dtype.itemsize == 8:
        items = np.minimum(items, np.uint64(1 << 62))
    return np.asarray(items, np.int64)


def _row(lengths: Array, place: int) -> int:
    return int(np.searchsorted(np.cumsum(lengths), place, side="right"))


def _check_corners(lengths: Array, corners: Array, count: int) -> None:
    if not len(corners) or (corners.min() >= 0 and corners.max() < count):
        return
    place = int(np.argmax((corners < 0) | (corners >= count)))
    row = _row(lengths, place)
    raise InputError(f"face {row:,} names vertex {corners[place]:,} of {count:,}", pointer=f"/face/{row}")


def _strips(table: Table, count: int) -> Array:
    found = table.lists(*FACES)
    if found is None:
        raise InputError("triangle strips have no list vertex_indices", pointer="/tristrips")
    lengths, items = found
    corners = whole(items, lengths, "/tristrips")
    if len(corners) and corners.max() >= count:
        raise InputError(f"a strip names vertex {corners.max():,} of {count:,}", pointer="/tristrips")
    ends = np.cumsum(lengths)[:-1]
    return unstrip(np.insert(corners, ends, -1))  # a row ends its strip


def _mesh(vertex: Table, layout: Layout, positions: Array, triangles: Array, problems: list[Problem]) -> Mesh:
    sound = nonfinite(positions, problems, "/vertex")
    if not sound.all() and not sound[triangles].all():
        bad = int(triangles.ravel()[np.argmin(sound[triangles.ravel()])])
        raise InputError(f"vertex {bad:,}, which a face uses, is not finite", pointer=f"/vertex/{bad}")
    own = len(positions)
    attributes = {"POSITION": frozen((positions - layout.origin).astype(np.float32, copy=False))}
    normals, uv, tint = vertex.columns(*columns.NORMAL), columns.texture_coordinates(vertex), columns.colors(vertex)
    if normals is not None:
        attributes["NORMAL"] = frozen(np.ascontiguousarray(normals[:own], np.float32))
    if tint is not None and not _ours(layout.labels, tint[:own]):
        attributes["COLOR_0"] = frozen(tint[:own])
    if uv is not None:
        attributes["TEXCOORD_0"] = frozen(uv[:own])
    for name, values in attributes.items():
        if name != "POSITION" and not np.isfinite(values).all():
            en, zh = f"{name} holds values that are not finite", f"{name} 含有非有限数值"
            problems.append(Problem("non-finite-attribute", en, zh, "/vertex"))
    primitive = Primitive("/meshes/0/primitives/0", Mode.TRIANGLES, attributes, frozen(triangles), material=0)
    return Mesh("/meshes/0", "", (primitive,))


def _ours(labels: tuple[LabelRecord, ...], tint: Array) -> bool:
    """Whether the colours came with a label and the subject is white, as it was without them."""
    return any(record.colored for record in labels) and bool((tint == 1).all())


def converted(splats: Splats, header: Header) -> bytes:
    """Packed splats as the trainers' PLY, with the comments that stood in the header."""
    return _splats.ply_bytes(splats, [text for text in header.comments() if text])
