"""Edits applied to the text of an OBJ: coordinates of ``v``, comment lines at the head, an object at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sceneproof.edits import Edit, PutMetadata, PutNode, SetPositions
from sceneproof.io._plain import PlainDocument, with_metadata
from sceneproof.io._text.comments import with_slot
from sceneproof.io._text.encoding import Encoding, from_text
from sceneproof.io._text.moved import merged_positions, with_coordinates
from sceneproof.io._text.scan import Lines
from sceneproof.scene import Array

from .label import block_text, without
from .parse import count_statements


@dataclass(frozen=True, eq=False)
class Detail:
    """What an OBJ's document keeps: its text, where that comes from, and the way from vertices to ``v`` lines.

    `vertices` is `Geometry.vertices`; `positions` float32 [shape=(n, 3)] of all ``v``; `vertex_lines` those lines.
    """

    text: bytes
    encoding: Encoding
    folder: Path | None
    vertex_lines: Lines
    positions: Array
    vertices: dict[tuple[int, int], Array]
    library: str


def apply_edits(document: PlainDocument, edits: Sequence[Edit]) -> PlainDocument:
    """The document with all edits. Raises `MarkError` for one that cannot be made."""
    detail: Detail = document.detail
    text = _with_positions(detail, [edit for edit in edits if isinstance(edit, SetPositions)])
    nodes = {edit.slot: edit for edit in edits if isinstance(edit, PutNode)}
    if nodes:
        text = without(text, list(nodes))
        for edit in nodes.values():
            text += block_text(edit, count_statements(text), detail.library, text)
    if any(isinstance(edit, PutMetadata) for edit in edits):
        document = with_metadata(document, edits)
        text = with_slot(text, document.slot)
    if text == detail.text:
        return document
    return replace(document, raw=from_text(text, detail.encoding))


def _with_positions(detail: Detail, edits: Sequence[SetPositions]) -> bytes:
    moved = merged_positions(detail.positions, detail.vertices, edits)
    return with_coordinates(detail.text, detail.vertex_lines, 1, detail.positions, moved)
