"""Edits applied to the text of an OBJ: coordinates of ``v``, comment lines at the head, an object at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sceneproof.edits import Edit, PutMetadata, PutNode, SetPositions
from sceneproof.errors import MarkError
from sceneproof.io._plain import PlainDocument, with_metadata
from sceneproof.io._text.comments import with_slot
from sceneproof.io._text.encoding import Encoding, from_text
from sceneproof.io._text.rewrite import replaced, shortest, word_spans
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


def merged_positions(held: Array, vertices: dict[tuple[int, int], Array], edits: Sequence[SetPositions]) -> Array:
    """Float32 [shape=(n, 3)] of all stored vertices after the edits.

    Raises `MarkError` where an edit does not fit its primitive, or two want one vertex in different places.
    """
    moved: Array = held.copy()
    done = np.zeros(len(held), bool)
    for edit in edits:
        place = f"/meshes/{edit.mesh}/primitives/{edit.primitive}"
        rows: Any = vertices.get((edit.mesh, edit.primitive))
        if rows is None or np.shape(edit.positions) != (len(rows), 3):
            raise MarkError(
                f"#{place}: {np.shape(edit.positions)} values for {0 if rows is None else len(rows)} vertices"
            )
        values = np.asarray(edit.positions, np.float32)
        if not np.isfinite(values).all():
            raise MarkError(f"#{place}: new positions are not finite")
        fresh = ~done[rows]
        moved[rows[fresh]] = values[fresh]
        done[rows] = True
        if not np.array_equal(moved[rows], values):
            raise MarkError(
                f"#{place}: shares vertices with another primitive, and the two want them in different places"
            )
    return moved


def with_coordinates(text: bytes, lines: Lines, skip: int, held: Array, moved: Array) -> bytes:
    """`text` with the first three words of the lines written anew where a value differs from the one held."""
    with np.errstate(invalid="ignore"):
        changed = moved != held
    changed &= np.isfinite(moved)
    rows = np.flatnonzero(changed.any(axis=1))
    if not len(rows):
        return text
    spans = word_spans(lines.chosen(rows), skip, 3)
    which = changed[rows]
    order = np.argsort(spans[which][:, 0], kind="stable")
    words = shortest(moved[rows][which][order])
    return replaced(text, spans[which][order], words)
