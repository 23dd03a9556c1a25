"""A node of Sceneproof's own (the visible label) as an object at the end of an OBJ, between two comments.

The first comment holds, as JSON, what OBJ cannot say: the slot, the extras, and the names and colours of the materials.
Other tools see an object ``sceneproof-label`` with materials of a library beside the file, and colours at its vertices.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sceneproof.edits import PutNode
from sceneproof.errors import MarkError
from sceneproof.io._colors import linear
from sceneproof.io._text.encoding import newline
from sceneproof.io._text.rewrite import shortest
from sceneproof.scene import Material, Mesh, Node

LIBRARY_ENDING = ".sceneproof.mtl"
LIBRARY_HEAD = b"# sceneproof label: the materials of the object at the end of the OBJ\n"
MOST_BLOCKS = 64  # a mark writes one; what looks like more of them is left to be objects like others
LARGEST = 1 << 16  # bytes of the comment's JSON
_BEGIN = re.compile(rb"# sceneproof-label \{")
_MARK = re.compile(rb"(?:^|(?<=[\r\n]))# sceneproof-label (?:(\{[^\r\n]*\})|end)[ \t]*(?:\r\n|\r|\n|$)")
_LIBRARY = re.compile(rb"(?:^|(?<=[\r\n]))mtllib ([^\r\n]*)")


@dataclass(frozen=True, eq=False)
class Block:
    """One such object: where it stands in the text, its slot, extras, and (``usemtl`` name, name, sRGB colour)."""

    span: tuple[int, int]
    slot: str
    extras: Mapping[str, Any]
    materials: tuple[tuple[str, str, tuple[float, float, float, float]], ...]
    library: str | None
    library_span: tuple[int, int]


def blocks(text: bytes) -> list[Block]:
    """Every object of Sceneproof's own; one whose comment cannot be read is left to be an object like others."""
    found: list[Block] = []
    if b"# sceneproof-label " not in text:
        return found
    begin: re.Match[bytes] | None = None
    for mark in _MARK.finditer(text):
        if len(found) == MOST_BLOCKS:
            break
        if mark[1] is not None or begin is None:
            begin = mark if mark[1] is not None else None
            continue
        block = _block(begin[1], (begin.start(), mark.end()))
        library = _LIBRARY.search(text, begin.end(), mark.start())
        if block is not None and library is not None:
            name = library[1].strip().decode("utf-8", "replace")
            block = replace(block, library=name, library_span=library.span(1))
        if block is not None:
            found.append(block)
        begin = None
    return found


def _block(text: bytes, span: tuple[int, int]) -> Block | None:
    if len(text) > LARGEST:
        return None
    try:
        held = json.loads(text)
        materials = tuple(_stated(item) for item in held["materials"])
        slot, extras = held["slot"], held.get("extras", {})
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        return None
    if not isinstance(slot, str) or not isinstance(extras, Mapping):
        return None
    return Block(span, slot, extras, materials, None, (0, 0))


def _stated(item: Any) -> tuple[str, str, tuple[float, float, float, float]]:
    r, g, b, a = (float(value) for value in item["color"])
    if not all(math.isfinite(value) and 0 <= value <= 1 for value in (r, g, b, a)):
        raise ValueError("a colour is out of range")
    return str(item["usemtl"]), str(item["name"]), (r, g, b, a)


def object_name(slot: str) -> str:
    """The name of the object in the file."""
    return f"sceneproof-{slot}"


def materials(block: Block, first: int) -> list[Material]:
    """Its materials, as every reader of labels expects them: unlit, with the same colour as emission."""
    out = []
    for number, (_, name, color) in enumerate(block.materials, start=first):
        r, g, b = (linear(value) for value in color[:3])
        mode = "BLEND" if color[3] < 1 else "OPAQUE"
        out.append(
            Material(
                f"/materials/{number}", name, (r, g, b, color[3]), 0.0, 1.0, (r, g, b), alpha_mode=mode,
                double_sided=True, unlit=True,
            )
        )  # fmt: skip
    return out


