"""Accessors to arrays: strides, sparse values, normalised integers, meshopt views; every range is checked first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.scene import Array

from . import fields
from .container import GltfDocument

COMPONENTS = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_LEAST = np.finfo(np.float32).tiny
T = TypeVar("T")
MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")


def as_floats(raw: Array, *, normalized: bool) -> Array:
    """Stored values as float32; normalised integers become 0..1 or -1..1 (glTF 2.0, section 3.6.2.2)."""
    values = raw.astype(np.float32)
    if not normalized or raw.dtype.kind == "f":
        return values
    limit = np.float32(np.iinfo(raw.dtype).max)
    return np.maximum(values / limit, np.float32(-1)) if raw.dtype.kind == "i" else values / limit


class Accessors:
    """Reads the accessors of one document, each at most once."""

    def __init__(self, document: GltfDocument) -> None:
        self._document = document
        self._entries = fields.objects(document.tree, "accessors")
        self._views = fields.objects(document.tree, "bufferViews")
        self._read: dict[tuple[int, bool], Array] = {}
        self._decoded: dict[int, memoryview] = {}
        self._known: dict[tuple[str, int], tuple[Array, Any]] = {}
        self._unfolded = 0
        held = sum(len(content) for content in document.buffers if content is not None)
        self._most_unfolded = min(LIMITS.decoded_bytes, LIMITS.free_bytes + LIMITS.fair_ratio * held)
        self._touched = 0

    def charge(self, size: int, place: str) -> None:
        """Count memory that no bytes of the file stand for: it is taken only while `LIMITS.decoded_bytes` allow it.

        A small file can have one stream unfolded, one accessor converted or one index list spread a thousand times.
        """
        self._unfolded += size
        if self._unfolded > self._most_unfolded:
            reason = f"the file unfolds to more than {self._most_unfolded:,} bytes, its size considered"
            raise LimitError(reason, pointer=place)

    def finite(self, values: Array) -> bool:
        """Whether all numbers of an array are finite."""
        return self._once("finite", values, lambda: bool(np.isfinite(values).all()))

    def denormal(self, values: Array) -> tuple[int, bool]:
        """How many of an array's numbers are denormal, and whether all that are not zero are."""

        def count() -> tuple[int, bool]:
            size = np.abs(values)
            small = (size < _LEAST) & (size > 0)
            found = int(np.count_nonzero(small))
            return found, found > 0 and found == int(np.count_nonzero(size))

        return self._once("denormal", values, count)

    def _once(self, question: str, values: Array, answer: Callable[[], T]) -> T:
        """What is asked of an array is worked out once, however many primitives share it."""
        key = (question, id(values))
        if key not in self._known:
            self._known[key] = (values, answer())  # the array is kept, so that its id stays its own
        found: T = self._known[key][1]
        return found

    def entry(self, index: object, pointer: str) -> tuple[int, dict[str, Any]]:
        """The accessor object behind a reference found at `pointer`."""
        return _lookup(self._entries, index, "accessor", pointer)

    def floats(self, index: object, pointer: str, kinds: tuple[str, ...]) -> Array:
        """Float32 values [shape=(n, k)] of an accessor whose type is one of `kinds`; normalised if it says so."""
        raw = self.raw(index, pointer, kinds)
        if raw.dtype == np.float32:
            return raw
        number, entry = self.entry(index, pointer)
        if (number, True) not in self._read:
            self.charge(4 * raw.size, f"/accessors/{number}")
            values = as_floats(raw, normalized=bool(entry.get("normalized")))
            values.setflags(write=False)
            self._read[number, True] = values
        return self._read[number, True]

    def raw(self, index: object, pointer: str, kinds: tuple[str, ...]) -> Array:
        """Values as stored, read-only, C-contiguous [shape=(n, k)] (scalars: k = 1)."""
        number, entry = self.entry(index, pointer)
        place = f"/accessors/{number}"
        if entry.get("type") not in kinds:
            raise InputError(
                f"type {entry.get('type')!r}, {' or '.join(kinds)} is needed here", pointer=f"{place}/type"
            )
        if (number, False) not in self._read:
            values = self._values(entry, place)
            values.setflags(write=False)
            self._read[number, False] = values
        return self._read[number, False]

    def view_bytes(self, index: object, pointer: str) -> memoryview:
        """The bytes of a buffer view (images, Draco streams)."""
        return self._view(*_lookup(self._views, index, "bufferView", pointer))

    def is_compressed(self, index: object, pointer: str) -> str | None:
        """The meshopt extension that holds an accessor's data, or ``None``."""
        _, entry = self.entry(index, pointer)
        if "bufferView" not in entry:
            return None
        _, view = _lookup(self._views, entry["bufferView"], "bufferView", pointer)
        extensions = view.get("extensions")
        return next((name for name in MESHOPT if isinstance(extensions, dict) and name in extensions), None)

    def _values(self, entry: dict[str, Any], place: str) -> Array:
        component = fields.whole(entry.get("componentType"))
        if component is None or component not in COMPONENTS:
            shown = entry.get("componentType")
            raise InputError(f"componentType {shown!r} does not exist", pointer=f"{place}/componentType")
        dtype = np.dtype(COMPONENTS[component]).newbyteorder("<")
        width = WIDTHS[entry["type"]]
        count = _whole(entry, "count", place, least=0)
        size = count * width * dtype.itemsize
        if size > LIMITS.accessor_bytes:
            raise LimitError(f"{count:,} elements take {size:,} bytes, limit {LIMITS.accessor_bytes:,}", pointer=place)
        self._touched += size
        if self._touched > LIMITS.read_bytes:
            raise LimitError(f"the accessors together hold more than {LIMITS.read_bytes:,} bytes", pointer=place)
        if "bufferView" not in entry or "sparse" in entry:
            self.charge(size, place)
        if "bufferView" in entry:
            values = self._from_view(entry, place, dtype, width, count)
        else:
            values = np.zeros((count, width), dtype)
        if "sparse" in entry:
            values = self._sparse(entry["sparse"], f"{place}/sparse", values.copy())
        return values

    def _from_view(self, entry: dict[str, Any], place: str, dtype: Any, width: int, count: int) -> Array:
        number, view = _lookup(self._views, entry["bufferView"], "bufferView", place)
        data = self._view(number, view)
        offset = _whole(entry, "byteOffset", place, least=0, default=0)
        packed = element_bytes(entry["type"], dtype.itemsize, width)
        stride = _whole(view, "byteStride", f"/bufferViews/{number}", least=1, default=packed)
        if stride < packed:
            raise InputError(
                f"byteStride {stride} is less than one element ({packed})", pointer=f"/bufferViews/{number}"
            )
        needed = offset + (count - 1) * stride + packed if count else offset
        if needed > len(data):
            raise InputError(f"needs {needed:,} bytes of bufferView {number}, which has {len(data):,}", pointer=place)
        if not count:
            return np.zeros((0, width), dtype)
        if stride == packed == width * dtype.itemsize:
            return np.frombuffer(data, dtype, count * width, offset).reshape(count, width)
        self.charge(count * packed, place)
        rows = np.ndarray((count, packed), np.uint8, data, offset, (stride, 1))
        if packed != width * dtype.itemsize:  # columns of small matrices start at multiples of four bytes
            side = int(width**0.5)
            column = packed // side
            rows = rows.reshape(count, side, column)[:, :, : side * dtype.itemsize].reshape(count, -1)
        values: Array = np.ascontiguousarray(rows).view(dtype).reshape(count, width)
        return values

    def _view(self, number: int, view: dict[str, Any]) -> memoryview:
        if number in self._decoded:
            return self._decoded[number]
        place = f"/bufferViews/{number}"
        extensions = view.get("extensions")
        packed = next((name for name in MESHOPT if isinstance(extensions, dict) and name in extensions), None)
        if packed and isinstance(extensions, dict):
            self._decoded[number] = memoryview(self._meshopt(extensions[packed], f"{place}/extensions/{packed}"))
        else:
            self._decoded[number] = self._slice(view, place)
        return self._decoded[number]

    def _meshopt(self, settings: dict[str, Any], place: str) -> bytes:
        from sceneproof.io._codecs import decode_meshopt

        data = self._slice(settings, place)
        count = _whole(settings, "count", place, least=0)
        stride = _whole(settings, "byteStride", place, least=1)
        self.charge(count * stride, place)
        try:
            return decode_meshopt(
                data,
                count=count,
                stride=stride,
                mode=str(settings.get("mode")),
                filter=str(settings.get("filter", "NONE")),
            )
        except InputError as error:
            raise type(error)(error.reason, pointer=place) from None

    def _slice(self, view: dict[str, Any], place: str) -> memoryview:
        buffers = self._document.buffers
        number, entry = _lookup(_array(self._document.tree, "buffers"), view.get("buffer"), "buffer", f"{place}/buffer")
        content = buffers[number]
        if content is None:
            raise InputError(f"buffer {number} has no data", pointer=place)
        offset = _whole(view, "byteOffset", place, least=0, default=0)
        length = _whole(view, "byteLength", place, least=0)
        stated = entry["byteLength"]
        if offset + length > stated:
            raise InputError(
                f"ends at byte {offset + length:,} of buffer {number}, which has {stated:,}", pointer=place
            )
        return memoryview(content)[offset : offset + length]

    def _sparse(self, sparse: Any, place: str, values: Array) -> Array:
        if not isinstance(sparse, dict):
            raise InputError("must be an object", pointer=place)
        count = _whole(sparse, "count", place, least=0)
        if count > len(values):
            raise InputError(f"{count:,} sparse values for {len(values):,} elements", pointer=place)
        parts = []
        for name, dtype, width in (("indices", None, 1), ("values", values.dtype, values.shape[1])):
            part, where = sparse.get(name), f"{place}/{name}"
            if not isinstance(part, dict):
                raise InputError("must be an object", pointer=where)
            kind = dtype or COMPONENTS.get(fields.whole(part.get("componentType")) or 0)
            if kind is None or (name == "indices" and np.dtype(kind).kind != "u"):
                raise InputError("componentType does not fit indices", pointer=where)
            kind = np.dtype(kind).newbyteorder("<")
            number, view = _lookup(self._views, part.get("bufferView"), "bufferView", where)
            data = self._view(number, view)
            offset = _whole(part, "byteOffset", where, least=0, default=0)
            if offset + count * width * kind.itemsize > len(data):
                raise InputError(f"needs more bytes than bufferView {number} has", pointer=where)
            parts.append(np.frombuffer(data, kind, count * width, offset).reshape(count, width))
        rows = parts[0].ravel().astype(np.int64)
        if len(rows) and rows.max() >= len(values):
            raise InputError(f"sparse index {rows.max():,} of {len(values):,} elements", pointer=f"{place}/indices")
        values[rows] = parts[1]
        return values


