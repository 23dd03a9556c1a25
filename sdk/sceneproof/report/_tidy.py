"""Strangers' text made safe to show, and numbers made short.

Names inside an asset are input from strangers: escape sequences could rewrite a terminal, and bidirectional controls
could make one name look like another. Both are shown as escapes.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from .json import plain_data

_LONGEST = 1200


def shown(result: object) -> dict[str, Any]:
    """The result as plain data in which every string is safe to print."""
    data = plain_data(result)
    if not isinstance(data, Mapping) or not str(data.get("schema", "")).startswith("sceneproof."):
        raise TypeError("a Report, Receipt, Verification or one of their dictionaries is needed")
    tidied: dict[str, Any] = _tidy(data)
    return tidied


def kind_of(data: Mapping[str, Any]) -> str:
    """``audit``, ``receipt``, ``verify``, ``inspect`` or ``survive``."""
    return str(data["schema"]).removeprefix("sceneproof.").split("/", maxsplit=1)[0]


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, Mapping):
        return {safe(key): _tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return value


def safe(text: str) -> str:
    """One line without control or format characters; very long text is cut, with the number of characters left off."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}… (+{len(text) - _LONGEST})"
    if text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def figure(value: Any, digits: int = 4) -> str:
    """A number with `digits` significant digits and grouped thousands; a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if not math.isfinite(value):
            return "–"
        if value and not 1e-4 <= abs(value) < 1e9:
            return f"{value:.{max(digits - 1, 1)}g}"
        rounded = float(f"{value:.{digits}g}")
        return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:g}"
    return str(value)


def percent(value: Any) -> str:
    """A fraction as per cent, one decimal; a dash for None."""
    return "–" if value is None else f"{100 * value:.1f} %"


def size(count: Any) -> str:
    """Bytes in the unit that reads well (powers of 1000)."""
    if count is None:
        return "–"
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} B"


def bounds_size(bounds: Any) -> str:
    """Extent along x, y and z from the two corners."""
    if not bounds or len(bounds) != 2:
        return "–"
    return " × ".join(figure(high - low, 3) for low, high in zip(*bounds, strict=True))


def inspected(inspection: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and figure for every entry of the inspection that is one number or text."""
    rows = []
    for name, value in inspection.items():
        if name == "bounds_m":
            rows.append((name, bounds_size(value)))
        elif not isinstance(value, dict | list):
            rows.append((name, figure(value)))
    return rows
