"""A visible label that stands in a PLY as vertices and faces, as the node that it is elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sceneproof.io._cloud import linear_of
from sceneproof.io._label_record import LabelPart, LabelRecord
from sceneproof.scene import Array, Material, Mesh, Mode, Node, Primitive, Problem, Scene

from . import columns
from .header import Header
from .slots import read_labels
from .table import Table


def checked(
    header: Header, vertices: int, lengths: Array, corners: Array, problems: list[Problem]
) -> tuple[LabelRecord, ...]:
    """The labels that the header speaks of, where the last rows are what it says; else none, and a problem."""
    try:
        records = read_labels(header)
        _fit(records, vertices, lengths, corners)
    except ValueError as error:
        en = f"a sceneproof-label comment does not fit the file ({error}); its rows count as the subject's"
        problems.append(Problem("ply-label-mismatch", en, "sceneproof-label 注释与文件内容不符，相关行按主体处理"))
        return ()
    return records


def _fit(records: tuple[LabelRecord, ...], vertices: int, lengths: Array, corners: Array) -> None:
    if not records:
        return
    if len({record.slot for record in records}) < len(records):
        raise ValueError("a slot stands twice")
    parts = [part for record in records for part in record.parts]
    first, row = vertices - sum(part.vertices for part in parts), len(lengths) - sum(part.faces for part in parts)
    if first < 0 or row < 0:
        raise ValueError("there are fewer rows than it counts")
    if not (lengths[row:] == 3).all():
        raise ValueError("its faces are no triangles")
    place = int(lengths[:row].sum())
    if place and corners[:place].max() >= first:
        raise ValueError("other faces use its vertices")
    for part in parts:
        own = corners[place : place + 3 * part.faces]
        if own.min() < first or own.max() >= first + part.vertices:
            raise ValueError("its faces use other vertices")
        first, place = first + part.vertices, place + 3 * part.faces


def with_labels(
    scene: Scene, vertex: Table, records: tuple[LabelRecord, ...], positions: Array, faces: tuple[Array, Array]
) -> Scene:
    """The scene with a node, a mesh and materials for each label. `positions` are those of all vertices."""
    if not records:
        return scene
    corners = faces[1]
    normals, tint = vertex.columns(*columns.NORMAL), columns.colors(vertex)
    first = vertex.count - sum(record.vertices for record in records)
    place = len(corners) - 3 * sum(record.faces for record in records)
    for record in records:
        mesh, node = len(scene.meshes), len(scene.nodes)
        primitives: list[Primitive] = []
        materials: list[Material] = []
        for part in record.parts:
            rows = slice(first, first + part.vertices)
            attributes = {"POSITION": _local(record.matrix, positions[rows])}
            if normals is not None:
                attributes["NORMAL"] = _turned(record.matrix, normals[rows])
            color, even = _color(part, None if tint is None else tint[rows])
            if tint is not None and not even:
                attributes["COLOR_0"] = tint[rows]
            number = len(scene.materials) + len(materials)
            pointer = f"/meshes/{mesh}/primitives/{len(primitives)}"
            triangles = corners[place : place + 3 * part.faces].reshape(-1, 3) - first
            primitives.append(Primitive(pointer, Mode.TRIANGLES, attributes, triangles, material=number))
            materials.append(_material(number, part, color))
            first, place = first + part.vertices, place + 3 * part.faces
        name = f"sceneproof {record.slot}"
        extras = {"sceneproof": {"slot": record.slot, **record.extras}}
        scene = replace(
            scene,
            nodes=(*scene.nodes, Node(f"/nodes/{node}", name, (), record.matrix, record.matrix, mesh, extras=extras)),
            roots=(*scene.roots, node),
            meshes=(*scene.meshes, Mesh(f"/meshes/{mesh}", name, tuple(primitives))),
            materials=(*scene.materials, *materials),
        )
    return scene


def _material(number: int, part: LabelPart, color: tuple[float, float, float, float]) -> Material:
    mode = "BLEND" if color[3] < 1 else "OPAQUE"
    pointer, name = f"/materials/{number}", f"sceneproof {part.name}"
    return Material(pointer, name, color, 0.0, 1.0, color[:3], alpha_mode=mode, double_sided=True, unlit=True)


def _local(matrix: Array, places: Array) -> Array:
    with np.errstate(all="ignore"):
        moved = np.linalg.solve(matrix[:3, :3], (places.astype(np.float64) - matrix[:3, 3]).T).T
    return np.ascontiguousarray(moved, np.float32)


def _turned(matrix: Array, normals: Array) -> Array:
    with np.errstate(all="ignore"):
        turned = normals.astype(np.float64) @ matrix[:3, :3]
        length = np.linalg.norm(turned, axis=1, keepdims=True)
        return np.ascontiguousarray(turned / np.where(length > 0, length, 1.0), np.float32)


def _color(part: LabelPart, tint: Array | None) -> tuple[tuple[float, float, float, float], bool]:
    """The linear colour of a part as its vertices have it, and whether they agree; white where they do not."""
    if tint is None:
        red, green, blue = (float(c) for c in linear_of(np.array(part.color[:3])))
        return (red, green, blue, part.color[3]), True
    if not (tint == tint[0]).all():
        return (1.0, 1.0, 1.0, 1.0), False
    row = [float(c) for c in tint[0]]
    return (row[0], row[1], row[2], row[3] if len(row) > 3 else 1.0), True
