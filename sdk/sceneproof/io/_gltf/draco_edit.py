"""New positions for primitives in Draco streams: the stream is packed again, in the place of the old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.edits import SetPositions
from sceneproof.errors import InputError, MarkError
from sceneproof.scene import Array

from . import fields
from .accessors import COMPONENTS, Accessors
from .compact import put_ranges
from .container import GltfDocument
from .editor import Editor
from .usage import Usage

DRACO = "KHR_draco_mesh_compression"
Place = tuple[str | int, ...]


@dataclass(eq=False)
class _Stream:
    """One stream with its new content, and the primitives that get it."""

    data: bytes
    before: int
    values: Array
    bits: Mapping[str, tuple[int | None, int | None]]
    places: list[Place] = field(default_factory=list)


def set_draco_positions(editor: Editor, document: GltfDocument, edits: Sequence[SetPositions]) -> list[SetPositions]:
    """Apply the edits of primitives that keep their positions in Draco; returns those that are left for accessors.

    A stream that only the edited primitives use is replaced; else they get one of their own. ``min`` and ``max`` of
    the accessor follow what the stream decodes to. An edit of an accessor that holds plain values beside the stream
    (a fallback) is among those returned, with the decoded values.
    Raises `MarkError` for a stream that cannot be packed again.
    """
    accessors = Accessors(document)
    left: list[SetPositions] = []
    streams: dict[tuple[int, bytes], _Stream] = {}
    changed: list[tuple[Place, Array]] = []
    for edit in edits:
        place: Place = ("meshes", edit.mesh, "primitives", edit.primitive)
        if editor.get(*place, "extensions", DRACO) is None:
            left.append(edit)
            continue
        _, entry = accessors.entry(editor.get(*place, "attributes", "POSITION"), _pointer(place))
        stream = _repacked(editor, accessors, place, edit, entry, streams)
        if stream is None:
            continue
        if "bufferView" in entry:
            left.append(SetPositions(edit.mesh, edit.primitive, _unscaled(entry, stream.values)))
        else:
            changed.append((place, stream.values))
    _put(editor, streams)
    _bounds(editor, changed)
    return left


def _pointer(place: Place) -> str:
    return "/" + "/".join(map(str, place))


def _repacked(
    editor: Editor,
    accessors: Accessors,
    place: Place,
    edit: SetPositions,
    entry: dict[str, Any],
    streams: dict[tuple[int, bytes], _Stream],
) -> _Stream | None:
    """The primitive's stream with new positions, ``None`` when they are those that it holds."""
    from sceneproof.io._codecs.draco_encode import replace_positions

    pointer = _pointer((*place, "extensions", DRACO))
    settings = editor.get(*place, "extensions", DRACO)
    view = fields.whole(settings.get("bufferView")) if isinstance(settings, dict) else None
    ids = settings.get("attributes") if isinstance(settings, dict) else None
    if view is None or not isinstance(ids, dict) or "POSITION" not in ids:
        raise MarkError(f"#{pointer}: positions are not in the stream, so they cannot be set")
    if np.shape(edit.positions) != (entry["count"], 3) or not np.isfinite(edit.positions).all():
        raise MarkError(f"#{_pointer(place)}: new positions are not finite, or not {entry['count']} rows of three")
    data = bytes(accessors.view_bytes(view, pointer))
    try:
        packed = replace_positions(data, ids, _scaled(entry, edit.positions), edit.tolerance)
    except (MarkError, InputError) as error:
        raise MarkError(f"#{pointer}: {error.reason if isinstance(error, InputError) else error}") from None
    if packed.data == data:
        return None
    stream = streams.setdefault((view, packed.data), _Stream(packed.data, len(data), packed.positions, packed.bits))
    stream.places.append(place)
    return stream


def _scaled(entry: dict[str, Any], positions: Array) -> Array:
    """Positions in the numbers that the stream holds: those of the accessor (KHR_mesh_quantization)."""
    dtype: np.dtype[Any] = np.dtype(COMPONENTS[entry["componentType"]])
    wide: Array = np.asarray(positions, np.float64)
    if not entry.get("normalized") or dtype.kind == "f":
        return wide
    most = np.iinfo(dtype).max
    return np.clip(wide, -1 if dtype.kind == "i" else 0, 1) * most  # the least signed number means -1 too


def _unscaled(entry: dict[str, Any], values: Array) -> Array:
    """The reverse of `_scaled`."""
    dtype: np.dtype[Any] = np.dtype(COMPONENTS[entry["componentType"]])
    wide: Array = values.astype(np.float64)
    return wide / np.iinfo(dtype).max if entry.get("normalized") and dtype.kind != "f" else wide


def _put(editor: Editor, streams: Mapping[tuple[int, bytes], _Stream]) -> None:
    """Write the streams and say what was packed again."""
    names = Counter(_named_views(editor.tree))
    own = {view: stream.data for (view, _), stream in streams.items() if names[view] == len(stream.places)}
    put_ranges(editor, {("bufferViews", view): data for view, data in own.items()})
    for (view, _), stream in streams.items():
        if view not in own:
            buffer, offset = editor.add_bytes(stream.data)
            fresh = {"buffer": buffer, "byteOffset": offset, "byteLength": len(stream.data)}
            target = editor.append(("bufferViews",), fresh)
            for place in stream.places:
                editor.set((*place, "extensions", DRACO, "bufferView"), target)
        for place in stream.places:
            pointer = _pointer(place)
            before = editor.reencoded.get(pointer, {}).get("bytes_before", stream.before)
            editor.reencoded[pointer] = {
                "pointer": pointer,
                "codec": DRACO,
                "bits": {name: {"before": old, "after": new} for name, (old, new) in stream.bits.items()},
                "bytes_before": before,
                "bytes_after": len(stream.data),
            }


def _named_views(value: Any) -> Iterator[int]:
    """Every ``bufferView`` of a document, in known extensions or not."""
    if isinstance(value, list):
        for item in value:
            yield from _named_views(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            number = fields.whole(item) if name == "bufferView" else None
            if number is not None:
                yield number
            elif isinstance(item, dict | list):
                yield from _named_views(item)


def _bounds(editor: Editor, changed: Sequence[tuple[Place, Array]]) -> None:
    """``min`` and ``max`` of accessors without data; one that others use too is left to them, and copied."""
    usage = Usage(editor.tree)
    groups: dict[tuple[int, bytes], list[Place]] = {}
    arrays: dict[bytes, Array] = {}
    for place, values in changed:
        content = values.tobytes()
        arrays[content] = values
        groups.setdefault((editor.get(*place, "attributes", "POSITION"), content), []).append(place)
    for (number, content), places in groups.items():
        target = number
        if usage.users(number) != len(places):
            target = editor.append(("accessors",), dict(editor.tree["accessors"][number]))
            for place in places:
                editor.set((*place, "attributes", "POSITION"), target)
        values = arrays[content]
        whole = values.dtype.kind != "f"
        for name, row in (("min", values.min(axis=0)), ("max", values.max(axis=0))):
            editor.set(("accessors", target, name), [int(item) if whole else float(item) for item in row])
