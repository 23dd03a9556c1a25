"""Rows of an accessor written where they stand, or on a view of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.scene import Array

from .editor import Editor

_OLD_PLACE = ("sparse", "byteOffset", "bufferView")


def as_rows(values: Array) -> Array:
    """The bytes of values, a row each: uint8 [shape=(n, size)]."""
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)


def put_rows(editor: Editor, entry: dict[str, Any], rows: Array) -> bool:
    """Overwrite the bytes of accessor `entry`; False when they are sparse, compressed or missing."""
    view = editor.get("bufferViews", entry.get("bufferView", -1))
    if view is None or "sparse" in entry or view.get("extensions"):
        return False
    content = np.frombuffer(editor.buffer(int(view["buffer"])), np.uint8)
    start = int(view.get("byteOffset", 0)) + int(entry.get("byteOffset", 0))
    np.ndarray(rows.shape, np.uint8, content, start, (int(view.get("byteStride", rows.shape[1])), 1))[:] = rows
    return True


def new_rows(editor: Editor, rows: Array) -> int:
    """A view of its own for rows, which begin at multiples of four; its number."""
    padded = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4)))
    buffer, offset = editor.add_bytes(padded.tobytes())
    view: dict[str, Any] = {"buffer": buffer, "byteOffset": offset, "byteLength": padded.size, "target": 34962}
    if padded.shape != rows.shape:
        view["byteStride"] = padded.shape[1]
    return editor.append(("bufferViews",), view)


def moved_accessor(editor: Editor, entry: dict[str, Any], view: int, *, without: tuple[str, ...] = ()) -> int:
    """A copy of an accessor on another view, less the members `without`; its number."""
    kept = {name: value for name, value in entry.items() if name not in (*_OLD_PLACE, *without)}
    return editor.append(("accessors",), {**kept, "bufferView": view})
