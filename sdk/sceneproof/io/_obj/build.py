"""From the statements of an OBJ to a Scene: objects to meshes, materials to primitives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from sceneproof.errors import LimitError
from sceneproof.io._colors import linear_of
from sceneproof.io._text.polygons import triangulate
from sceneproof.scene import Array, Mesh, Mode, Node, PointCloud, Primitive, Problem

from .elements import Elements
from .parse import Names, Statements

MOST_MESHES = 10_000  # objects or groups; more are read as one mesh
MOST_PRIMITIVES = 50_000  # objects times materials that they use
_MODES = {"l": Mode.LINES, "p": Mode.POINTS}


@dataclass(eq=False)
class Geometry:
    """What the statements give.

    `vertices` maps (mesh, primitive) to int64 [shape=(n,)], the ``v`` statement of each vertex, from 0; `cloud` is
    that of the points of a file without elements.
    """

    nodes: list[Node] = field(default_factory=list)
    meshes: list[Mesh] = field(default_factory=list)
    points: list[PointCloud] = field(default_factory=list)
    vertices: dict[tuple[int, int], Array] = field(default_factory=dict)


def geometry(
    found: Statements, uri: str | None, by_name: Mapping[str, int], problems: list[Problem], outside: Array
) -> Geometry:
    """Meshes and nodes. `by_name` maps ``usemtl`` to an index into the Scene's materials.

    `outside` is a mask of the lines that are none of our own objects': points without elements among those are a cloud.
    """
    out = Geometry()
    elements = [found.elements[keyword] for keyword in ("f", "l", "p")]
    if not any(outside[kind.lines].any() for kind in elements):
        loose = outside[found.vertex_lines]
        if loose.any():
            out.points.append(_cloud(found, loose, problems))
    if not any(len(kind.lines) for kind in elements):
        return out
    owners, names = _owners(_naming(found, outside), elements, uri, problems)
    material_of = np.array([by_name.get(name, -1) for name in found.materials.names] + [-1], np.int64)
    meshes: dict[int, list[tuple[Primitive, Array]]] = {}
    for keyword, kind, owner in zip(("f", "l", "p"), elements, owners, strict=True):
        material = material_of[found.materials.at(kind.lines)]
        for mesh, number, part in _parts(kind, owner, material):
            made = _triangles(found, part) if keyword == "f" else _loose(found, part, keyword)
            (mode, attributes, triangles), vertices = made
            ready = Primitive("", mode, attributes, triangles, material=number if number >= 0 else None)
            meshes.setdefault(mesh, []).append((ready, vertices))
    for owner_number in sorted(meshes):
        _add(out, names[owner_number], meshes[owner_number])
    _odd_values(out, problems)
    return out


def _odd_values(out: Geometry, problems: list[Problem]) -> None:
    for mesh in out.meshes:
        for part in mesh.primitives:
            for name, values in part.attributes.items():
                if not np.isfinite(values).all():
                    en = f"{name} holds values that are not finite"
                    problems.append(Problem("non-finite-attribute", en, f"{name} 含有非有限数值", part.pointer))


def _add(out: Geometry, name: str, parts: list[tuple[Primitive, Array]]) -> None:
    mesh = len(out.meshes)
    primitives = []
    for number, (part, vertices) in enumerate(parts):
        place = f"/meshes/{mesh}/primitives/{number}"
        primitives.append(Primitive(place, part.mode, part.attributes, part.triangles, material=part.material))
        out.vertices[mesh, number] = vertices
    out.meshes.append(Mesh(f"/meshes/{mesh}", name, tuple(primitives)))
    out.nodes.append(Node(f"/nodes/{mesh}", name, (), np.eye(4), np.eye(4), mesh=mesh))


def _naming(found: Statements, outside: Array) -> Names:
    """The statements that name meshes: ``o``, or ``g`` where no ``o`` but that of our own objects is there."""
    objects, groups = found.objects, found.groups
    if not groups.names or outside[objects.lines].any():
        return objects
    lines = np.concatenate([groups.lines, objects.lines])
    names = [*groups.names, *objects.names]
    order = np.argsort(lines)
    return Names(lines[order], tuple(names[number] for number in order.tolist()))


def _owners(
    parts: Names, elements: list[Elements], uri: str | None, problems: list[Problem]
) -> tuple[list[Array], list[str]]:
    """The mesh of every element, and the meshes' names in the order of their first elements.

    A mesh is an object, or a group where there are no objects. Those that share a ``v`` are one mesh: it is one
    surface, and moving its vertices in one part moves them in the other.
    """
    default = PurePosixPath((uri or "").replace("\\", "/")).stem or "mesh"
    names, number_of = _distinct(parts, default)
    if len(names) > MOST_MESHES:
        en = f"{len(names):,} objects or groups; they are read as one mesh"
        problems.append(Problem("too-many-objects", en, f"共有 {len(names):,} 个对象或组，按一个网格读取"))
        return [np.zeros(len(kind.lines), np.int64) for kind in elements], [default]
    owners = [number_of[parts.at(kind.lines)] for kind in elements]
    root = _joined(elements, owners, len(names))
    used = np.unique(np.concatenate([root[owner] for owner in owners]))
    held = np.unique(np.concatenate(owners))
    members: dict[int, list[str]] = {}
    for number in held.tolist():
        members.setdefault(int(root[number]), []).append(names[number])
    labels = {
        mesh: " + ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        for mesh, found in members.items()
    }
    place = {mesh: number for number, mesh in enumerate(used.tolist())}
    renumber = np.array([place.get(int(r), -1) for r in root], np.int64)
    return [renumber[owner] for owner in owners], [labels[mesh] for mesh in used.tolist()]


def _distinct(parts: Names, default: str) -> tuple[list[str], Array]:
    """Names without repeats, and the name's number for each statement; the last entry is for what precedes them."""
    numbers = {default: 0}
    of = [numbers.setdefault(name or default, len(numbers)) for name in parts.names]
    of.append(0)
    return list(numbers), np.array(of, np.int64)


