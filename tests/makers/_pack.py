"""The lowest layer of the builder: dtype tables, the GLB container and PNG bytes."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np

COMPONENT = {
    np.dtype(np.int8): 5120,
    np.dtype(np.uint8): 5121,
    np.dtype(np.int16): 5122,
    np.dtype(np.uint16): 5123,
    np.dtype(np.uint32): 5125,
    np.dtype(np.float32): 5126,
}
KIND = {(): "SCALAR", (2,): "VEC2", (3,): "VEC3", (4,): "VEC4", (2, 2): "MAT2", (3, 3): "MAT3", (4, 4): "MAT4"}

JSON_CHUNK = 0x4E4F534A
BIN_CHUNK = 0x004E4942


def storable(array: np.ndarray) -> np.ndarray:
    """The array in a dtype glTF can hold: float64 -> float32, wide integers -> uint32 (uint16 is never guessed)."""
    array = np.asarray(array)
    if array.dtype in COMPONENT:
        return np.ascontiguousarray(array)
    return np.ascontiguousarray(array, dtype=np.float32 if array.dtype.kind == "f" else np.uint32)


def padded(data: bytes, fill: bytes = b"\0") -> bytes:
    return data + fill * (-len(data) % 4)


def dump_json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=True).encode()


def pack_glb(document: dict[str, Any] | bytes, binary: bytes = b"") -> bytes:
    """A GLB from a JSON document (or its raw bytes) and the binary chunk; no binary, no chunk."""
    text = padded(document if isinstance(document, bytes) else dump_json(document), b" ")
    chunks = struct.pack("<II", len(text), JSON_CHUNK) + text
    if binary:
        binary = padded(binary)
        chunks += struct.pack("<II", len(binary), BIN_CHUNK) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def unpack_glb(data: bytes) -> tuple[dict[str, Any], bytes]:
    """JSON document and binary chunk of a well-formed GLB (for tests that look into what they built)."""
    length = struct.unpack_from("<I", data, 12)[0]
    rest = 20 + length
    size = struct.unpack_from("<I", data, rest)[0] if rest < len(data) else 0
    return json.loads(data[20:rest]), data[rest + 8 : rest + 8 + size]


def read_accessor(document: dict[str, Any], binary: bytes, index: int) -> np.ndarray:
    """An accessor of a well-formed GLB as an array [shape=(count, …)], sparse rows filled in, not scaled."""
    entry = document["accessors"][index]
    dtype = next(d for d, code in COMPONENT.items() if code == entry["componentType"])
    shape = next(s for s, kind in KIND.items() if kind == entry["type"])
    width = int(np.prod(shape, dtype=int)) * dtype.itemsize

    def rows(view: int, offset: int, count: int, kind: np.dtype[Any], size: int) -> np.ndarray:
        v = document["bufferViews"][view]
        stride = v.get("byteStride", size)
        start = v.get("byteOffset", 0) + offset
        raw = np.ndarray((count, size), np.uint8, binary, start, (stride, 1))
        return np.ascontiguousarray(raw).view(kind)

    if "bufferView" in entry:
        array = rows(entry["bufferView"], entry.get("byteOffset", 0), entry["count"], dtype, width)
    else:
        array = np.zeros((entry["count"], width // dtype.itemsize), dtype)
    if sparse := entry.get("sparse"):
        kind = next(d for d, code in COMPONENT.items() if code == sparse["indices"]["componentType"])
        at = rows(sparse["indices"]["bufferView"], 0, sparse["count"], kind, kind.itemsize)[:, 0]
        array[at] = rows(sparse["values"]["bufferView"], 0, sparse["count"], dtype, width)
    return array.reshape(entry["count"], *shape)


def png(pixels: np.ndarray) -> bytes:
    """PNG bytes of ``pixels`` [shape=(h, w) | (h, w, 3|4), dtype=uint8, or float in 0..1]."""
    from PIL import Image

    if pixels.dtype.kind == "f":
        pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG", optimize=True)
    return out.getvalue()


def jpeg(pixels: np.ndarray, quality: int = 88) -> bytes:
    """JPEG bytes of ``pixels`` [shape=(h, w, 3), dtype=uint8, or float in 0..1]; small for grain."""
    from PIL import Image

    if pixels.dtype.kind == "f":
        pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()
