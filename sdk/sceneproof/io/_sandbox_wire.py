"""The messages between Sceneproof and its decoder process: a JSON head, then the raw bytes of its arrays.

Neither side unpickles anything: a decoder that a hostile file has taken over can answer wrong numbers, and nothing
else. Sizes are checked before memory is taken for them.
"""

from __future__ import annotations

import json
import math
import struct
from typing import IO, Any

import numpy as np

HEAD_BYTES = 1 << 20  # the longest head; ours take some hundreds
_LENGTH = struct.Struct("<I")
_NUMBERS = "biuf"  # array kinds that may cross
_DEPTH = 16


class WireError(Exception):
    """The other side did not answer, or not in this format."""


def send(stream: IO[bytes], value: Any) -> None:
    """Write one value: ``None``, booleans, numbers, text, bytes, numeric arrays, and lists and dicts of these."""
    parts: list[Any] = []
    tree = _packed(value, parts)
    described = [
        {"dtype": part.dtype.str, "shape": part.shape} if isinstance(part, np.ndarray) else {"size": len(part)}
        for part in parts
    ]
    head = json.dumps({"value": tree, "parts": described}, separators=(",", ":")).encode("ascii")
    if len(head) > HEAD_BYTES:
        raise WireError(f"a head of {len(head):,} bytes")
    stream.write(_LENGTH.pack(len(head)) + head)
    for part in parts:
        stream.write(part.data if isinstance(part, np.ndarray) and part.size else bytes(part))
    stream.flush()


def receive(stream: IO[bytes], most_bytes: int) -> Any:
    """Read one value whose bytes and arrays together take at most `most_bytes`. Raises `WireError`, `EOFError`."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > HEAD_BYTES:
        raise WireError(f"a head of {length:,} bytes")
    try:
        head = json.loads(_exactly(stream, length))
        described = [_described(entry) for entry in head["parts"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WireError(f"a head that cannot be read ({type(error).__name__})") from None
    if sum(size for _, _, size in described) > most_bytes:
        raise WireError(f"more than {most_bytes:,} bytes")
    parts = [_part(stream, *entry) for entry in described]
    try:
        return _unpacked(head["value"], parts, 0)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise WireError(f"a value that cannot be read ({type(error).__name__})") from None


def _packed(value: Any, parts: list[Any]) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in _NUMBERS:
            raise WireError(f"an array of {value.dtype}")
        parts.append(np.ascontiguousarray(value))
        return {"part": len(parts) - 1}
    if isinstance(value, bytes | bytearray | memoryview):
        parts.append(memoryview(value).cast("B"))
        return {"part": len(parts) - 1}
    if isinstance(value, dict):
        return {"dict": {str(key): _packed(item, parts) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return [_packed(item, parts) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise WireError(f"a {type(value).__name__}")


def _unpacked(tree: Any, parts: list[Any], depth: int) -> Any:
    if depth > _DEPTH:
        raise ValueError("nested too deep")
    if isinstance(tree, list):
        return [_unpacked(item, parts, depth + 1) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if "part" in tree:
        return parts[tree["part"]]
    return {key: _unpacked(item, parts, depth + 1) for key, item in tree["dict"].items()}


def _described(entry: dict[str, Any]) -> tuple[np.dtype[Any] | None, tuple[int, ...], int]:
    if "size" in entry:
        return None, (), _natural(entry["size"])
    dtype = np.dtype(str(entry["dtype"]))
    if dtype.kind not in _NUMBERS or dtype.hasobject:
        raise ValueError("no numbers")
    shape = tuple(_natural(size) for size in entry["shape"])
    return dtype, shape, math.prod(shape) * dtype.itemsize


def _natural(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("no size")
    return value


def _part(stream: IO[bytes], dtype: np.dtype[Any] | None, shape: tuple[int, ...], size: int) -> Any:
    if dtype is None:
        return _exactly(stream, size)
    values: np.ndarray[Any, Any] = np.empty(shape, dtype)
    if values.size:
        _fill(stream, values.data.cast("B"))
    return values


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = bytearray(size)
    _fill(stream, memoryview(data))
    return bytes(data)


def _fill(stream: IO[bytes], target: memoryview) -> None:
    done = 0
    while done < len(target):
        count = stream.readinto(target[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        done += count