def _joined(elements: list[Elements], owners: list[Array], count: int) -> Array:
    """For each part the first part that it is one mesh with."""
    pairs = [
        np.stack([kind.corners[:, 0], np.repeat(owner, kind.counts)], axis=1)
        for kind, owner in zip(elements, owners, strict=True)
    ]
    root = np.arange(count)
    if count == 1:
        return root
    used = np.concatenate(pairs)
    keys = np.unique(used[:, 0] * count + used[:, 1])
    vertex, part = keys // count, keys % count
    same = vertex[1:] == vertex[:-1]
    links = np.unique(np.stack([part[:-1][same], part[1:][same]], axis=1), axis=0)

    def top(item: int) -> int:
        while root[item] != item:
            root[item] = root[root[item]]
            item = int(root[item])
        return item

    for first, second in links.tolist():
        a, b = top(first), top(second)
        root[max(a, b)] = min(a, b)
    return np.array([top(item) for item in range(count)], np.int64)


def _parts(kind: Elements, owner: Array, material: Array) -> list[tuple[int, int, Elements]]:
    """Elements by mesh and material, in the order of their first statements. Raises `LimitError`."""
    if not len(kind.lines):
        return []
    keys = owner * (int(material.max(initial=-1)) + 2) + material + 1
    values, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    if len(values) > MOST_PRIMITIVES:
        raise LimitError(f"{len(values):,} parts by object and material, limit {MOST_PRIMITIVES:,}")
    if len(values) == 1:
        return [(int(owner[0]), int(material[0]), kind)]
    order = np.argsort(inverse, kind="stable")
    ends = np.cumsum(np.bincount(inverse))
    begins = np.cumsum(kind.counts) - kind.counts
    out = []
    for number in np.argsort(first).tolist():
        rows = order[(ends[number - 1] if number else 0) : ends[number]]
        counts = kind.counts[rows]
        step = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        corners = kind.corners[np.repeat(begins[rows], counts) + step]
        out.append((int(owner[rows[0]]), int(material[rows[0]]), Elements(kind.lines[rows], counts, corners)))
    return out


