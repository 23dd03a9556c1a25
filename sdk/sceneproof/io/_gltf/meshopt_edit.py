"""New positions in buffer views that meshopt compressed: decoded, changed row by row, and packed again as they were."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.scene import Array

from .accessors import MESHOPT, Accessors
from .compact import Place, put_ranges
from .container import GltfDocument
from .editor import Editor

Bits = tuple[int, int]


@dataclass(eq=False)
class _View:
    """One compressed view under edit: what its stream holds, before the filter that a reader undoes."""

    number: int
    extension: str
    rows: bytearray
    filter: str
    version: int
    changed: bool = False
    bits: list[Bits] = field(default_factory=list)


class MeshoptViews:
    """The compressed views of one edit. Each is decoded at most once, and packed once, by `flush`."""

    def __init__(self, editor: Editor, document: GltfDocument) -> None:
        self._editor = editor
        self._document = document
        self._accessors = Accessors(document)
        self._views: dict[int, _View] = {}

    def holds(self, entry: dict[str, Any]) -> bool:
        """Whether an accessor's data is vertex data that meshopt compressed."""
        extension = self._extension(entry)
        if extension is None:
            return False
        view = self._editor.get("bufferViews", entry["bufferView"])
        settings = view["extensions"][extension]
        if settings.get("mode") != "ATTRIBUTES":
            return False
        # the filter's words are whole floats; elsewhere it is out of place, and the words cannot be told apart
        words = entry["componentType"] == 5126 and not (entry.get("byteOffset", 0) | view.get("byteStride", 0)) % 4
        return settings.get("filter") != "EXPONENTIAL" or words

    def replace(self, entry: dict[str, Any], values: Array, tolerance: float | None) -> Array | None:
        """Change an accessor's rows where they stand; the values as a reader will find them.

        The bytes beside them stay as they are; ``tolerance`` is that of `SetPositions`. ``None``, and no change, when
        the filter cannot hold a value.
        """
        view = self._view(entry)
        owner = self._editor.get("bufferViews", view.number)
        size = values.dtype.itemsize * 3
        start = int(entry.get("byteOffset", 0))
        stride = int(owner.get("byteStride", size))
        rows = np.ndarray((len(values), size), np.uint8, view.rows, start, (stride, 1))
        held = np.ascontiguousarray(rows)
        packed, found, bits = _packed(values, held, view.filter, tolerance)
        if packed is None:
            return None
        view.bits.append(bits)
        if not np.array_equal(packed, held):
            rows[:] = packed
            view.changed = True
            if self._document.buffers[int(owner["buffer"])] is not None:  # a fallback that readers without meshopt take
                content = np.frombuffer(self._editor.buffer(int(owner["buffer"])), np.uint8)
                first = int(owner.get("byteOffset", 0)) + start
                plain = np.ndarray((len(values), size), np.uint8, content, first, (stride, 1))
                plain[:] = found.view(np.uint8).reshape(len(values), size)
        return found

    def fresh(self, entry: dict[str, Any], values: Array, tolerance: float | None) -> tuple[int, Array]:
        """A compressed view of their own for new values, packed as the accessor's old ones; (its number, values)."""
        view = self._view(entry)
        owner = self._editor.get("bufferViews", view.number)
        size = values.dtype.itemsize * 3
        stride = size + -size % 4
        start, step = int(entry.get("byteOffset", 0)), int(owner.get("byteStride", size))
        held = np.ascontiguousarray(np.ndarray((len(values), size), np.uint8, view.rows, start, (step, 1)))
        packed, found, bits = _packed(values, held, view.filter, tolerance)
        name = view.filter
        if packed is None:
            packed, found, name = values.view(np.uint8).reshape(len(values), size), values, "NONE"
        rows = np.zeros((len(values), stride), np.uint8)
        rows[:, :size] = packed
        plain = np.zeros_like(rows)
        plain[:, :size] = found.view(np.uint8).reshape(len(values), size)
        stream = _encode(rows.tobytes(), stride, view.version)
        buffer, offset = self._editor.add_bytes(stream)
        settings: dict[str, Any] = {
            "buffer": buffer, "byteOffset": offset, "byteLength": len(stream), "byteStride": stride,
            "count": len(values), "mode": "ATTRIBUTES",
        }  # fmt: skip
        if name != "NONE":
            settings["filter"] = name
        number = self._editor.append(
            ("bufferViews",),
            {
                **self._fallback(int(owner["buffer"]), plain.tobytes()),
                "byteStride": stride, "target": 34962, "extensions": {view.extension: settings},
            },
        )  # fmt: skip
        before = round(self._length(view) * len(values) * size / len(view.rows))
        self._note(number, view.extension, [bits], before, len(stream))
        return number, found

    def flush(self) -> None:
        """Pack the changed views and put them where they were."""
        contents: dict[Place, bytes] = {}
        for view in self._views.values():
            if not view.changed:
                continue
            place: Place = ("bufferViews", view.number, "extensions", view.extension)
            if view.filter == "NONE" and self._editor.get(*place, "filter") not in (None, "NONE"):
                self._editor.delete((*place, "filter"))
            contents[place] = _encode(bytes(view.rows), int(self._editor.get(*place, "byteStride")), view.version)
            self._note(view.number, view.extension, view.bits, self._length(view), len(contents[place]))
        put_ranges(self._editor, contents)

    def _extension(self, entry: dict[str, Any]) -> str | None:
        if "bufferView" not in entry or "sparse" in entry:
            return None
        extensions = self._editor.get("bufferViews", entry["bufferView"], "extensions")
        return next((name for name in MESHOPT if isinstance(extensions, dict) and name in extensions), None)

    def _view(self, entry: dict[str, Any]) -> _View:
        number, extension = int(entry["bufferView"]), str(self._extension(entry))
        if number not in self._views:
            # as the file had it: an earlier edit may have moved the stream already
            settings = self._document.tree["bufferViews"][number]["extensions"][extension]
            first = int(settings.get("byteOffset", 0))
            content = self._document.buffers[int(settings["buffer"])] or b""  # its range was checked when it was read
            stream = memoryview(content)[first : first + int(settings["byteLength"])]
            name = str(settings.get("filter", "NONE"))
            if name == "EXPONENTIAL":  # its words, so that what does not change keeps its bits
                from sceneproof.io._codecs import decode_meshopt

                count, stride = int(settings["count"]), int(settings["byteStride"])
                rows = decode_meshopt(stream, count=count, stride=stride, mode="ATTRIBUTES")
            else:  # the other filters are for unit vectors and colours: what they decode to is kept without a filter
                rows, name = bytes(self._accessors.view_bytes(number, "")), "NONE"
            self._views[number] = _View(number, extension, bytearray(rows), name, stream[0] & 15)
        return self._views[number]

    def _length(self, view: _View) -> int:
        return int(self._editor.get("bufferViews", view.number, "extensions", view.extension, "byteLength"))

    def _fallback(self, buffer: int, plain: bytes) -> dict[str, Any]:
        """A stretch of the fallback buffer for a new view: numbers alone, or bytes where the buffer has some."""
        start = self._editor.length(buffer)
        start += -start % 4
        if self._document.buffers[buffer] is not None:
            content = self._editor.buffer(buffer)
            start = max(start, len(content) + -len(content) % 4)
            content.extend(bytes(start - len(content)) + plain)
        self._editor.set(("buffers", buffer, "byteLength"), start + len(plain))
        return {"buffer": buffer, "byteOffset": start, "byteLength": len(plain)}

    def _note(self, number: int, codec: str, bits: list[Bits], before: int, after: int) -> None:
        pointer = f"/bufferViews/{number}"
        note = {
            "pointer": pointer,
            "codec": codec,
            "bits": {"POSITION": {"before": max(b for b, _ in bits), "after": max(a for _, a in bits)}},
            "bytes_before": before,
            "bytes_after": after,
        }
        earlier = self._editor.reencoded.get(pointer)
        if earlier:
            note["bytes_before"] = earlier["bytes_before"]
            note["bits"]["POSITION"]["before"] = earlier["bits"]["POSITION"]["before"]  # type: ignore[index]
        self._editor.reencoded[pointer] = note


