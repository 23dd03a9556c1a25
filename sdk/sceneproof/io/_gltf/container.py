"""The two containers of glTF 2.0: a GLB with chunks (section 4), and JSON with parts beside it."""

from __future__ import annotations

import codecs
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._paths import Parts, decode_data_uri, is_data_uri
from sceneproof.scene import Problem

MAGIC = b"glTF"
JSON_CHUNK = 0x4E4F534A
BIN_CHUNK = 0x004E4942
_CHUNKS = 1024  # more than any writer makes
_DEPTH = 128  # containers within one another: what walks the tree later may recurse


@dataclass(frozen=True, eq=False)
class GltfDocument:
    """A glTF as it stands in its file.

    Attributes
    ----------
    container : ``glb`` or ``gltf``.
    text : the JSON as text, tokens as in the file.
    tree : the same, parsed.
    buffers : content per ``buffers`` entry; ``None`` for a fallback buffer without data.
    binary : whether buffer 0 is the GLB's BIN chunk.
    chunks : further chunks, (type, content), kept as they are; a BIN chunk that no buffer refers to comes first.
    folder : where parts are looked up; ``None`` for bytes in memory.
    raw : the file's bytes; ``None`` once edited.
    changed : indices of buffers whose content is no longer the file's.
    reencoded : what edits packed again with a lossy codec: pointer, codec, bits and bytes before and after.
    """

    container: str
    text: str
    tree: dict[str, Any]
    buffers: tuple[bytes | memoryview | None, ...]
    binary: bool
    chunks: tuple[tuple[int, bytes], ...] = ()
    folder: Path | None = None
    raw: bytes | None = field(default=None, repr=False)
    changed: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()
    bom: bool = False
    reencoded: tuple[Mapping[str, Any], ...] = ()


def parse(data: bytes, folder: Path | None) -> GltfDocument:
    """Read a GLB or glTF from memory, its parts from `folder`. Raises `InputError` with a pointer."""
    problems: list[Problem] = []
    bom = False
    binary: memoryview | None = None
    chunks: list[tuple[int, bytes]] = []
    if data[:4] == MAGIC:
        container = "glb"
        encoded, binary, chunks = _chunks(data, problems)
    else:
        container = "gltf"
        bom = data.startswith(codecs.BOM_UTF8)
        encoded = memoryview(data)[3:] if bom else memoryview(data)
        if bom:
            problems.append(Problem("json-bom", "the JSON begins with a byte order mark", "JSON 以字节顺序标记开头"))
    text, tree = _json(encoded, data)
    buffers = _buffers(tree, folder, binary)
    uses_chunk = bool(binary is not None and tree.get("buffers") and "uri" not in tree["buffers"][0])
    if binary is not None and not uses_chunk:
        chunks.insert(0, (BIN_CHUNK, bytes(binary)))
    return GltfDocument(
        container, text, tree, buffers, uses_chunk, tuple(chunks), folder, data, problems=tuple(problems), bom=bom
    )


def _chunks(data: bytes, problems: list[Problem]) -> tuple[memoryview, memoryview | None, list[tuple[int, bytes]]]:
    if len(data) < 20:
        raise InputError(f"truncated GLB: {len(data)} bytes, the header alone takes 20")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise InputError(f"GLB version {version}; only version 2 is read, convert it first")
    if length > len(data):
        raise InputError(f"truncated GLB: the header says {length:,} bytes, the file has {len(data):,}")
    if length < len(data):
        extra = len(data) - length
        problems.append(
            Problem("glb-trailing", f"{extra} bytes after the end of the GLB", f"GLB 结尾之后还有 {extra} 个字节")
        )
    view = memoryview(data)
    found: list[tuple[int, memoryview]] = []
    at = 12
    while at < length:
        if at + 8 > length:
            raise InputError(f"truncated GLB: a chunk header is cut off at byte {at}")
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise InputError(f"GLB chunk at byte {at} says {size:,} bytes, only {length - at - 8:,} are left")
        found.append((kind, view[at + 8 : at + 8 + size]))
        at += 8 + size
        if len(found) > _CHUNKS:
            raise LimitError(f"more than {_CHUNKS:,} chunks")
    if not found or found[0][0] != JSON_CHUNK:
        raise InputError("the first chunk of the GLB is not JSON")
    binary = found[1][1] if len(found) > 1 and found[1][0] == BIN_CHUNK else None
    rest = found[2:] if binary is not None else found[1:]
    return found[0][1], binary, [(kind, bytes(content)) for kind, content in rest]


