"""The hidden label in comment lines: ``# AIGC {…}`` and ``# DigitalSourceType …``, replaced where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sceneproof.errors import MarkError
from sceneproof.io._plain import KEYS

from .encoding import name_of, newline

MOST_OTHERS = 16  # further values that differ; one is enough to know that the file contradicts itself
_LINE = re.compile(rb"(?m)(?:^|(?<=\r))[ \t]*#[ \t]*(AIGC|DigitalSourceType)[ \t:=]+([^\r\n]*)")


def read_slot(text: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """What the comments say by key, and further values that differ from the first (key with a number to value)."""
    slot: dict[str, str] = {}
    others: dict[str, str] = {}
    if not any(key.encode() in text for key in KEYS):
        return slot, others
    for match in _LINE.finditer(text):
        key, value = match[1].decode(), name_of(match[2]).strip()
        if not value:
            continue
        if slot.setdefault(key, value) != value and len(others) < MOST_OTHERS and value not in others.values():
            others[f"{key} {2 + len(others)}"] = value
    return slot, others


def with_slot(text: bytes, slot: Mapping[str, str], at: int = 0) -> bytes:
    """The text with the slot in it: lines of ours are replaced, new ones begin at offset `at`, where a line begins.

    Raises `MarkError` for a value that does not fit on one line.
    """
    lines = {key: _line(key, slot[key]) for key in KEYS if key in slot}
    if not lines:
        return text
    shown: set[str] = set()

    def put(match: re.Match[bytes]) -> bytes:
        key = match[1].decode()
        if key not in lines:
            return match[0]
        shown.add(key)
        return match[0] if name_of(match[2]).strip() == slot[key] else lines[key]

    before, behind = _LINE.sub(put, text[:at]), _LINE.sub(put, text[at:])
    end = newline(text)
    fresh = b"".join(line + end for key, line in lines.items() if key not in shown)
    return before + fresh + behind


def _line(key: str, value: str) -> bytes:
    if len(value.splitlines()) != 1 or value.endswith("\\"):
        raise MarkError(f"the value of {key} does not fit in one comment line")
    return f"# {key} {value}".encode()
