"""Writing TOML values: the standard library reads TOML and does not write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def value(item: Any) -> str:
    """A boolean, text, sequence or mapping of such as TOML 1.0 on one line."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, tuple | list):
        return "[" + ", ".join(value(part) for part in item) + "]"
    if isinstance(item, Mapping):
        return "{ " + ", ".join(f"{name} = {value(part)}" for name, part in item.items()) + " }"
    return '"' + "".join(_character(character) for character in str(item)) + '"'


def _character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    return character if " " <= character != "\x7f" else f"\\u{ord(character):04x}"
