"""OFF (Geomview's object file format), ASCII: one vertex, then one face, to a line; also COFF, NOFF, STOFF.

Kept: everything. New positions change the coordinates of the vertices that moved; the hidden label is two comment
lines behind the header and a sidecar; a visible one is vertices and faces at the end (`_off_label`).

Source: Geomview manual, "OFF Files".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from sceneproof.edits import Edit, PutMetadata, PutNode, SetPositions
from sceneproof.errors import InputError, LimitError, MarkError
from sceneproof.kernels.rows import finite_rows
from sceneproof.scene import Array, Mesh, Mode, Node, PointCloud, Primitive, Problem, Scene

from ._colors import linear_of
from ._off_label import held as label_of
from ._off_label import label_lines, spliced, vertex_lines, with_comment, with_label
from ._plain import PlainDocument, asset_of, read_sidecar, save_plain, with_metadata
from ._text.comments import read_slot, with_slot
from ._text.encoding import Encoding, from_text, to_text
from ._text.moved import merged_positions, with_coordinates
from ._text.polygons import triangulate
from ._text.scan import Lines, Ragged, numbers, split_lines

EXTENSIONS = (".off", ".coff")
WRITES = EXTENSIONS
PRESERVES = "every byte but the coordinates of moved vertices; a label is vertices and faces at the end, and a comment"
MEDIA_TYPES: tuple[str, ...] = ()
MOST_BAD_SHARE = 0.5  # of the faces; with more the file is damaged, not merely odd
_HEAD = re.compile(rb"(ST)?(C)?(N)?(4)?(n)?OFF(?=[\s\d#]|$)")
_COUNTS = re.compile(rb"\d+(\s+)\d+")
_BINARY = re.compile(rb"[ \t]+BINARY", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Detail:
    """The way back from vertices to lines: `vertices` and `positions` as in `merged_positions`."""

    text: bytes
    encoding: Encoding
    lines: Lines
    positions: Array
    vertices: dict[tuple[int, int], Array]
    after_header: int
    own: tuple[int, int]  # vertices and faces that are the subject's


def sniff(head: bytes) -> bool:
    """Whether the first word is that of an OFF."""
    return bool(_HEAD.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")))


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    return _scene(PlainDocument(data, sidecar=sidecar), uri, problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document. Raises `MarkError`."""
    document: PlainDocument = scene.document
    detail: Detail = document.detail
    moved = merged_positions(
        detail.positions, detail.vertices, [edit for edit in edits if isinstance(edit, SetPositions)]
    )
    text = with_coordinates(detail.text, detail.lines, 0, detail.positions, moved)
    if any(isinstance(edit, PutMetadata) for edit in edits):
        document = with_metadata(document, edits)
        text = with_slot(text, document.slot, detail.after_header)
    nodes = [edit for edit in edits if isinstance(edit, PutNode)]
    if nodes:
        text = _labelled(text, detail.own, nodes)
    raw = document.raw if text == detail.text else from_text(text, detail.encoding)
    kept = [problem for problem in scene.problems if problem.code.startswith("sidecar-")]
    return _scene(replace(document, raw=raw), scene.uri, kept)


def _labelled(text: bytes, own: tuple[int, int], nodes: Sequence[PutNode]) -> bytes:
    """The text with the label of `nodes` in place of any that it has."""
    record, places, faces = label_lines(nodes, own[0])
    text = with_comment(text, record, _header(text)[3])
    lines, kind, counts, _, at = _header(text)
    held = numbers(lines.chosen(np.arange(own[0])), 0)
    if not own[0] or not (held.counts == held.counts[0]).all():
        raise MarkError("the OFF has no even lines of vertices that a label could be added to")
    normals, colors, textured = _shape(kind, int(held.counts[0]))
    shades = held.columns(6 if normals else 3, colors) if colors else np.zeros((1, 1))
    white = 255.0 if np.nan_to_num(shades).max() > 1.0 else 1.0
    total = own[0] + record.vertices, own[1] + record.faces
    text = spliced(text, lines, (counts, own), (vertex_lines(places, (normals, colors, textured), white), faces))
    return text[:at] + _COUNTS.sub(lambda found: b"%d%s%d" % (total[0], found[1], total[1]), text[at:], count=1)


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for."""
    data: bytes = scene.document.raw
    return data


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the file and its sidecar. Returns all files, the main one last."""
    return save_plain(scene.document, scene.document.raw, path)


