"""How numbers and header lines are written into a PLY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sceneproof.io._text.rewrite import shortest
from sceneproof.scene import Array

from .header import Header


def joined(raw: bytes, header: Header, lines: Sequence[bytes]) -> bytes:
    """The file with other header lines. Ends of lines that stay are the header's own."""
    ends = _line_ends(raw, header)
    old = dict(zip(header.lines, ends, strict=True))
    return b"".join(line + old.get(line, header.ending) for line in lines) + raw[header.size :]


def _line_ends(raw: bytes, header: Header) -> list[bytes]:
    ends, at = [], 0
    for line in header.lines:
        at += len(line)
        end = b"\r\n" if raw[at : at + 2] == b"\r\n" and at + 2 <= header.size else raw[at : at + 1]
        ends.append(end)
        at += len(end)
    return ends


def stored_as(values: Array, kind: np.dtype[Any]) -> Array:
    """Values in the type of a property, rounded and held in its range where that is a whole number."""
    if kind.kind == "f":
        return values.astype(kind)
    limits = np.iinfo(kind)
    return np.clip(np.rint(np.asarray(values, np.float64)), limits.min, limits.max).astype(kind)


def words_of(values: Array, kind: np.dtype[Any]) -> list[bytes]:
    """The same as words of a text, in the fewest digits that give them back."""
    if kind.kind != "f":
        return [b"%d" % int(value) for value in stored_as(values, kind)]
    if values.dtype == np.float64 and kind.itemsize == 8:
        return [repr(float(value)).encode() for value in values]
    return shortest(values)
