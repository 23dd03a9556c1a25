"""Who else reads what an edit is about to change: uses of an accessor, and of its bytes. Taken once per edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import fields
from .accessors import COMPONENTS, WIDTHS, element_bytes

_ROOTS = ("meshes", "animations", "skins", "nodes")
_HOLDERS = ("attributes", "targets")  # an object, or a list of them, whose values are accessors
_NAMES = ("indices", "input", "output", "inverseBindMatrices")
# Extensions below these roots that hold no accessor; their integers mean other things.
_WITHOUT = frozenset(
    {"KHR_materials_variants", "KHR_lights_punctual", "KHR_xmp_json_ld", "KHR_draco_mesh_compression", "MSFT_lod",
     "KHR_animation_pointer", "KHR_node_visibility", "VRMC_node_constraint"}
)  # fmt: skip

_Span = tuple[int, int, int, int, int]  # buffer, first byte, byte behind the last, stride, bytes of one row


class Usage:
    """Uses of the accessors of one document, and of the bytes behind them, as the document stands."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._users = Counter(fields.whole(item) for name in _ROOTS for item in _references(tree.get(name)))
        views = fields.objects(tree, "bufferViews")
        accessors = fields.objects(tree, "accessors")
        own = [_span(views, entry, entry) for entry in accessors]
        spans = [(number, span) for number, span in enumerate(own) if span]
        spans += [(-1, span) for span in _others(views, accessors)]
        self._own = own
        self._spans = spans
        self._table = np.array([span[:3] for _, span in spans], np.int64).reshape(-1, 3)

    def users(self, number: int) -> int:
        """How many places name an accessor.

        Extensions keep accessors under names of their own; there, any integer that equals the index counts as a use:
        taking a number for a use costs an accessor more, taking a use for a number would change what it shows.
        """
        return self._users[number]

    def shared(self, number: int) -> bool:
        """Whether anything but accessor `number` reads any of its bytes: accessors, sparse parts, images, streams."""
        mine = self._own[number]
        if mine is None:
            return True
        buffer, starts, ends = self._table.T
        near = np.flatnonzero((buffer == mine[0]) & (starts < mine[2]) & (ends > mine[1]))
        return any(self._spans[at][0] != number and not _apart(mine, self._spans[at][1]) for at in near)


def _references(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in _HOLDERS:
                for group in item if isinstance(item, list) else [item]:
                    yield from (group.values() if isinstance(group, dict) else ())
            elif name in _NAMES:
                yield item
            elif name == "extensions" and isinstance(item, dict):
                for key, content in item.items():
                    yield from () if key in _WITHOUT else _integers(content)
            elif name != "extras" and isinstance(item, dict | list):
                yield from _references(item)


def _integers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _integers(item)
    elif fields.whole(value) is not None:
        yield value


def _others(views: list[dict[str, Any]], accessors: list[dict[str, Any]]) -> Iterator[_Span]:
    """What is read without being an accessor: sparse parts, compressed streams, views that no accessor uses."""
    used = {fields.whole(entry.get("bufferView")) for entry in accessors}
    for entry in accessors:
        sparse = entry.get("sparse")
        if not isinstance(sparse, dict):
            continue
        for name, shape in (("indices", {"type": "SCALAR"}), ("values", entry)):
            part = sparse.get(name)
            if isinstance(part, dict):
                stated = {"type": shape["type"], "componentType": entry.get("componentType")} | part
                span = _span(views, part, stated | {"count": sparse.get("count")})
                yield from [span] if span else []
    for number, view in enumerate(views):
        extensions = view.get("extensions")
        packed = (
            [item for item in extensions.values() if isinstance(item, dict)] if isinstance(extensions, dict) else []
        )
        for item in packed if number in used else [*packed, view]:
            span = whole_view(item)
            yield from [span] if span else []


def _span(views: list[dict[str, Any]], holder: dict[str, Any], entry: dict[str, Any]) -> _Span | None:
    """The bytes that an accessor (or a sparse part) reads, row by row; ``None`` when it has no view."""
    number = fields.whole(holder.get("bufferView"))
    if number is None or not 0 <= number < len(views):
        return None
    view = views[number]
    component, count = fields.whole(entry.get("componentType")), fields.whole(entry.get("count"))
    if str(entry.get("type")) not in WIDTHS or component not in COMPONENTS or count is None:
        return whole_view(view)
    width = element_bytes(entry["type"], np.dtype(COMPONENTS[component]).itemsize, WIDTHS[entry["type"]])
    stride = fields.whole(view.get("byteStride", width)) or width
    start = (fields.whole(view.get("byteOffset", 0)) or 0) + (fields.whole(holder.get("byteOffset", 0)) or 0)
    return fields.whole(view.get("buffer")) or 0, start, start + (max(count, 1) - 1) * stride + width, stride, width


def whole_view(view: dict[str, Any]) -> _Span | None:
    """All bytes of a view; ``None`` when its numbers are none."""
    buffer, length = fields.whole(view.get("buffer")), fields.whole(view.get("byteLength"))
    start = fields.whole(view.get("byteOffset", 0))
    return None if buffer is None or length is None or start is None else (buffer, start, start + length, 1, length)


def _apart(mine: _Span, other: _Span) -> bool:
    """Whether two overlapping ranges are interleaved: the same rows, other columns."""
    gap = (other[1] - mine[1]) % mine[3]
    return mine[3] == other[3] and gap >= mine[4] and gap + other[4] <= mine[3]
