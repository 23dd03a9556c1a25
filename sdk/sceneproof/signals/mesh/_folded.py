"""What the signals of this folder keep of a derived figure: the first places, since an audit lists all signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEPT = 4


def short(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same figures with at most four entries in each list of places."""
    return {key: _cut(key, value) for key, value in found.items()} | (
        {"more": found["count"] - min(KEPT, len(found["largest"]))} if "largest" in found else {}
    )


def _cut(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return short(value)
    return list(value)[:KEPT] if key in ("largest", "worst", "farthest") else value


def pointers_of(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Primitives of the listed places, each once."""
    return tuple(dict.fromkeys(entry["pointer"] for entry in found["largest"] if entry.get("pointer")))[:16]