def element_bytes(kind: str, itemsize: int, width: int) -> int:
    """Bytes of one element; columns of small matrices are padded to four bytes (glTF 2.0, section 3.6.2.4)."""
    if not kind.startswith("MAT"):
        return width * itemsize
    side = int(kind[3:])
    return side * (-(-side * itemsize // 4) * 4)


def _array(tree: dict[str, Any], name: str) -> list[Any]:
    entries = tree.get(name, [])
    if not isinstance(entries, list):
        raise InputError("must be an array", pointer=f"/{name}")
    return entries


def _lookup(entries: list[Any], index: object, kind: str, pointer: str) -> tuple[int, dict[str, Any]]:
    number = fields.whole(index)
    if number is None or not 0 <= number < len(entries):
        raise InputError(f"there is no {kind} {index!r} (there are {len(entries)})", pointer=pointer)
    if not isinstance(entries[number], dict):
        raise InputError("must be an object", pointer=f"/{kind}s/{number}")
    return number, entries[number]


def _whole(entry: dict[str, Any], name: str, place: str, *, least: int, default: int | None = None) -> int:
    value = entry.get(name, default)
    found = fields.whole(value)
    if found is None or found < least:
        raise InputError(
            f"{name} is {value!r}, a whole number of at least {least} is needed", pointer=f"{place}/{name}"
        )
    return found
