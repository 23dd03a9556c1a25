"""New positions for primitives: in place where the bytes are theirs alone, else in an accessor of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sceneproof.edits import SetPositions
from sceneproof.errors import MarkError
from sceneproof.scene import Array

from .accessors import COMPONENTS, Accessors
from .container import GltfDocument
from .draco_edit import set_draco_positions
from .editor import Editor
from .meshopt_edit import MeshoptViews
from .rows import as_rows, moved_accessor, new_rows, put_rows
from .usage import Usage

Place = tuple[str | int, ...]


def stored(entry: dict[str, Any], positions: Array) -> Array:
    """Positions as an accessor stores them: float32, or rounded to its integers (KHR_mesh_quantization)."""
    dtype: np.dtype[Any] = np.dtype(COMPONENTS[entry["componentType"]])
    if dtype.kind == "f":
        return np.ascontiguousarray(positions, dtype)
    limits = np.iinfo(dtype)
    normalized = bool(entry.get("normalized"))
    scaled = positions.astype(np.float64) * (limits.max if normalized else 1)
    least = -limits.max if normalized and dtype.kind == "i" else limits.min  # -1.0 has two forms, which read alike
    return np.clip(np.rint(scaled), least, limits.max).astype(dtype)


def set_positions(editor: Editor, document: GltfDocument, edits: Sequence[SetPositions]) -> None:
    """Apply the edits. Primitives that share an accessor and get equal values go on sharing it.

    Raises `MarkError` for values that do not fit the primitive, or a Draco stream that cannot be packed again.
    """
    accessors = Accessors(document)
    wanted: dict[int, dict[bytes, list[Place]]] = {}
    arrays: dict[tuple[int, bytes], Array] = {}
    tolerances: dict[tuple[int, bytes], float] = {}
    for edit in set_draco_positions(editor, document, edits):
        place: Place = ("meshes", edit.mesh, "primitives", edit.primitive, "attributes", "POSITION")
        number, entry = accessors.entry(editor.get(*place), _pointer(place))
        values = _checked(edit.positions, entry, place)
        content = values.tobytes()
        arrays[number, content] = values
        if edit.tolerance is not None:
            tolerances[number, content] = min(edit.tolerance, tolerances.get((number, content), edit.tolerance))
        wanted.setdefault(number, {}).setdefault(content, []).append(place)
    usage = Usage(editor.tree)
    packed = MeshoptViews(editor, document)
    for number, groups in wanted.items():
        held = accessors.raw(number, "", ("VEC3",)).tobytes()
        for content, places in groups.items():
            if content == held:
                continue
            own = usage.users(number) == len(places) and not usage.shared(number)
            values, tolerance = arrays[number, content], tolerances.get((number, content))
            target, values = _put(editor, packed, number, values, own, tolerance)
            for place in places:
                editor.set(place, target)
            if values.tobytes() != held:
                _bounds(editor, target, values)
    packed.flush()


def _put(
    editor: Editor, packed: MeshoptViews, number: int, values: Array, own: bool, tolerance: float | None = None
) -> tuple[int, Array]:
    """Values written in place of accessor `number`, or of their own when others read it: where, and as they read."""
    entry = editor.tree["accessors"][number]
    if packed.holds(entry):
        found = packed.replace(entry, values, tolerance) if own else None
        if found is not None:
            return number, found
        view, found = packed.fresh(entry, values, tolerance)
        return moved_accessor(editor, entry, view), found
    if own and put_rows(editor, entry, as_rows(values)):
        return number, values
    return moved_accessor(editor, entry, new_rows(editor, as_rows(values))), values


def _pointer(place: Place) -> str:
    return "/" + "/".join(map(str, place))


def _checked(positions: Array, entry: dict[str, Any], place: Place) -> Array:
    if np.shape(positions) != (entry["count"], 3):
        raise MarkError(f"#{_pointer(place)}: {np.shape(positions)} values for {entry['count']} vertices")
    if not np.isfinite(positions).all():
        raise MarkError(f"#{_pointer(place)}: new positions are not finite")
    return stored(entry, np.asarray(positions))


def _bounds(editor: Editor, number: int, values: Array) -> None:
    """``min`` and ``max`` in the accessor's own numbers; both are required for POSITION (glTF 2.0, 3.7.2.1)."""
    integers = values.dtype.kind != "f"
    for name, row in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
        editor.set(("accessors", number, name), [int(item) if integers else float(item) for item in row])
