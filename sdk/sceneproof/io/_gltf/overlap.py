"""Bytes that two uses of different kinds claim.

Accessors may share bytes, and exporters make use of it: several over one buffer view, or several views over one range.
What no exporter writes, and what cannot mean both things, is a range that is vertex data and indices, or vertex data
and a compressed stream, or a stream and a picture. Such a file is refused: each reader would see other geometry, and
a mark put into one use would change the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sceneproof.errors import InputError

from . import fields
from .accessors import COMPONENTS, MESHOPT, WIDTHS, element_bytes
from .container import GltfDocument

_DRACO = "KHR_draco_mesh_compression"
_Claim = tuple[int, int, int, str, str]  # buffer, first byte, byte behind the last, kind, pointer


def refuse_overlaps(document: GltfDocument) -> None:
    """Raises `InputError` with the pointer of the second use. References that lead nowhere are others' to name."""
    tree = document.tree
    views = fields.objects(tree, "bufferViews")
    claims = sorted({*_vertices_and_indices(tree, views), *_streams(tree, views), *_pictures(tree, views)})
    ends: dict[str, tuple[int, int, str]] = {}  # per kind: buffer and byte that it reaches so far, and whose
    for buffer, start, end, kind, pointer in claims:
        for other, (where, until, whose) in ends.items():
            if other != kind and where == buffer and start < until:
                reason = f"bytes {start:,} to {min(end, until):,} of buffer {buffer} are {kind} here and {other} in"
                raise InputError(f"{reason} {whose}", pointer=pointer)
        if kind not in ends or ends[kind][:2] < (buffer, end):
            ends[kind] = (buffer, end, pointer)


def _vertices_and_indices(tree: dict[str, Any], views: list[dict[str, Any]]) -> Iterator[_Claim]:
    accessors = fields.objects(tree, "accessors")
    seen: dict[str, set[int]] = {"vertices": set(), "indices": set()}
    for mesh in fields.objects(tree, "meshes"):
        for primitive in fields.objects(mesh, "primitives"):
            attributes = primitive.get("attributes")
            packed = isinstance(primitive.get("extensions"), dict) and _DRACO in primitive["extensions"]
            position = attributes.get("POSITION") if isinstance(attributes, dict) else None
            # Beside a Draco stream the accessors may keep an uncompressed fallback; it is not read here.
            for kind, index in () if packed else (("vertices", position), ("indices", primitive.get("indices"))):
                number = fields.whole(index)
                if number is not None and 0 <= number < len(accessors):
                    seen[kind].add(number)
    for kind, numbers in seen.items():
        for number in sorted(numbers):
            claim = _accessor(accessors[number], views, kind, f"/accessors/{number}")
            if claim is not None:
                yield claim


def _accessor(entry: dict[str, Any], views: list[dict[str, Any]], kind: str, pointer: str) -> _Claim | None:
    view = _at(views, entry.get("bufferView"))
    component, shape = fields.whole(entry.get("componentType")), entry.get("type")
    count, offset = fields.whole(entry.get("count")), fields.whole(entry.get("byteOffset", 0))
    if view is None or _compressed(view) or component not in COMPONENTS or shape not in WIDTHS or not count:
        return None
    size = element_bytes(shape, np.dtype(COMPONENTS[component]).itemsize, WIDTHS[shape])
    stride = fields.whole(view.get("byteStride", size))
    start, buffer = fields.whole(view.get("byteOffset", 0)), fields.whole(view.get("buffer"))
    if start is None or buffer is None or offset is None or stride is None:
        return None
    first = start + offset
    return buffer, first, first + (count - 1) * stride + size, kind, pointer


def _streams(tree: dict[str, Any], views: list[dict[str, Any]]) -> Iterator[_Claim]:
    for number, view in enumerate(views):
        packed = _compressed(view)
        if packed is not None:
            yield from _range(packed, "a meshopt stream", f"/bufferViews/{number}")
    seen = set()
    for mesh in fields.objects(tree, "meshes"):
        for primitive in fields.objects(mesh, "primitives"):
            extensions = primitive.get("extensions")
            draco = extensions.get(_DRACO) if isinstance(extensions, dict) else None
            index = fields.whole(draco.get("bufferView")) if isinstance(draco, dict) else None
            if index is not None:
                seen.add(index)
    for index in sorted(seen):
        view = _at(views, index) or {}
        if not _compressed(view):
            yield from _range(view, "a Draco stream", f"/bufferViews/{index}")


def _pictures(tree: dict[str, Any], views: list[dict[str, Any]]) -> Iterator[_Claim]:
    for number, image in enumerate(fields.objects(tree, "images")):
        view = _at(views, image.get("bufferView"))
        if view is not None and not _compressed(view):
            yield from _range(view, "a picture", f"/images/{number}")


def _range(view: dict[str, Any], kind: str, pointer: str) -> Iterator[_Claim]:
    start, length = fields.whole(view.get("byteOffset", 0)), fields.whole(view.get("byteLength"))
    buffer = fields.whole(view.get("buffer"))
    if start is not None and buffer is not None and length:
        yield buffer, start, start + length, kind, pointer


def _compressed(view: dict[str, Any]) -> dict[str, Any] | None:
    extensions = view.get("extensions")
    found = (
        next((extensions[name] for name in MESHOPT if name in extensions), None)
        if isinstance(extensions, dict)
        else None
    )
    return found if isinstance(found, dict) else None


def _at(views: list[dict[str, Any]], index: object) -> dict[str, Any] | None:
    number = fields.whole(index)
    return views[number] if number is not None and 0 <= number < len(views) else None
