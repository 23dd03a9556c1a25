"""Typed looks into the glTF JSON: each names the pointer when the value is of the wrong kind."""

from __future__ import annotations

import math
from typing import Any

from ...errors import InputError


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
    """An optional string; anything else counts as missing."""
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def number(entry: dict[str, Any], name: str, place: str, default: float | None = None) -> float:
    """A finite number."""
    value = entry.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{name} is {value!r}, a number is needed", pointer=f"{place}/{name}")
    return float(value)


def vector(entry: dict[str, Any], name: str, place: str, size: int, default: tuple[float, ...] | None = None) -> tuple[float, ...]:
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
    return vector(entry, name, place, len(value), ()) if isinstance(value, list) else vector(entry, name, place, 0)


def index(entry: dict[str, Any], name: str, place: str, count: int) -> int | None:
    """An optional reference into an array of `count` entries."""
    value = entry.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise InputError(f"{name} is {value!r}, there are {count}", pointer=f"{place}/{name}")
    return value


def indices(entry: dict[str, Any], name: str, place: str, count: int) -> tuple[int, ...]:
    """An optional array of references into an array of `count` entries."""
    value = entry.get(name, [])
    if not isinstance(value, list):
        raise InputError("must be an array", pointer=f"{place}/{name}")
    for position, item in enumerate(value):
        if isinstance(item, bool) or not isinstance(item, int) or not 0 <= item < count:
            raise InputError(f"{item!r} does not exist, there are {count}", pointer=f"{place}/{name}/{position}")
    return tuple(value)