def _scene(document: PlainDocument, uri: str | None, problems: list[Problem]) -> Scene:
    text, encoding = to_text(document.raw)
    lines, kind, counts, after_header, _ = _header(text)
    if len(lines.starts) < sum(counts):
        raise InputError(
            f"{counts[0]:,} vertices and {counts[1]:,} faces need a line each, there are {len(lines.starts):,}"
        )
    held = numbers(lines.chosen(np.arange(counts[0])), 0)
    with np.errstate(over="ignore"):
        positions = held.columns(0, 3).astype(np.float32)
    meshes: tuple[Mesh, ...] = ()
    points: tuple[PointCloud, ...] = ()
    attributes = _attributes(held, kind, positions)
    label, every = label_of(text, lines, counts, problems), positions
    own = counts if label is None else (label.first, counts[1] - len(label.corners))
    positions, attributes = positions[: own[0]], {key: values[: own[0]] for key, values in attributes.items()}
    if own[1]:
        triangles = _faces(lines.chosen(np.arange(counts[0], counts[0] + own[1])), positions, problems)
        used = finite_rows(positions)
        rows = np.arange(own[0]) if used.all() else np.flatnonzero(used)
        number = np.cumsum(used) - 1
        name = PurePosixPath((uri or "").replace("\\", "/")).stem or "mesh"
        shown: dict[str, Any] = {key: values[rows] for key, values in attributes.items()}
        part = Primitive("/meshes/0/primitives/0", Mode.TRIANGLES, shown, number[triangles])
        meshes = (Mesh("/meshes/0", name, (part,)),)
    else:
        rows = np.flatnonzero(finite_rows(positions))
        if len(rows):
            color, normal = attributes.get("COLOR_0"), attributes.get("NORMAL")
            points = (
                PointCloud(
                    "/points/0",
                    positions[rows],
                    None if color is None else color[rows, :3],
                    None if normal is None else normal[rows],
                ),
            )
    left = own[0] - len(rows)
    if left:
        en = f"{left:,} vertices are not finite; they are left out"
        problems.append(Problem("vertex-not-finite", en, f"{left:,} 个顶点的坐标非有限，已略去", count=left))
    slot, others = read_slot(text)
    asset = dict(asset_of(slot, document.sidecar))
    if others:
        asset["extras"] = {**asset.get("extras", {}), **others}
    vertices = {(0, 0): rows} if meshes else {}
    own_lines = lines.chosen(np.arange(own[0]))
    detail = Detail(text, encoding, own_lines, positions, vertices, after_header, own)
    made = Scene(
        format="off",
        uri=uri,
        nodes=tuple(Node("/nodes/0", mesh.name, (), np.eye(4), np.eye(4), mesh=0) for mesh in meshes),
        roots=tuple(range(len(meshes))),
        meshes=meshes,
        points=points,
        scene_index=0,
        asset=asset,
        problems=tuple(problems),
        document=replace(document, slot=slot, detail=detail),
    )
    return with_label(made, label, every)


def _header(text: bytes) -> tuple[Lines, re.Match[bytes] | None, tuple[int, int], int, int]:
    """The lines behind the counts, the first word, vertices and faces, where a comment may stand, where counts do."""
    lines = split_lines(text)
    kept = np.frombuffer(text, np.uint8)[lines.starts] != 35 if len(lines.starts) else np.zeros(0, bool)
    lines = lines.chosen(kept)
    kind = _HEAD.match(text, int(lines.starts[0])) if len(lines.starts) else None
    if kind is not None:
        if _BINARY.match(text, kind.end()):
            raise InputError("is a binary OFF, which is not read; write it as ASCII")
        if kind[4] or kind[5]:
            raise InputError(f"is {kind[0].decode()}, with coordinates of four or n dimensions, which is not read")
        first, place = lines.data[kind.end() : int(lines.stops[0])], kind.end()
    else:
        first = lines.text(0) if len(lines.starts) else b""  # the first word may be missing
        place = int(lines.starts[0]) if len(lines.starts) else 0
    skip = 1
    if kind is not None and not first.strip() and len(lines.starts) > 1:
        first, skip, place = lines.data[int(lines.starts[1]) : int(lines.stops[1])], 2, int(lines.starts[1])
    words = first.split()
    if len(words) < 2 or not all(word.isdigit() and len(word) < 12 for word in words[:2]):
        raise InputError("is no OFF: the counts of vertices and faces are missing")
    counts = int(words[0]), int(words[1])
    if max(counts) > len(text):  # a line each is two bytes at least
        raise LimitError(f"{len(text):,} bytes claim {counts[0]:,} vertices and {counts[1]:,} faces")
    rest = lines.chosen(np.arange(skip, len(lines.starts)))
    at = int(rest.starts[0]) if len(rest.starts) else len(text)
    at = max(text.rfind(b"\n", 0, at), text.rfind(b"\r", 0, at)) + 1  # the line's own beginning
    return rest, kind, counts, at, place


