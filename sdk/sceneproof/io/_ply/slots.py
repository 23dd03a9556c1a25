"""What Sceneproof itself says in comment lines of the header: the hidden label, and where a visible one stands.

A header is ASCII by custom and some readers refuse anything else, so other letters stand as JSON escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.io._plain import KEYS
from sceneproof.scene import Array

from .header import Header

LABEL = "sceneproof-label"
_KEY = re.compile(rb"^[ \t]*comment[ \t]+(AIGC|DigitalSourceType)[ \t:=]+(.*)$")
_LABEL = re.compile(rb"^[ \t]*comment[ \t]+sceneproof-label[ \t]+(.*)$")
_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9a-fA-F]{4})+)")


@dataclass(frozen=True, eq=False)
class LabelPart:
    """Rows at the end of the vertices and faces that are one part of a label."""

    name: str
    color: tuple[float, float, float, float]
    vertices: int
    faces: int


@dataclass(frozen=True, eq=False)
class LabelRecord:
    """One label. `matrix` [shape=(4, 4)] is its node's; the vertices in the file are in world space.

    `colored` says that the vertices of the file had no colours before it came.
    """

    slot: str
    matrix: Array
    parts: tuple[LabelPart, ...]
    extras: Mapping[str, Any] = field(default_factory=dict)
    colored: bool = False

    @property
    def vertices(self) -> int:
        return sum(part.vertices for part in self.parts)

    @property
    def faces(self) -> int:
        return sum(part.faces for part in self.parts)

    def line(self) -> bytes:
        """The header line without its end."""
        parts = [{"name": p.name, "color": list(p.color), "vertices": p.vertices, "faces": p.faces} for p in self.parts]
        body = {
            "slot": self.slot,
            "matrix": [float(item) for item in self.matrix.T.ravel()],
            "parts": parts,
            "extras": dict(self.extras),
            "colored": self.colored,
        }
        return f"comment {LABEL} {json.dumps(body, separators=(',', ':'))}".encode("ascii")


def read_slot(header: Header) -> tuple[dict[str, str], dict[str, str]]:
    """What the comments say by key (`KEYS`), and further values that differ from the first of their key."""
    slot: dict[str, str] = {}
    others: dict[str, str] = {}
    for line in header.lines:
        found = _KEY.match(line)
        if found is None:
            continue
        key, value = found[1].decode("ascii"), _plain(found[2].decode("utf-8", "replace").strip())
        if value and slot.setdefault(key, value) != value and value not in others.values():
            others[f"{key} {2 + len(others)}"] = value
    return slot, others


def with_slot(lines: list[bytes], slot: Mapping[str, str]) -> list[bytes]:
    """The header's lines with the slot in them: where a key stands it is replaced, else put before ``end_header``."""
    fresh = {key: f"comment {key} ".encode("ascii") + _escaped(slot[key]) for key in KEYS if key in slot}
    out: list[bytes] = []
    shown: set[str] = set()
    for line in lines[:-1]:
        found = _KEY.match(line)
        key = found[1].decode("ascii") if found else ""
        if found and key in fresh:
            same = _plain(found[2].decode("utf-8", "replace").strip()) == slot[key]
            out.append(line if same else fresh[key])
            shown.add(key)
        else:
            out.append(line)
    return [*out, *(line for key, line in fresh.items() if key not in shown), lines[-1]]


def read_labels(header: Header) -> tuple[LabelRecord, ...]:
    """The labels that the comments speak of. Raises `ValueError` for a line that is malformed."""
    found = [_LABEL.match(line) for line in header.lines]
    return tuple(_record(match[1]) for match in found if match is not None)


def without_labels(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if not _LABEL.match(line)]


def _record(text: bytes) -> LabelRecord:
    try:
        body = json.loads(text)
        matrix = np.array(body["matrix"], np.float64).reshape(4, 4).T
        parts = tuple(_part(item) for item in body["parts"])
        slot, extras = body["slot"], body.get("extras", {})
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"it is malformed ({type(error).__name__})") from None
    if not isinstance(slot, str) or not isinstance(extras, dict) or not parts or len(parts) > 64:
        raise ValueError("it has no slot, or no parts")
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:3, :3])) < 1e-300:
        raise ValueError("its matrix cannot be inverted")
    return LabelRecord(slot, matrix, parts, extras, body.get("colored") is True)


def _part(item: Any) -> LabelPart:
    red, green, blue, alpha = (float(value) for value in item["color"])
    vertices, faces = item["vertices"], item["faces"]
    if not all(isinstance(n, int) and 0 < n < 1 << 32 for n in (vertices, faces)):
        raise ValueError("the counts of a part are no whole numbers")
    return LabelPart(str(item["name"])[:100], (red, green, blue, alpha), vertices, faces)


def _escaped(text: str) -> bytes:
    """ASCII without control characters: what else there is, in JSON's escapes."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2").tolist()
    return "".join(chr(unit) if 32 <= unit < 127 else f"\\u{unit:04x}" for unit in units).encode("ascii")


def _plain(text: str) -> str:
    """`_escaped` undone. Escapes of ASCII stay, since they are the text's own."""

    def put(match: re.Match[str]) -> str:
        units = [int(digits, 16) for digits in re.findall(r"\\u(....)", match[2])]
        if any(32 <= unit < 127 for unit in units):
            return match[0]
        raw = np.array(units, "<u2").tobytes()
        try:
            return match[1] + raw.decode("utf-16-le")
        except UnicodeDecodeError:
            return match[0]

    return _ESCAPE.sub(put, text)