def renamed(node: Node, mesh: Mesh, block: Block) -> tuple[Node, Mesh]:
    """The node and its mesh as the label that they are."""
    name = f"sceneproof {block.slot}"
    return replace(node, name=name, extras={"sceneproof": {"slot": block.slot, **block.extras}}), replace(
        mesh, name=name
    )


def without(text: bytes, slots: Sequence[str]) -> bytes:
    """The text without the blocks of those slots. Raises `MarkError` when something else stands behind one."""
    for block in reversed([block for block in blocks(text) if block.slot in slots]):
        rest = text[block.span[1] :]
        if re.sub(rb"#[^\r\n]*", b"", rest).strip() and not _BEGIN.match(rest):
            raise MarkError(
                f"the object of the slot {block.slot!r} is not the end of the file, so it cannot be put again"
            )
        text = text[: block.span[0]] + rest
    return text


def block_text(edit: PutNode, before: tuple[int, int], library: str, text: bytes) -> bytes:
    """The object's text, to be added at the end. `before` counts the ``v`` and ``vn`` statements that the file has.

    Raises `MarkError` when the node has no geometry.
    """
    arrays = [array for part in edit.parts for array in (part.positions, part.normals)]
    if not arrays or not all(len(array) and np.isfinite(array).all() for array in [*arrays, edit.matrix]):
        raise MarkError(f"the node {edit.slot!r} has no geometry, or its numbers are not finite")
    turn = np.linalg.inv(edit.matrix[:3, :3]).T
    stated, points, normals, faces = [], [], [], []
    vertex, normal = before
    for number, part in enumerate(edit.parts):
        name = f"sceneproof {part.name}"
        usemtl = re.sub(r"\s+", "_", name) if number == 0 else re.sub(r"\s+", "_", f"{name} {number}")
        stated.append({"usemtl": usemtl, "name": name, "color": [float(value) for value in part.color]})
        world = part.positions.astype(np.float64) @ edit.matrix[:3, :3].T + edit.matrix[:3, 3]
        color = b" ".join(shortest(np.array(part.color[:3])))
        points += [b"v " + b" ".join(row) + b" " + color for row in _rows(world)]
        away = part.normals.astype(np.float64) @ turn.T
        away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-30)
        distinct, which = np.unique(away.astype(np.float32), axis=0, return_inverse=True)
        normals += [b"vn " + b" ".join(row) for row in _rows(distinct)]
        faces.append(b"usemtl " + usemtl.encode())
        corners = np.asarray(part.triangles, np.int64)
        directions = which.reshape(-1)[corners] + normal + 1
        for corner, direction in zip((corners + vertex + 1).tolist(), directions.tolist(), strict=True):
            faces.append(b"f " + b" ".join(b"%d//%d" % pair for pair in zip(corner, direction, strict=True)))
        vertex += len(part.positions)
        normal += len(distinct)
    head = {"slot": edit.slot, "extras": dict(edit.extras), "materials": stated}
    lines = [
        b"# sceneproof-label " + json.dumps(head, ensure_ascii=False, separators=(",", ":"), default=str).encode(),
        b"mtllib " + library.encode(),
        b"o " + object_name(edit.slot).encode(),
        *points, *normals, *faces,
        b"# sceneproof-label end",
    ]  # fmt: skip
    end = newline(text)
    gap = b"" if not text or text.endswith((b"\n", b"\r")) else end
    return gap + end.join(lines) + end


def _rows(values: Any) -> list[list[bytes]]:
    words = shortest(values)
    return [words[k : k + 3] for k in range(0, len(words), 3)]


def library_text(held: Sequence[Block]) -> bytes:
    """The MTL of the blocks: flat colours without lighting, the same colour as emission."""
    lines = [LIBRARY_HEAD]
    for block in held:
        for usemtl, _, color in block.materials:
            rgb = b" ".join(shortest(np.array(color[:3])))
            lines.append(b"\nnewmtl " + usemtl.encode() + b"\nillum 0\n")
            lines.append(b"Ka " + rgb + b"\nKd " + rgb + b"\nKe " + rgb + b"\nKs 0 0 0\nd %g\n" % color[3])
    return b"".join(lines)
