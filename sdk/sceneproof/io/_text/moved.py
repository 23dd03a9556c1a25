"""New positions for stored vertices that several primitives may share, and their words in a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sceneproof.edits import SetPositions
from sceneproof.errors import MarkError
from sceneproof.scene import Array

from .rewrite import replaced, shortest, word_spans
from .scan import Lines


def merged_positions(held: Array, vertices: Mapping[tuple[int, int], Array], edits: Sequence[SetPositions]) -> Array:
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
