"""New bytes for parts of buffers, without a gap: what lies behind moves along, and every offset with it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
    known = {holder[0]: holder for holder in holders}
    single = _single(holders)
    for place, content in contents.items():
        _, buffer, start, end = known[place]
        alone = place in single
        if alone and start < end and buffer not in fixed:
            moves.setdefault(buffer, []).append((start, end, place, content))
        elif alone and len(content) <= end - start:
            editor.buffer(buffer)[start:end] = content.ljust(end - start, b"\0")
            editor.set((*place, "byteLength"), len(content))
        else:
            _repoint(editor, place, content)
    for buffer, parts in moves.items():
        _splice(editor, buffer, sorted(parts), [item for item in holders if item[1] == buffer])


def _single(holders: list[Holder]) -> set[Place]:
    """The places whose stretch no other one overlaps."""
    found = set()
    ordered = sorted(holders, key=lambda holder: holder[1:])
    reach: dict[int, int] = {}  # how far the stretches of a buffer go so far
    for number, (place, buffer, start, end) in enumerate(ordered):
        following = ordered[number + 1] if number + 1 < len(ordered) else None
        if reach.get(buffer, 0) <= start and not (following and following[1] == buffer and following[2] < end):
            found.add(place)
        reach[buffer] = max(reach.get(buffer, 0), end)
    return found


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
    begins = sorted(holder[2] for holder in holders)
    done = moved = 0
    for start, end, place, new in parts:
        follower = bisect_left(begins, end)
        stop = min(begins[follower], length) if follower < len(begins) else length
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
    since = [offset for offset, _ in shifts]
    for place, _, start, _ in holders:
        passed = bisect_right(since, start)
        if passed and shifts[passed - 1][1]:
            editor.set((*place, "byteOffset"), start + shifts[passed - 1][1])
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
