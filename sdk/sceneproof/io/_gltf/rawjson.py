"""JSON that is edited without being rewritten: what is not touched keeps its tokens, order and white space.

A container is split into its members only when something inside it changes; the rest stays a slice of the source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

Token = str | int

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def dumps(value: Any) -> str:
    """Compact JSON for new values; refuses NaN and infinity, which JSON does not have."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can hold it as an escape, UTF-8 cannot
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


@dataclass
class _Member:
    """One member or element: what stands before the value (key and colon included), the value, what follows it."""

    key: str | None
    lead: str
    value: str | _Container
    trail: str = ""


@dataclass
class _Container:
    opening: str
    members: list[_Member] = field(default_factory=list)
    space: str = ""  # of an empty container

    def __str__(self) -> str:
        if not self.members:
            inside = self.space
        else:
            inside = ",".join(f"{member.lead}{member.value}{member.trail}" for member in self.members)
        return f"{self.opening}{inside}{'}' if self.opening == '{' else ']'}"


def _split(text: str) -> _Container:
    """Split the text of one object or array into its members, their values unparsed."""
    opening = text[0]
    box = _Container(opening)
    at = 1
    after = _skip(text, at)
    if text[after] in "}]":
        box.space = text[at:after]
        return box
    while True:
        start = at
        at = _skip(text, at)
        key = None
        if opening == "{":
            key, at = scanstring(text, at + 1, True)
            at = _skip(text, _skip(text, at) + 1)
        value_at = at
        _, at = _DECODER.raw_decode(text, at)
        end = _skip(text, at)
        box.members.append(_Member(key, text[start:value_at], text[value_at:at], text[at:end]))
        at = end + 1
        if text[end] in "}]":
            return box


class RawJson:
    """An editable view of one JSON text, which must be valid and hold an object or array.

    Places are given as sequences of keys and indices: ``("nodes", 3, "name")``.
    """

    def __init__(self, text: str) -> None:
        start = _skip(text, 0)
        _, end = _DECODER.raw_decode(text, start)
        self._before, self._after = text[:start], text[end:]
        self._root: str | _Container = text[start:end]

    def __str__(self) -> str:
        return f"{self._before}{self._root}{self._after}"

    def get(self, place: Sequence[Token], default: Any = None) -> Any:
        """The value at a place, parsed, or `default` when there is none."""
        value: Any = self._root
        for token in place:
            if isinstance(value, str) and value[0] not in "{[":
                return default
            member = self._find(value if isinstance(value, _Container) else _split(value), token)
            if member is None:
                return default
            value = member.value
        return json.loads(str(value))

    def set(self, place: Sequence[Token], value: Any) -> None:
        """Put `value` at a place; objects that are missing on the way are made."""
        box = self._open(place[:-1])
        member = self._find(box, place[-1])
        if member is None:
            if box.opening == "[":
                raise KeyError(f"no element {place[-1]}")
            box.members.append(_Member(str(place[-1]), f"{dumps(place[-1])}:", dumps(value)))
        else:
            member.value = dumps(value)

    def append(self, place: Sequence[Token], value: Any) -> int:
        """Add `value` at the end of the array at `place`, which is made when it is missing; returns its index."""
        parent = self._open(place[:-1])
        if self._find(parent, place[-1]) is None:
            parent.members.append(_Member(str(place[-1]), f"{dumps(place[-1])}:", _Container("[")))
        box = self._open(place)
        box.members.append(_Member(None, "", dumps(value)))
        return len(box.members) - 1

    def delete(self, place: Sequence[Token]) -> None:
        """Take a member or element away; nothing happens when it is not there."""
        box = self._open(place[:-1])
        member = self._find(box, place[-1])
        if member is not None:
            box.members.remove(member)

    def _open(self, place: Sequence[Token]) -> _Container:
        """The container at a place, split; missing objects are made."""
        if isinstance(self._root, str):
            self._root = _split(self._root)
        box = self._root
        for token in place:
            member = self._find(box, token)
            if member is None:
                if box.opening == "[":
                    raise KeyError(f"no element {token}")
                member = _Member(str(token), f"{dumps(token)}:", _Container("{"))
                box.members.append(member)
            if isinstance(member.value, str):
                if member.value[0] not in "{[":
                    raise KeyError(f"{token} is no container")
                member.value = _split(member.value)
            box = member.value
        return box

    @staticmethod
    def _find(box: _Container, token: Token) -> _Member | None:
        if box.opening == "[":
            return box.members[token] if isinstance(token, int) and 0 <= token < len(box.members) else None
        # The last of several equal keys counts, as in Python's and most other parsers.
        return next((member for member in reversed(box.members) if member.key == token), None)
