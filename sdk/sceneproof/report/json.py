"""JSON of the contract: strict JSON that any reader takes, in the order of keys that the result has."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np

__all__ = ["dumps", "plain_data", "text"]


def dumps(result: object, indent: int | None = None) -> str:
    """One result (or any data) as JSON, without an end of line.

    Chinese stays readable, NaN and infinities become ``null`` (RFC 8259 has no others), numpy scalars and arrays become
    numbers and lists. Raises `TypeError` for what has no JSON form.
    """
    return json.dumps(plain_data(result), ensure_ascii=False, allow_nan=False, indent=indent)


def text(results: Sequence[object], _: object = None) -> str:
    """One result indented, several as JSON lines (one object per line); ends with an end of line."""
    if len(results) == 1:
        return dumps(results[0], indent=2) + "\n"
    return "".join(dumps(result) + "\n" for result in results)


def plain_data(value: Any) -> Any:
    """`value` as dictionaries, lists, strings, numbers, booleans and None alone; order of keys kept, sets sorted."""
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    if isinstance(value, Enum):
        return plain_data(value.value)
    if isinstance(value, str):
        return _whole(str(value))
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_whole(str(key)): plain_data(item) for key, item in value.items()}
    return _container(value)


def _container(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return plain_data(value.tolist())
    if hasattr(value, "to_dict"):
        return plain_data(value.to_dict())
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain_data(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, PurePath):
        return _whole(str(value))
    if isinstance(value, bytes | bytearray):
        return bytes(value).hex()
    if isinstance(value, Set):
        return [plain_data(item) for item in sorted(value, key=str)]
    if isinstance(value, Iterable):
        return [plain_data(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _whole(value: str) -> str:
    """The text without lone surrogates (a file name may hold some), which UTF-8 cannot carry."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