_Made = tuple[tuple[Mode, dict[str, Any], Array], Array]


def _triangles(found: Statements, part: Elements) -> _Made:
    """A primitive whose vertices are the distinct corners."""
    corner_tri, _ = triangulate(found.positions[part.corners[:, 0]], part.counts)
    rows, corner = _distinct_rows(part.corners, (len(found.positions), len(found.texcoords), len(found.normals)))
    return (Mode.TRIANGLES, _attributes(found, rows), corner[corner_tri]), rows[:, 0]


def _distinct_rows(corners: Array, sizes: tuple[int, int, int]) -> tuple[Array, Array]:
    """Distinct rows in ascending order, and the row of each corner."""
    if 8 * len(corners) > sizes[0] and (corners[:, 1:] == -1).all():  # positions alone: no sorting is needed
        used = np.zeros(sizes[0], bool)
        used[corners[:, 0]] = True
        number = np.cumsum(used) - 1
        vertices = np.flatnonzero(used)
        rows = np.full((len(vertices), 3), -1, np.int64)
        rows[:, 0] = vertices
        return rows, number[corners[:, 0]]
    _, t, n = (size + 1 for size in sizes)
    if sizes[0] * t * n < 1 << 62:
        keys = (corners[:, 0] * t + corners[:, 1] + 1) * n + corners[:, 2] + 1
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        return corners[first], inverse.reshape(-1)
    rows, inverse = np.unique(corners, axis=0, return_inverse=True)
    return rows, inverse.reshape(-1)


def _loose(found: Statements, part: Elements, keyword: str) -> _Made:
    """Points, or the segments of polylines."""
    corners = part.corners
    if keyword == "l":
        last = np.cumsum(part.counts) - 1
        begins = np.setdiff1d(np.arange(len(corners)), last)
        corners = corners[np.stack([begins, begins + 1], axis=1).reshape(-1)]
    return (_MODES[keyword], _attributes(found, corners), np.zeros((0, 3), np.int64)), corners[:, 0]


def _attributes(found: Statements, rows: Array) -> dict[str, Any]:
    """Arrays for rows of references. V runs down in glTF's sense; normals only where every corner has one."""
    out: dict[str, Any] = {"POSITION": found.positions[rows[:, 0]].astype(np.float32)}
    if len(rows) and (rows[:, 2] >= 0).all():
        out["NORMAL"] = found.normals[rows[:, 2]].astype(np.float32)
    if (rows[:, 1] >= 0).any():
        uv = found.texcoords[np.maximum(rows[:, 1], 0)] * (1.0, -1.0) + (0.0, 1.0)
        uv[rows[:, 1] < 0] = 0.0
        out["TEXCOORD_0"] = uv.astype(np.float32)
    if found.colors is not None and found.colored[rows[:, 0]].all():
        out["COLOR_0"] = linear_of(found.colors[rows[:, 0]])
    return out


def _cloud(found: Statements, loose: Array, problems: list[Problem]) -> PointCloud:
    finite = np.isfinite(found.positions).all(axis=1)
    count = int((loose & ~finite).sum())
    finite &= loose
    if count:
        en = f"{count:,} points are not finite; they are left out"
        problems.append(Problem("point-not-finite", en, f"{count:,} 个点的坐标非有限，已略去", count=count))
    used = int(np.flatnonzero(loose).max(initial=-1)) + 1  # a label's vertices and normals stand behind the cloud's
    normals = found.normals[:used][finite[:used]] if len(found.normals) >= used else None
    return PointCloud(
        "/points/0",
        found.positions[finite].astype(np.float32),
        None if found.colors is None or not found.colored[finite].all() else linear_of(found.colors[finite]),
        None if normals is None else normals.astype(np.float32),
    )
