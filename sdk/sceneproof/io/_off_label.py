"""A visible label in an OFF: vertices behind the file's own, triangles with colours behind its faces, and a comment.

Colours stand at the end of a face's line (Geomview manual, "OFF Files"); where vertices have them, they get the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sceneproof.edits import PutNode
from sceneproof.errors import MarkError
from sceneproof.scene import Array, Material, Mesh, Mode, Node, Primitive, Problem, Scene

from ._colors import linear_of
from ._label_record import LabelPart, LabelRecord, record_of
from ._text.encoding import newline
from ._text.rewrite import shortest
from ._text.scan import Lines, numbers

CELLS = 7  # numbers of a label's face: 3, its corners, red, green and blue
COARSE = 2e-3  # of a part's height: how far float32 may put a vertex from its place
_MARK = re.compile(rb"(?m)(?:^|(?<=\r))# sceneproof-label (\{[^\r\n]*\})[ \t]*(?=\r|\n|$)")


@dataclass(frozen=True, eq=False)
class Held:
    """The label of a file: its record, its first vertex, and its faces' corners and colours [shape=(t, 3)]."""

    record: LabelRecord
    first: int
    corners: Array
    colors: Array


def held(text: bytes, lines: Lines, counts: tuple[int, int], problems: list[Problem]) -> Held | None:
    """The label that a comment speaks of, where the last lines are what it says; else ``None``, and a problem."""
    found = _MARK.search(text)
    if found is None:
        return None
    try:
        record = record_of(found[1])
        first, row = counts[0] - record.vertices, counts[1] - record.faces
        if first < 1 or row < 0 or not all(part.faces for part in record.parts):
            raise ValueError("there are fewer lines than it counts")
        own = numbers(lines.chosen(np.arange(counts[0] + row, sum(counts))), 0)
        cells = own.values.reshape(-1, CELLS) if (own.counts == CELLS).all() else np.zeros((1, CELLS))
        corners = cells[:, 1:4]
        if not (cells[:, 0] == 3).all() or not ((corners >= first) & (corners < counts[0])).all():
            raise ValueError("its faces are no triangles of its own vertices")
    except ValueError as error:
        en = f"a sceneproof-label comment does not fit the file ({error}); its lines count as the subject's"
        problems.append(Problem("label-mismatch", en, "sceneproof-label 注释与文件内容不符，相关行按主体处理"))
        return None
    return Held(record, first, corners.astype(np.int64), cells[:, 4:] / 255.0)


def with_label(scene: Scene, label: Held | None, positions: Array) -> Scene:
    """The scene with the label's node. `positions` are those of all vertices of the file."""
    if label is None:
        return scene
    record, place, first = label.record, 0, label.first
    mesh, node = len(scene.meshes), len(scene.nodes)
    primitives: list[Primitive] = []
    materials: list[Material] = []
    for part in record.parts:
        own = positions[first : first + part.vertices].astype(np.float64)
        with np.errstate(all="ignore"):
            local = np.linalg.solve(record.matrix[:3, :3], (own - record.matrix[:3, 3]).T).T
        rows = slice(place, place + part.faces)
        attributes = {
            "POSITION": np.ascontiguousarray(local, np.float32),
            "NORMAL": np.tile(np.array([0, 0, 1], np.float32), (len(local), 1)),
        }
        pointer = f"/meshes/{mesh}/primitives/{len(primitives)}"
        number = len(scene.materials) + len(materials)
        triangles = np.clip(label.corners[rows] - first, 0, part.vertices - 1)
        primitives.append(Primitive(pointer, Mode.TRIANGLES, attributes, triangles, material=number))
        red, green, blue = (float(c) for c in linear_of(label.colors[rows].mean(axis=0)))
        name = f"sceneproof {part.name}"
        look = (red, green, blue)
        materials.append(
            Material(f"/materials/{number}", name, (*look, 1.0), 0.0, 1.0, look, double_sided=True, unlit=True)
        )
        first, place = first + part.vertices, place + part.faces
    name = f"sceneproof {record.slot}"
    extras = {"sceneproof": {"slot": record.slot, **record.extras}}
    made = Node(f"/nodes/{node}", name, (), record.matrix, record.matrix, mesh, extras=extras)
    return replace(
        scene,
        nodes=(*scene.nodes, made),
        roots=(*scene.roots, node),
        meshes=(*scene.meshes, Mesh(f"/meshes/{mesh}", name, tuple(primitives))),
        materials=(*scene.materials, *materials),
    )