def _json(encoded: memoryview, data: bytes) -> tuple[str, dict[str, Any]]:
    if len(encoded) > LIMITS.json_bytes:
        raise LimitError(f"{len(encoded):,} bytes of JSON, limit {LIMITS.json_bytes:,}")
    if not data.strip():
        raise InputError("the file is empty")
    if data.startswith(b"version https://git-lfs"):
        raise InputError("is a Git LFS pointer, not the asset; fetch the file first (git lfs pull)")
    try:
        text = str(encoded, "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"is no glTF: not UTF-8 at byte {error.start}") from None
    values = sum(text.count(mark) for mark in ",[{")  # each takes some ten to thirty times its text once parsed
    if values > LIMITS.json_values:
        raise LimitError(f"{values:,} values of JSON, limit {LIMITS.json_values:,}")
    if text.rstrip(" ").endswith("\0"):  # some writers pad the JSON chunk with zeros
        text = text.rstrip(" \0")
    try:
        tree = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise InputError(
            f"is no glTF: broken JSON at line {error.lineno}, column {error.colno} ({error.msg})"
        ) from None
    except RecursionError:
        raise LimitError("JSON is nested too deep") from None
    except ValueError as error:
        raise InputError(f"is no glTF: {error}") from None
    if not isinstance(tree, dict):
        raise InputError("is no glTF: the JSON is not an object")
    _check_depth(tree)
    version = tree.get("asset", {}).get("version") if isinstance(tree.get("asset"), dict) else None
    if not isinstance(version, str):
        raise InputError("is no glTF: asset.version is missing", pointer="/asset/version")
    if not version.startswith("2."):
        raise InputError(f"glTF version {version[:20]!r}; only 2.x is read, convert it first", pointer="/asset/version")
    return text, tree


def _check_depth(tree: dict[str, Any]) -> None:
    level: list[Any] = [tree]
    for _ in range(_DEPTH):
        level = [
            item
            for box in level
            for item in (box.values() if isinstance(box, dict) else box)
            if isinstance(item, dict | list)
        ]
        if not level:
            return
    raise LimitError(f"JSON is nested deeper than {_DEPTH}")


def _no_constant(token: str) -> None:
    raise ValueError(f"{token} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"key {twice!r} stands twice in one object")
    return result


def _buffers(
    tree: dict[str, Any], folder: Path | None, binary: memoryview | None
) -> tuple[bytes | memoryview | None, ...]:
    entries = tree.get("buffers", [])
    if not isinstance(entries, list):
        raise InputError("must be an array", pointer="/buffers")
    result: list[bytes | memoryview | None] = []
    parts = Parts(folder)  # one file may be several buffers
    for index, entry in enumerate(entries):
        pointer = f"/buffers/{index}"
        if not isinstance(entry, dict):
            raise InputError("must be an object", pointer=pointer)
        length, uri = entry.get("byteLength"), entry.get("uri")
        if not isinstance(length, int) or isinstance(length, bool) or length < 0:
            raise InputError("byteLength is not a whole number", pointer=f"{pointer}/byteLength")
        content: bytes | memoryview
        if uri is None:
            if index == 0 and binary is not None:
                content = binary
            else:  # a fallback for decoders without meshopt; a view that needs it says so when it is read
                result.append(None)
                continue
        elif not isinstance(uri, str):
            raise InputError("uri is not a string", pointer=f"{pointer}/uri")
        elif is_data_uri(uri):
            content = decode_data_uri(uri, f"{pointer}/uri")[1]
        else:
            content = parts.read(uri, f"{pointer}/uri")
        if len(content) < length:
            raise InputError(f"byteLength says {length:,}, only {len(content):,} bytes are there", pointer=pointer)
        result.append(content)
    return tuple(result)