def _encode(rows: bytes, stride: int, version: int) -> bytes:
    from sceneproof.io._codecs.meshopt_encode import encode_meshopt

    return encode_meshopt(rows, count=len(rows) // stride, stride=stride, version=version)


def _packed(values: Array, held: Array, filter_name: str, tolerance: float | None) -> tuple[Array | None, Array, Bits]:
    """Rows of bytes for values in place of the held ones (n, size) uint8, what they decode to, bits before and after.

    Bits of the largest mantissa and its sign for the filter EXPONENTIAL, else see `_shown`.
    """
    raw = values.view(np.uint8).reshape(held.shape)
    if filter_name == "NONE":
        shown = _shown(held.view(values.dtype))
        return raw, values, (shown, shown)
    from sceneproof.io._codecs import meshopt_exponential as exponential

    before = held.view(np.int32)
    words = exponential.refilled(values, before, tolerance)
    if words is None:
        return None, values, (0, 0)
    grown = exponential.shown_bits(before) + 1, exponential.shown_bits(words) + 1
    return words.view(np.uint8).reshape(held.shape), exponential.joined(words), grown


def _shown(values: Array) -> int:
    """Bits of a float's mantissa, or of the largest integer; new integers lie on the same grid."""
    if values.dtype.kind == "f":
        return int(np.finfo(values.dtype).nmant) + 1
    top = int(np.abs(values.astype(np.int64)).max(initial=0)).bit_length()
    return top + (values.dtype.kind == "i")