def _shape(kind: re.Match[bytes] | None, width: int) -> tuple[bool, int, bool]:
    """Of a vertex's line with so many numbers: whether it has a normal, how many are its colour, and a texture."""
    normals, textured = kind is not None and bool(kind[3]) and width >= 6, kind is not None and bool(kind[1])
    left = width - (6 if normals else 3) - (2 if textured else 0)
    return normals, left if left in (3, 4) else 0, textured


def _attributes(held: Ragged, kind: re.Match[bytes] | None, positions: Array) -> dict[str, Any]:
    """Normals and colours behind the coordinates, as the first word says; colours also where it does not."""
    out: dict[str, Any] = {"POSITION": positions}
    if not len(held.counts) or not (held.counts == held.counts[0]).all():
        return out
    width, at = int(held.counts[0]), 3
    normals, left, textured = _shape(kind, width)
    if normals:
        out["NORMAL"] = held.columns(at, 3).astype(np.float32)
        at += 3
    if left:
        colors = np.clip(np.nan_to_num(held.columns(at, left)), 0.0, None)
        colors = colors / 255.0 if colors.max(initial=0.0) > 1.0 else colors
        alpha = np.minimum(colors[:, 3:], 1.0).astype(np.float32)
        out["COLOR_0"] = np.concatenate([linear_of(colors[:, :3]), alpha], axis=1)
        at += left
    if textured and width >= at + 2:
        out["TEXCOORD_0"] = (held.columns(at, 2) * (1.0, -1.0) + (0.0, 1.0)).astype(np.float32)
    return out


def _faces(lines: Lines, positions: Array, problems: list[Problem]) -> Array:
    """Triangles into `positions`. Faces that cannot be used are left out and named, or refused when they are most."""
    held = numbers(lines, 0)
    begins = np.cumsum(held.counts) - held.counts
    stated = np.zeros(len(held.counts), np.int64)
    has = held.counts > 0
    first = np.nan_to_num(held.values[begins[has]], nan=0.0, posinf=0.0, neginf=0.0)
    stated[has] = np.clip(first, 0, 1 << 40).astype(np.int64)
    fits = (stated < held.counts) & (stated >= 3)
    counts = stated[fits]
    step = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    raw = held.values[np.repeat(begins[fits] + 1, counts) + step]
    known = np.isfinite(raw) & (raw >= 0) & (raw < len(positions)) & (raw == np.floor(raw))
    corners = np.where(known, raw, 0).astype(np.int64)
    if len(positions):
        known &= finite_rows(positions)[corners]
    owner = np.repeat(np.arange(len(counts)), counts)
    sound = np.ones(len(counts), bool)
    sound[owner[~known]] = False
    usable = fits.copy()
    usable[fits] = sound
    bad = int(len(usable) - np.count_nonzero(usable))
    few = int(np.count_nonzero(has & (stated < 3) & (stated < held.counts)))
    if bad:
        line = lines.number(int(np.argmin(usable)))
        if bad - few > MOST_BAD_SHARE * len(usable):
            raise InputError(f"{bad:,} of {len(usable):,} faces cannot be used (the first: line {line:,})")
        en = f"line {line:,}: the face has too few corners, or one that is not there; it is left out"
        en += f" (and {bad - 1:,} more)" * (bad > 1)
        zh = f"第 {line:,} 行：该面的顶点不足或引用了不存在的顶点，已略去（共 {bad:,} 个）"
        problems.append(Problem("face-unusable", en, zh, count=bad))
    corners = corners[np.repeat(sound, counts)]
    triangles, _ = triangulate(positions[corners].astype(np.float64), counts[sound])
    found: Array = corners[triangles]
    return found
