"""Writing a glTF document: the GLB in one piece; a ``.gltf`` parts first, under names that overwrite nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sceneproof.errors import InputError, SceneproofError, UsageError
from sceneproof.io._atomic import write_bytes
from sceneproof.io._paths import inside, is_data_uri, read_part

from .container import BIN_CHUNK, JSON_CHUNK, MAGIC, GltfDocument, parse
from .external import MOST_ASSETS
from .rawjson import RawJson, Token

NESTED = "nested"  # the place of a part that belongs to an external asset


def encode(document: GltfDocument) -> bytes:
    """The bytes of the main file."""
    if document.raw is not None:
        return document.raw
    if document.container == "gltf":
        return (b"\xef\xbb\xbf" if document.bom else b"") + document.text.encode("utf-8")
    body = document.text.rstrip(" \0").encode("utf-8")
    body += b" " * (-len(body) % 4)
    chunks = [(JSON_CHUNK, body)]
    if document.binary:
        content = document.buffers[0] or b""
        chunks.append((BIN_CHUNK, bytes(content) + b"\0" * (-len(content) % 4)))
    chunks += document.chunks
    total = 12 + sum(8 + len(content) for _, content in chunks)
    head = struct.pack("<4sII", MAGIC, 2, total)
    return head + b"".join(struct.pack("<II", len(content), kind) + content for kind, content in chunks)


def write_parts(document: GltfDocument, path: Path) -> list[Path]:
    """Write parts that are not there yet, then the main file. On an error the new parts are taken away again."""
    if (path.suffix.lower() == ".gltf") != (document.container == "gltf"):
        raise UsageError(
            f"{path}: a {document.container} cannot be written under this ending; use .{document.container}"
        )
    written: list[Path] = []
    folders: list[Path] = []
    edits: dict[tuple[Token, ...], str] = {}
    renamed: dict[str, str] = {}  # parts that several places name
    try:
        for place, uri, content in _parts(document):
            if content is None:
                edits |= {place: renamed[uri]} if uri in renamed else {}
                continue
            target = None
            if place[0] == NESTED and _own_name(path, uri, content) is None:
                raise UsageError(
                    f"{path.parent / unquote(uri)}: is another file, which an external asset needs to be its own"
                )
            if place[0] != "buffers" or place[1] not in document.changed:
                target = _own_name(path, uri, content)
            if target is None:
                name = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:12]}{Path(unquote(uri)).suffix}"
                target = path.parent / name
                edits[place] = quote(name)
                if place[0] != "buffers":  # one that was edited has a new name of its own
                    renamed[uri] = edits[place]
            if not target.exists():
                _make(target.parent, folders)
                write_bytes(target, content)
                written.append(target)
        data = encode(document)
        changed = {place: uri for place, uri in edits.items() if _uri_at(document.tree, place) != uri}
        if changed:
            raw = RawJson(document.text)
            for place, uri in changed.items():
                raw.set(place, uri)
            data = _with_text(document, str(raw))
        write_bytes(path, data)
    except BaseException:
        for part in written:
            with contextlib.suppress(OSError):
                part.unlink()
        for folder in reversed(folders):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    return [*written, path]


def _make(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, and note which are new."""
    if not folder.is_dir():
        _make(folder.parent, made)
        try:
            folder.mkdir()
        except OSError as error:
            raise SceneproofError(f"{folder}: cannot be made ({error.strerror or error})") from None
        made.append(folder)


def _with_text(document: GltfDocument, text: str) -> bytes:
    from dataclasses import replace

    return encode(replace(document, text=text, tree=json.loads(text), raw=None))


def _uri_at(tree: Any, place: tuple[Token, ...]) -> Any:
    for token in place:
        tree = tree[token]
    return tree


def _parts(document: GltfDocument) -> Iterator[tuple[tuple[Token, ...], str, bytes | None]]:
    """Every part beside the file: where its URI stands, the URI, its content; ``None`` where that came before."""
    seen: set[str] = set()
    for place, uri in _uris(document.tree, ()):
        if is_data_uri(uri):
            continue
        if place[0] == "buffers" and len(place) == 3:
            content = document.buffers[int(place[1])]
            if content is not None:
                yield place, uri, bytes(content)
            continue
        if uri in seen:
            yield place, uri, None
            continue
        seen.add(uri)
        try:
            content = read_part(document.folder, uri, "")
        except InputError:  # was named on loading, and is not copied
            continue
        yield place, uri, content
        if place[0] == "files":
            yield from _nested(document.folder, uri, content, set())


def _nested(
    folder: Path | None, uri: str, content: bytes, seen: set[str]
) -> Iterator[tuple[tuple[Token, ...], str, bytes]]:
    """Parts of an external asset, and of those within it: they keep their names, since that file is copied as it is."""
    if uri in seen or len(seen) > MOST_ASSETS:
        return
    seen.add(uri)
    above = uri.rpartition("/")[0]
    try:
        tree = parse(content, inside(folder, uri, "").parent).tree
    except InputError:
        return  # no glTF, or one that cannot be read: named on loading
    for place, part in _uris(tree, ()):
        if is_data_uri(part):
            continue
        name = f"{above}/{part}" if above else part
        try:
            inner = read_part(folder, name, "")
        except InputError:
            continue
        yield (NESTED, *place), name, inner
        if place[0] == "files":
            yield from _nested(folder, name, inner, seen)


def _uris(value: Any, place: tuple[Token, ...]) -> Iterator[tuple[tuple[Token, ...], str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and (name == "uri" or name.endswith("Uri")):
                yield (*place, name), item
            else:
                yield from _uris(item, (*place, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _uris(item, (*place, number))


def _own_name(path: Path, uri: str, content: bytes) -> Path | None:
    """Where a part stands under its own name, when that is free or holds the same bytes; else ``None``."""
    try:
        own = inside(path.parent, uri, "")
        if own == path.resolve() or (own.exists() and own.read_bytes() != content):
            return None
    except (InputError, OSError):
        return None
    return path.parent / own.relative_to(path.parent.resolve())
