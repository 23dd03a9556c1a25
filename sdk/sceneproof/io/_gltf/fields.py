"""Typed looks into the glTF JSON: each names the pointer when the value is of the wrong kind."""

from __future__ import annotations

import math
from typing import Any

from sceneproof.errors import InputError


def objects(tree: dict[str, Any], name: str, place: str = "") -> list[dict[str, Any]]:
    """An optional array of objects."""
    entries = tree.get(name, [])
    if not isinstance(entries, list):
        raise InputError("must be an array", pointer=f"{place}/{name}")
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise InputError("must be an object", pointer=f"{place}/{name}/{number}")
    return entries


def mapping(entry: dict[str, Any], name: str, place: str) -> dict[str, Any]:
    """An optional object, ``{}`` when it is missing."""
    value = entry.get(name, {})
    if not isinstance(value, dict):
        raise InputError("must be an object", pointer=f"{place}/{name}")
    return value


def text(entry: dict[str, Any], name: str) -> str:
    """An optional string; anything else counts as missing. Halves of surrogate pairs, which no output can bear, go."""
    value = entry.get(name)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def step(name: str) -> str:
    """A member's name as one step of a JSON Pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def whole(value: Any) -> int | None:
    """The whole number that a JSON value is (``1.0`` is one), else ``None``."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(entry: dict[str, Any], name: str, place: str, default: float | None = None) -> float:
    """A finite number."""
    value = entry.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{name} is {value!r}, a number is needed", pointer=f"{place}/{name}")
    return float(value)


def vector(
    entry: dict[str, Any], name: str, place: str, size: int, default: tuple[float, ...] | None = None
) -> tuple[float, ...]:
    """A fixed number of finite numbers."""
    value = entry.get(name, default)
    if (
        not isinstance(value, list | tuple)
        or len(value) != size
        or any(isinstance(item, bool) or not isinstance(item, int | float) or not math.isfinite(item) for item in value)
    ):
        raise InputError(f"{name} must hold {size} numbers", pointer=f"{place}/{name}")
    return tuple(float(item) for item in value)


def numbers(entry: dict[str, Any], name: str, place: str) -> tuple[float, ...]:
    """Any number of finite numbers, ``()`` when missing."""
    value = entry.get(name, [])
    if not isinstance(value, list):
        raise InputError("must be an array of numbers", pointer=f"{place}/{name}")
    return vector(entry, name, place, len(value), ())


def index(entry: dict[str, Any], name: str, place: str, count: int) -> int | None:
    """An optional reference into an array of `count` entries."""
    value = entry.get(name)
    if value is None:
        return None
    found = whole(value)
    if found is None or not 0 <= found < count:
        raise InputError(f"{name} is {value!r}, there are {count}", pointer=f"{place}/{name}")
    return found


def indices(entry: dict[str, Any], name: str, place: str, count: int) -> tuple[int, ...]:
    """An optional array of references into an array of `count` entries."""
    value = entry.get(name, [])
    if not isinstance(value, list):
        raise InputError("must be an array", pointer=f"{place}/{name}")
    found = []
    for position, item in enumerate(value):
        number = whole(item)
        if number is None or not 0 <= number < count:
            raise InputError(f"{item!r} does not exist, there are {count}", pointer=f"{place}/{name}/{position}")
        found.append(number)
    return tuple(found)
