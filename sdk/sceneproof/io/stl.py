"""STL, binary and ASCII: one mesh per solid, its triangles as stored.

Kept: everything. New positions change the corners that moved; facet normals, attributes, names and what follows the
last facet stay. STL has no place for a record: the hidden label is in the sidecar, the file says so where it has room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from sceneproof.edits import Edit, PutMetadata, PutNode, SetPositions
from sceneproof.scene import EMPTY, Array, Material, Mesh, Mode, Node, Primitive, Problem, Scene

from ._plain import PlainDocument, asset_of, read_sidecar, refuse, save_plain, with_metadata
from ._stl import ascii as text_form
from ._stl import binary
from ._stl.facets import Facets, usable
from ._text.encoding import Encoding, from_text, to_text
from ._text.moved import merged_positions, with_coordinates

EXTENSIONS = (".stl",)
WRITES = EXTENSIONS
PRESERVES = (
    "every byte but the corners of moved facets: normals, attributes, header, names, what follows the last facet"
)
MEDIA_TYPES = ("model/stl",)
NO_LABEL = "STL has no colours, so a label in it would have no contrast; convert the asset to OBJ, PLY or GLB for one"


@dataclass(frozen=True, eq=False)
class Detail:
    """The way back from vertices to the file: `vertices` as in `merged_positions`; `text` is ``None`` if binary."""

    facets: Facets
    vertices: dict[tuple[int, int], Array]
    text: bytes | None
    encoding: Encoding


def sniff(head: bytes) -> bool:
    """Whether the first bytes look like an ASCII STL; a binary one cannot be told without its length."""
    return text_form.is_ascii(head)


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    return _scene(PlainDocument(data, sidecar=sidecar), uri, problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document. Raises `MarkError` for a node: see `NO_LABEL`."""
    refuse(PutNode, edits, NO_LABEL)
    document: PlainDocument = scene.document
    detail: Detail = document.detail
    found = detail.facets
    moved = merged_positions(
        found.positions, detail.vertices, [edit for edit in edits if isinstance(edit, SetPositions)]
    )
    if any(isinstance(edit, PutMetadata) for edit in edits):
        document = replace(with_metadata(document, edits), slot=EMPTY)  # all of it is in the sidecar
    if found.lines is None or detail.text is None:
        raw = binary.with_corners(document.raw, found.positions, moved)
        raw = binary.with_marker(raw) if document.sidecar else raw
    else:
        text = with_coordinates(detail.text, found.lines, 6, found.positions, moved)
        text = text_form.with_marker(text) if document.sidecar else text
        raw = document.raw if text == detail.text else from_text(text, detail.encoding)
    kept = [problem for problem in scene.problems if problem.code.startswith("sidecar-") and not document.sidecar]
    return _scene(replace(document, raw=raw), scene.uri, kept)


def bears_label(scene: Scene) -> bool:  # noqa: ARG001 - the protocol's parameter
    """Never: see `NO_LABEL`."""
    return False


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for."""
    data: bytes = scene.document.raw
    return data


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the file and its sidecar. Returns all files, the main one last."""
    return save_plain(scene.document, scene.document.raw, path)


def _scene(document: PlainDocument, uri: str | None, problems: list[Problem]) -> Scene:
    text: bytes | None = None
    encoding = Encoding()
    if not binary.is_exact(document.raw):
        head, encoding = to_text(document.raw[:4096]) if document.raw[:1] > b"\x7f" else (document.raw[:4096], encoding)
        if text_form.is_ascii(head):
            text, encoding = to_text(document.raw)
    found = binary.read_binary(document.raw, problems) if text is None else text_form.read_ascii(text, problems)
    if found.marked and not document.sidecar:
        en = "the file says that a sidecar holds its AIGC record, and there is none"
        problems.append(Problem("sidecar-missing", en, "文件注明 AIGC 标识位于附属文件中，但未找到该附属文件"))
    sound = usable(found, problems)
    stem = PurePosixPath((uri or "").replace("\\", "/")).stem or "solid"
    material = None if found.base_color is None else Material("/materials/0", "", found.base_color, 0.0, 1.0)
    meshes: list[Mesh] = []
    vertices: dict[tuple[int, int], Array] = {}
    order = np.argsort(found.solid, kind="stable")
    ends = np.cumsum(np.bincount(found.solid, minlength=len(found.names)))
    for number, name in enumerate(found.names):
        chosen = order[(ends[number - 1] if number else 0) : ends[number]]
        chosen = chosen[sound[chosen]]
        if len(chosen):
            mesh = len(meshes)
            vertices[mesh, 0] = (chosen[:, None] * 3 + np.arange(3)).reshape(-1)
            part = _primitive(f"/meshes/{mesh}/primitives/0", found, chosen, 0 if material else None)
            meshes.append(Mesh(f"/meshes/{mesh}", name or stem, (part,)))
    return Scene(
        format="stl",
        uri=uri,
        nodes=tuple(
            Node(f"/nodes/{number}", mesh.name, (), np.eye(4), np.eye(4), mesh=number)
            for number, mesh in enumerate(meshes)
        ),
        roots=tuple(range(len(meshes))),
        meshes=tuple(meshes),
        materials=(material,) if material else (),
        scene_index=0,
        generator=found.header[:200],
        asset=asset_of({}, document.sidecar),
        problems=tuple(problems),
        document=replace(document, detail=Detail(found, vertices, text, encoding)),
    )


def _primitive(pointer: str, found: Facets, chosen: Array, material: int | None) -> Primitive:
    """The triangles of some facets; normals only where all of them have one."""
    corners = (chosen[:, None] * 3 + np.arange(3)).reshape(-1)
    attributes: dict[str, Any] = {"POSITION": found.positions[corners]}
    normals = found.normals[chosen].astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        length = np.linalg.norm(normals, axis=1)
        if (np.abs(length - 1.0) < 0.1).all():
            attributes["NORMAL"] = np.repeat((normals / length[:, None]).astype(np.float32), 3, axis=0)
    if found.colors is not None:
        attributes["COLOR_0"] = np.repeat(found.colors[chosen], 3, axis=0)
    triangles = np.arange(len(corners), dtype=np.int64).reshape(-1, 3)
    return Primitive(pointer, Mode.TRIANGLES, attributes, triangles, material=material)
