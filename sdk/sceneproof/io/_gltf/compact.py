"""New bytes for parts of buffers, without a gap: what lies behind moves along, and every offset with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import fields
from .editor import Editor

Place = tuple[str | int, ...]
Holder = tuple[Place, int, int, int]  # where it stands, buffer, first byte, byte behind the last

ALIGNMENT = 8  # moves are multiples of it: no accessor needs more, EXT_structural_metadata needs that much


def put_ranges(editor: Editor, contents: Mapping[Place, bytes]) -> None:
    """Give buffer views new bytes of any length.

    ``contents`` names what holds ``buffer``, ``byteOffset`` and ``byteLength``: a buffer view ``("bufferViews", i)``,
    or the object of a compression in one, ``("bufferViews", i, "extensions", name)``. Bytes that anything else reads
    too stay for that; the new ones then go to the end of the own buffer. Nothing else changes but its place.
    """
    holders = list(_holders(editor.tree))
    fixed = set(_foreign(editor.tree))
    moves: dict[int, list[tuple[int, int, Place, bytes]]] = {}
    for place, content in contents.items():
        _, buffer, start, end = next(item for item in holders if item[0] == place)
        alone = not any(
            where != place and other == buffer and first < end and last > start for where, other, first, last in holders
        )
        if alone and start < end and buffer not in fixed:
            moves.setdefault(buffer, []).append((start, end, place, content))
        elif alone and len(content) <= end - start:
            editor.buffer(buffer)[start:end] = content.ljust(end - start, b"\0")
            editor.set((*place, "byteLength"), len(content))
        else:
            _repoint(editor, place, content)
    for buffer, parts in moves.items():
        _splice(editor, buffer, sorted(parts), [item for item in holders if item[1] == buffer])


def _repoint(editor: Editor, place: Place, content: bytes) -> None:
    buffer, offset = editor.add_bytes(content)
    for name, value in (("buffer", buffer), ("byteOffset", offset), ("byteLength", len(content))):
        editor.set((*place, name), value)


def _splice(editor: Editor, buffer: int, parts: list[tuple[int, int, Place, bytes]], holders: list[Holder]) -> None:
    """Replace stretches of one buffer, in ascending order, that only their own holders read."""
    content, length = editor.buffer(buffer), editor.length(buffer)
    if len(content) - length < 4 and not any(content[length:]):
        del content[length:]  # a chunk's padding, which writing makes anew
    pieces: list[bytes] = []
    shifts: list[tuple[int, int]] = []  # (old offset from which it holds, bytes moved so far)
    done = moved = 0
    for start, end, place, new in parts:
        follower = min((first for where, _, first, _ in holders if where != place and first >= end), default=None)
        stop = min(length if follower is None else follower, length)
        if any(content[end:stop]) or stop - end >= ALIGNMENT:
            stop = end  # more than padding: whoever put it there keeps it
        room = stop - start
        size = len(new) if stop == length else room - (room - len(new)) // ALIGNMENT * ALIGNMENT
        pieces += [bytes(content[done:start]), new, bytes(size - len(new))]
        done = stop
        moved += size - room
        shifts.append((end, moved))
        editor.set((*place, "byteLength"), len(new))
    content[:] = b"".join([*pieces, bytes(content[done:])])
    for place, _, start, _ in holders:
        by = next((moved for since, moved in reversed(shifts) if start >= since), 0)
        if by:
            editor.set((*place, "byteOffset"), start + by)
    editor.set(("buffers", buffer, "byteLength"), length + moved)


def _holders(tree: dict[str, Any]) -> Iterator[Holder]:
    """Every place in the buffer views that names a stretch of a buffer."""
    for number, view in enumerate(fields.objects(tree, "bufferViews")):
        extensions = view.get("extensions")
        packed = extensions.items() if isinstance(extensions, dict) else ()
        owners: list[tuple[Place, Any]] = [(("bufferViews", number), view)]
        owners += [(("bufferViews", number, "extensions", name), item) for name, item in packed]
        for place, owner in owners:
            if not isinstance(owner, dict):
                continue
            buffer, start, length = (
                fields.whole(owner.get(name, 0 if name == "byteOffset" else None))
                for name in ("buffer", "byteOffset", "byteLength")
            )
            if buffer is not None and start is not None and length is not None:
                yield place, buffer, start, start + length


def _foreign(tree: dict[str, Any]) -> Iterator[int]:
    """Buffers that something outside the buffer views names with an offset: an extension not known here."""
    waiting: list[Any] = [value for name, value in tree.items() if name not in ("bufferViews", "buffers")]
    for view in fields.objects(tree, "bufferViews"):  # below what `_holders` takes
        for item in (view.get("extensions") or {}).values() if isinstance(view.get("extensions"), dict) else ():
            waiting += item.values() if isinstance(item, dict) else [item]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            number = fields.whole(value.get("buffer"))
            if number is not None and ("byteOffset" in value or "byteLength" in value):
                yield number
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
