"""New positions for primitives: in place where the bytes are theirs alone, else in an accessor of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...edits import SetPositions
from ...scene import Array
from .accessors import COMPONENTS, WIDTHS, Accessors
from .container import GltfDocument
from .editor import Editor


def stored(entry: dict[str, Any], positions: Array) -> Array:
    """Positions as an accessor stores them: float32, or rounded to its integers (KHR_mesh_quantization)."""
    dtype = np.dtype(COMPONENTS[entry["componentType"]])
    if dtype.kind == "f":
        return np.ascontiguousarray(positions, dtype)
    limits = np.iinfo(dtype)
    scaled = positions.astype(np.float64) * (limits.max if entry.get("normalized") else 1)
    return np.clip(np.rint(scaled), limits.min, limits.max).astype(dtype)


def set_positions(editor: Editor, document: GltfDocument, edits: Sequence[SetPositions]) -> None:
    """Apply the edits. Primitives that share an accessor and get equal values go on sharing it."""
    accessors = Accessors(document)
    done: dict[tuple[int, bytes], int] = {}
    for edit in edits:
        place = ("meshes", edit.mesh, "primitives", edit.primitive, "attributes", "POSITION")
        number = editor.get(*place)
        entry = editor.tree["accessors"][number]
        values = stored(entry, edit.positions)
        if values.tobytes() == accessors.raw(number, "", ("VEC3",)).tobytes():
            continue
        key = (number, values.tobytes())
        if key not in done:
            taken = any(other == number for other, _ in done)
            done[key] = number
            if taken or not _in_place(editor, number, entry, values):
                done[key] = _fresh(editor, entry, values)
        editor.set(place, done[key])
        _bounds(editor, done[key], values)


def _bounds(editor: Editor, number: int, values: Array) -> None:
    """``min`` and ``max`` in the accessor's own numbers; both are required for POSITION (glTF 2.0, 3.7.2.1)."""
    integers = values.dtype.kind != "f"
    for name, row in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
        editor.set(("accessors", number, name), [int(item) if integers else float(item) for item in row])


def _in_place(editor: Editor, number: int, entry: dict[str, Any], values: Array) -> bool:
    """Overwrite the accessor's bytes; False when it has none of its own."""
    if "bufferView" not in entry or "sparse" in entry:
        return False
    view = editor.tree["bufferViews"][entry["bufferView"]]
    if view.get("extensions"):
        return False
    size = values.dtype.itemsize * 3
    stride = view.get("byteStride", size)
    start = view.get("byteOffset", 0) + entry.get("byteOffset", 0)
    if _overlapped(editor.tree, number, start, stride, len(values), size):
        return False
    content = np.frombuffer(editor.buffer(view["buffer"]), np.uint8)
    rows = np.ndarray((len(values), size), np.uint8, content, start, (stride, 1))
    rows[:] = values.view(np.uint8).reshape(len(values), size)
    return True


def _overlapped(tree: dict[str, Any], number: int, start: int, stride: int, count: int, size: int) -> bool:
    """Whether another accessor reads any of the bytes."""
    mine = tree["accessors"][number]
    buffer = tree["bufferViews"][mine["bufferView"]]["buffer"]
    end = start + (count - 1) * stride + size
    for other, entry in enumerate(tree["accessors"]):
        if other == number or "bufferView" not in entry:
            continue
        view = tree["bufferViews"][entry["bufferView"]]
        if view.get("buffer") != buffer:
            continue
        width = np.dtype(COMPONENTS[entry["componentType"]]).itemsize * WIDTHS[entry["type"]]
        step = view.get("byteStride", width)
        begin = view.get("byteOffset", 0) + entry.get("byteOffset", 0)
        if begin >= end or begin + (max(entry["count"], 1) - 1) * step + width <= start:
            continue
        gap = (begin - start) % stride
        if step == stride and gap >= size and gap + width <= stride:
            continue  # interleaved: same rows, other columns
        return True
    return False


def _fresh(editor: Editor, entry: dict[str, Any], values: Array) -> int:
    size = values.dtype.itemsize * 3
    padded = -size % 4  # rows of vertex data begin at multiples of four
    rows = np.zeros((len(values), size + padded), np.uint8)
    rows[:, :size] = values.view(np.uint8).reshape(len(values), size)
    buffer, offset = editor.add_bytes(rows.tobytes())
    view: dict[str, Any] = {"buffer": buffer, "byteOffset": offset, "byteLength": rows.nbytes, "target": 34962}
    if padded:
        view["byteStride"] = size + padded
    kept = {name: value for name, value in entry.items() if name not in ("sparse", "byteOffset", "bufferView")}
    return editor.append(("accessors",), {**kept, "bufferView": editor.append(("bufferViews",), view)})
