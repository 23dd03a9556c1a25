"""A glTF document under edit: the raw JSON text and the parsed tree change together, buffers only where told."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .container import GltfDocument
from .rawjson import RawJson, Token

OWN_BUFFER = "sceneproof"


class Editor:
    """Collects changes to one `GltfDocument`; `finish` gives the new one, or the old one when nothing changed."""

    def __init__(self, document: GltfDocument) -> None:
        self._document = document
        self._raw = RawJson(document.text)
        self.tree: dict[str, Any] = copy.deepcopy(document.tree)
        self._buffers: list[bytes | memoryview | bytearray | None] = list(document.buffers)
        self._binary = document.binary

    def get(self, *place: Token) -> Any:
        """The value at a place of the tree, ``None`` when there is none."""
        value: Any = self.tree
        for token in place:
            try:
                value = value[token]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def set(self, place: Sequence[Token], value: Any) -> None:
        """Put a value at a place; an equal one keeps its tokens."""
        if self.get(*place) == value and type(self.get(*place)) is type(value):
            return
        self._raw.set(place, value)
        owner: Any = self.tree
        for token in place[:-1]:
            owner = owner.setdefault(token, {}) if isinstance(owner, dict) else owner[token]
        owner[place[-1]] = value

    def append(self, place: Sequence[Token], value: Any) -> int:
        """Add to the array at a place, which is made when it is missing; returns the index."""
        self._raw.append(place, value)
        owner: Any = self.tree
        for token in place[:-1]:
            owner = owner.setdefault(token, {}) if isinstance(owner, dict) else owner[token]
        array = owner.setdefault(place[-1], [])
        array.append(value)
        return len(array) - 1

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
            del owner[place[-1]]

    def use_extension(self, name: str) -> None:
        """List an extension under ``extensionsUsed``."""
        if name not in (self.tree.get("extensionsUsed") or []):
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
            self._buffers.append(bytearray())
            return self.append(("buffers",), {"byteLength": 0})
        for number, entry in enumerate(entries):
            if entry.get("name") == OWN_BUFFER:
                return number
        outside = any(isinstance(e.get("uri"), str) and not e["uri"].startswith("data:") for e in entries)
        uri = f"{OWN_BUFFER}.bin" if outside and self._document.container == "gltf" else "data:,"
        self._buffers.append(bytearray())
        return self.append(("buffers",), {"name": OWN_BUFFER, "byteLength": 0, "uri": uri})

    def length(self, number: int) -> int:
        """``byteLength`` of a buffer."""
        return int(self.tree["buffers"][number]["byteLength"])

    def add_bytes(self, data: bytes) -> tuple[int, int]:
        """Put data at the end of the own buffer, at a multiple of four; returns (buffer, byte offset)."""
        number = self.own_buffer()
        content = self.buffer(number)
        del content[self.length(number) :]
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
        for number, content in enumerate(self._buffers):
            old = self._document.buffers[number] if number < len(self._document.buffers) else None
            if isinstance(content, bytearray) and (old is None or bytes(content) != bytes(old[: len(content)]) or self._longer(number, old)):
                changed.add(number)
                uri = self.tree["buffers"][number].get("uri")
                if isinstance(uri, str) and uri.startswith("data:"):
                    encoded = base64.b64encode(content).decode("ascii")
                    self.set(("buffers", number, "uri"), f"data:application/octet-stream;base64,{encoded}")
        text = str(self._raw)
        if text == self._document.text and changed == self._document.changed:
            return self._document
        return replace(
            self._document,
            text=text,
            tree=json.loads(text),
            buffers=tuple(bytes(b) if isinstance(b, bytearray) else b for b in self._buffers),
            binary=self._binary,
            raw=None,
            changed=frozenset(changed),
        )

    def _longer(self, number: int, old: bytes | memoryview) -> bool:
        content = self._buffers[number]
        return content is not None and len(content) > len(old)