def label_lines(edits: Sequence[PutNode], first: int) -> tuple[LabelRecord, list[list[Array]], list[bytes]]:
    """The record, the columns of the vertices (place, normal, colour, by part), and the lines of the faces.

    `first` is the number of the label's first vertex. Raises `MarkError`.
    """
    if len(edits) != 1 or edits[0].parent is not None:
        raise MarkError("an OFF file has a place for one label")
    edit, about, places, faces = edits[0], [], [], []
    matrix = np.asarray(edit.matrix, np.float64)
    for part in edit.parts:
        world = np.asarray(part.positions, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
        if not len(world) or not len(part.triangles) or not np.isfinite(world).all():
            raise MarkError(f"the node {edit.slot!r} has no geometry, or its numbers are not finite")
        if np.abs(world.astype(np.float32) - world).max() > COARSE * float(np.sort(np.ptp(world, axis=0))[1]):
            raise MarkError("the numbers of the OFF's vertices are too coarse for a label's words there; recentre it")
        about.append(LabelPart(part.name, part.color, len(world), len(part.triangles)))
        away = matrix[:3, 2] / np.linalg.norm(matrix[:3, 2])
        places.append([world, np.tile(away, (len(world), 1)), np.tile(part.color[:3], (len(world), 1))])
        tint = b"%d %d %d" % tuple(round(255 * value) for value in part.color[:3])
        faces += [b"3 %d %d %d " % tuple(row) + tint for row in (np.asarray(part.triangles) + first).tolist()]
        first += len(world)
    return LabelRecord(edit.slot, matrix, tuple(about), dict(edit.extras)), places, faces


def vertex_lines(places: Sequence[Sequence[Array]], shape: tuple[bool, int, bool], white: float) -> list[bytes]:
    """The lines of vertices. `shape`: whether the file's have normals, how many numbers a colour has, and textures."""
    normals, colors, textured = shape
    out = []
    for world, away, tint in places:
        columns = [world, *([away] if normals else []), *([tint * white] if colors else [])]
        if colors == 4:
            columns.append(np.full((len(world), 1), white))
        columns += [np.zeros((len(world), 2))] if textured else []
        values = np.concatenate(columns, axis=1)
        words = shortest(values)
        width = values.shape[1]
        out += [b" ".join(words[k : k + width]) for k in range(0, len(words), width)]
    return out


def with_comment(text: bytes, record: LabelRecord, at: int) -> bytes:
    """The text with the record's line where an earlier one stands, else at offset `at`, where a line begins."""
    line = b"# sceneproof-label " + record.text().encode("ascii")
    if _MARK.search(text):
        return _MARK.sub(lambda _: line, text, count=1)
    return text[:at] + line + newline(text) + text[at:]


def spliced(
    text: bytes, lines: Lines, counts: tuple[tuple[int, int], tuple[int, int]], fresh: Sequence[list[bytes]]
) -> bytes:
    """The text with `fresh` vertices and faces behind the file's own (second of `counts`; the first counts all)."""
    (vertices, faces), (own, rows) = counts
    end = newline(text)
    pieces = (
        (_behind(lines, own), _behind(lines, vertices), fresh[0]),
        (_behind(lines, vertices + rows), _behind(lines, vertices + faces), fresh[1]),
    )
    out, at = [], 0
    for start, stop, added in pieces:
        gap = b"" if text[:start].endswith((b"\n", b"\r")) else end
        out += [text[at:start], gap, end.join(added), end]
        at = stop
    return b"".join([*out, text[at:]])


def _behind(lines: Lines, count: int) -> int:
    """The offset behind the first `count` lines and the break that ends them."""
    at = int(lines.ends[count - 1])
    return at + (2 if lines.data[at : at + 2] == b"\r\n" else 1 if at < len(lines.data) else 0)
