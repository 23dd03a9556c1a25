"""Wavefront OBJ with its material libraries.

Kept: everything. New positions change the coordinates of the ``v`` statements that moved; the hidden label is two
comment lines at the head; the visible one is an object at the end with a library of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from sceneproof.edits import Edit
from sceneproof.errors import InputError
from sceneproof.scene import Material, Problem, Scene

from ._obj.apply import Detail, apply_edits
from ._obj.build import Geometry, geometry
from ._obj.label import Block, blocks, materials, object_name, renamed
from ._obj.materials import Looks, read_looks
from ._obj.parse import Statements, parse
from ._obj.write import library_name, save_obj
from ._plain import PlainDocument, asset_of, read_sidecar
from ._text.comments import read_slot
from ._text.encoding import name_of, to_text

EXTENSIONS = (".obj",)
WRITES = EXTENSIONS
PRESERVES = (
    "every byte but the coordinates of moved vertices, comments, unknown statements, encoding and line ends; material "
    "libraries and textures are copied beside the output"
)
MEDIA_TYPES = ("model/obj",)
_KEYWORD = re.compile(rb"^\s*(?:(?:v|vn|vt|f)[ \t]+[-+.\d]|(?:o|g|mtllib|usemtl)[ \t]+[^\W\d])")
_COMMENT = re.compile(rb"^[ \t]*#+[ \t]*([^\r\n]*[A-Za-z][^\r\n]*)", re.MULTILINE)


def sniff(head: bytes) -> bool:
    """Whether the first lines hold a statement of an OBJ."""
    try:
        text, _ = to_text(head[: len(head) // 2 * 2])
    except InputError:
        return False
    return b"\0" not in text and any(_KEYWORD.match(line) for line in text.splitlines())


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes, its libraries and textures from `folder`. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    return _scene(PlainDocument(data, sidecar=sidecar), uri, folder, problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document; the given one stays as it is."""
    document: PlainDocument = scene.document
    kept = [problem for problem in scene.problems if problem.code.startswith("sidecar-")]
    return _scene(apply_edits(document, edits), scene.uri, document.detail.folder, kept)


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for, without its parts."""
    data: bytes = scene.document.raw
    return data


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the document; parts first, under names that clash with nothing. Returns all files, the main one last."""
    return save_obj(scene.document, path)


def _scene(document: PlainDocument, uri: str | None, folder: Path | None, problems: list[Problem]) -> Scene:
    text, encoding = to_text(document.raw)
    found = parse(text, problems)
    own = {object_name(block.slot): block for block in blocks(text)}
    looks = read_looks(folder, found.libraries, {str(block.library) for block in own.values()}, problems)
    _complete(looks, found, own, problems)
    made = geometry(found, uri, looks.by_name, problems, _outside(found, own))
    _label(made, own)
    slot, others = read_slot(text)
    asset = dict(asset_of(slot, document.sidecar))
    if others:
        asset["extras"] = {**asset.get("extras", {}), **others}
    stem = PurePosixPath((uri or "label").replace("\\", "/")).stem
    detail = Detail(
        text, encoding, folder, found.lines.chosen(found.vertex_lines), found.positions.astype(np.float32),
        made.vertices, library_name(stem),
    )  # fmt: skip
    return Scene(
        format="obj",
        uri=uri,
        nodes=tuple(made.nodes),
        roots=tuple(range(len(made.nodes))),
        meshes=tuple(made.meshes),
        materials=tuple(looks.materials),
        images=tuple(looks.images),
        points=tuple(made.points),
        scene_index=0,
        generator=_generator(text),
        asset=asset,
        problems=tuple(problems),
        document=replace(document, slot=slot, detail=detail),
    )


def _complete(looks: Looks, found: Statements, own: dict[str, Block], problems: list[Problem]) -> None:
    """Materials of our own objects, and one for each name that no library defines."""
    for block in own.values():
        for (usemtl, _, _), material in zip(block.materials, materials(block, len(looks.materials)), strict=True):
            looks.by_name[usemtl] = len(looks.materials)
            looks.materials.append(material)
    missing = [name for name in dict.fromkeys(found.materials.names) if name not in looks.by_name]
    for name in missing:
        looks.by_name[name] = len(looks.materials)
        looks.materials.append(Material(f"/materials/{len(looks.materials)}", name, metallic=0.0, double_sided=True))
    if missing and looks.libraries:
        en = f"no library defines the material {missing[0][:80]!r}" + _more(len(missing))
        zh = f"没有材质库定义材质 {missing[0][:80]!r}（共 {len(missing):,} 个）"
        problems.append(Problem("material-missing", en, zh, count=len(missing)))


def _more(count: int) -> str:
    return f" (and {count - 1:,} more)" if count > 1 else ""


def _outside(found: Statements, own: dict[str, Block]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mask of the lines that are none of our own objects'."""
    mask = np.ones(len(found.lines.starts), bool)
    for block in own.values():
        mask &= (found.lines.starts < block.span[0]) | (found.lines.starts >= block.span[1])
    return mask


def _label(made: Geometry, own: dict[str, Block]) -> None:
    for number, node in enumerate(made.nodes):
        block = own.get(node.name)
        if block is not None and node.mesh is not None:
            made.nodes[number], made.meshes[node.mesh] = renamed(node, made.meshes[node.mesh], block)


def _generator(text: bytes) -> str:
    """The first comment at the head that has words in it: exporters name themselves there."""
    for line in text[:4096].splitlines()[:40]:
        match = _COMMENT.match(line)
        words = name_of(match[1]).strip(" #\t") if match else ""
        if words and not words.startswith(("AIGC", "DigitalSourceType", "sceneproof")):
            return words[:200]
    return ""
