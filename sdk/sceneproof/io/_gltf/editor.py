"""A glTF document under edit: the raw JSON text and the parsed tree change together, buffers only where told."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sceneproof.errors import MarkError

from . import fields
from .container import BIN_CHUNK, GltfDocument
from .rawjson import RawJson, Token

OWN_BUFFER = "sceneproof"


class Editor:
    """Collects changes to one `GltfDocument`; `finish` gives the new one, or the old one when nothing changed."""

    def __init__(self, document: GltfDocument) -> None:
        self._document = document
        self._raw = RawJson(document.text)
        self.tree: dict[str, Any] = json.loads(document.text)
        self._buffers: list[bytes | memoryview | bytearray | None] = list(document.buffers)
        self._binary = document.binary
        self._chunks = list(document.chunks)
        self.reencoded: dict[str, Mapping[str, Any]] = {str(note["pointer"]): note for note in document.reencoded}

    def get(self, *place: Token) -> Any:
        """The value at a place of the tree, ``None`` when there is none."""
        value: Any = self.tree
        for token in place:
            if isinstance(value, dict):
                value = value.get(str(token))
            elif isinstance(value, list):
                number = fields.whole(token)
                value = value[number] if number is not None and 0 <= number < len(value) else None
            else:
                return None
        return value

    def set(self, place: Sequence[Token], value: Any) -> None:
        """Put a value at a place; an equal one keeps its tokens."""
        if self.get(*place) == value and type(self.get(*place)) is type(value):
            return
        owner = self._owner(place, list if isinstance(place[-1], int) else dict)
        self._raw.set(place, value)
        owner[place[-1]] = value

    def append(self, place: Sequence[Token], value: Any) -> int:
        """Add to the array at a place, which is made when it is missing; returns the index."""
        held = self.get(*place)
        if held is not None and not isinstance(held, list):
            raise MarkError(f"#/{'/'.join(map(str, place))}: is no array, so nothing can be added to it")
        owner = self._owner(place, dict)
        if held is None:  # missing, or null
            self._raw.set(place, [value])
            owner[place[-1]] = [value]
            return 0
        self._raw.append(place, value)
        array = owner[place[-1]]
        array.append(value)
        return len(array) - 1

    def _owner(self, place: Sequence[Token], kind: type) -> Any:
        """The container of a place, objects missing on the way made. Raises `MarkError` when it is of another kind."""
        owner: Any = self.tree
        for step, token in enumerate(place[:-1]):
            owner = owner.setdefault(token, {}) if isinstance(owner, dict) else self.get(*place[: step + 1])
            if not isinstance(owner, dict | list):
                break
        number = place[-1]
        if not isinstance(owner, kind) or (isinstance(owner, list) and not 0 <= int(number) < len(owner)):
            raise MarkError(f"#/{'/'.join(map(str, place))}: the file has no such place to write to")
        return owner

    def put(self, name: str, index: int | None, value: Any) -> int:
        """Replace element `index` of a top-level array, or append when it is ``None``; returns the index."""
        if index is None:
            return self.append((name,), value)
        self.set((name, index), value)
        return index

    def delete(self, place: Sequence[Token]) -> None:
        """Take a member away."""
        owner = self.get(*place[:-1]) if len(place) > 1 else self.tree
        if isinstance(owner, dict) and place[-1] in owner:
            self._raw.delete(place)
            del owner[str(place[-1])]

    def use_extension(self, name: str) -> None:
        """List an extension under ``extensionsUsed``."""
        used = self.tree.get("extensionsUsed")
        if not isinstance(used, list) or name not in used:
            self.append(("extensionsUsed",), name)

    def buffer(self, number: int) -> bytearray:
        """The content of one buffer, to be changed in place."""
        content = self._buffers[number]
        if not isinstance(content, bytearray):
            content = bytearray(content or b"")
            self._buffers[number] = content
        return content

    def own_buffer(self) -> int:
        """Index of the buffer that takes new data: the BIN chunk, else a buffer of our own."""
        entries = self.tree.get("buffers") or []
        if self._binary:
            return 0
        if self._document.container == "glb" and not entries:
            self._binary = True
            if self._chunks and self._chunks[0][0] == BIN_CHUNK:  # nothing refers to it, yet it stays
                self._buffers.append(bytearray(self._chunks.pop(0)[1]))
            else:
                self._buffers.append(bytearray())
            return self.append(("buffers",), {"byteLength": 0})
        for number, entry in enumerate(entries):
            if entry.get("name") == OWN_BUFFER and isinstance(entry.get("uri"), str):
                return number
        outside = any(isinstance(e.get("uri"), str) and not e["uri"].startswith("data:") for e in entries)
        uri = f"{OWN_BUFFER}.bin" if outside and self._document.container == "gltf" else "data:,"
        self._buffers.append(bytearray())
        return self.append(("buffers",), {"name": OWN_BUFFER, "byteLength": 0, "uri": uri})

    def length(self, number: int) -> int:
        """``byteLength`` of a buffer."""
        return int(self.tree["buffers"][number]["byteLength"])

    def add_bytes(self, data: bytes) -> tuple[int, int]:
        """Put data at the end of the own buffer, at a multiple of four; returns (buffer, byte offset).

        What a chunk or part holds beyond ``byteLength`` stays where it is.
        """
        number = self.own_buffer()
        content = self.buffer(number)
        content.extend(b"\0" * (-len(content) % 4))
        offset = len(content)
        content.extend(data)
        self.set(("buffers", number, "byteLength"), len(content))
        return number, offset

    def cut(self, number: int, length: int) -> None:
        """Shorten a buffer, whose tail must be unused."""
        del self.buffer(number)[length:]
        self.set(("buffers", number, "byteLength"), length)

    def finish(self) -> GltfDocument:
        """The edited document."""
        changed = set(self._document.changed)
        touched = False  # in this edit: a buffer that an earlier one changed may change again
        for number, content in enumerate(self._buffers):
            old = self._document.buffers[number] if number < len(self._document.buffers) else None
            if isinstance(content, bytearray) and self._differs(number, content, old):
                changed.add(number)
                touched = True
                uri = self.tree["buffers"][number].get("uri")
                if isinstance(uri, str) and uri.startswith("data:"):
                    encoded = base64.b64encode(content).decode("ascii")
                    self.set(("buffers", number, "uri"), f"data:application/octet-stream;base64,{encoded}")
        text = str(self._raw)
        if text == self._document.text and not touched:
            return self._document
        return replace(
            self._document,
            text=text,
            tree=json.loads(text),
            buffers=tuple(bytes(b) if isinstance(b, bytearray) else b for b in self._buffers),
            binary=self._binary,
            chunks=tuple(self._chunks),
            raw=None,
            changed=frozenset(changed),
            reencoded=tuple(self.reencoded.values()),
        )

    def _differs(self, number: int, content: bytearray, old: bytes | memoryview | None) -> bool:
        """Whether a buffer is no longer the file's; the padding behind its ``byteLength`` does not count."""
        if old is None or not self._document.tree["buffers"][number]["byteLength"] <= len(content) <= len(old):
            return True
        return bytes(content) != bytes(old[: len(content)])
