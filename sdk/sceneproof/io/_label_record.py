"""What a file without nodes says of a visible label in it: which rows at the end are its own, and what they stand for.

The record is one line of ASCII JSON. Where it stands is each format's matter: a comment, an extension record, a header.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.scene import Array

MOST_PARTS = 64


@dataclass(frozen=True, eq=False)
class LabelPart:
    """Rows at the end of the vertices and faces that are one part of a label.

    `faces` is 0 where the part is dots: splats or points, `vertices` in number. `size` is half the side of the square
    that a point stands for, in the file's unit; 0 where the file itself says how large each is.
    """

    name: str
    color: tuple[float, float, float, float]
    vertices: int
    faces: int
    size: float = 0.0


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

    def text(self) -> str:
        """The record as one line of ASCII."""
        body = {
            "slot": self.slot,
            "matrix": [float(item) for item in self.matrix.T.ravel()],
            "parts": [_stated(part) for part in self.parts],
            "extras": dict(self.extras),
            "colored": self.colored,
        }
        return json.dumps(body, separators=(",", ":"))


def record_of(text: str | bytes) -> LabelRecord:
    """A record from its line. Raises `ValueError` with what is wrong."""
    try:
        body = json.loads(text)
        matrix = np.array(body["matrix"], np.float64).reshape(4, 4).T
        parts = tuple(_part(item) for item in body["parts"])
        slot, extras = body["slot"], body.get("extras", {})
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"it is malformed ({type(error).__name__})") from None
    if not isinstance(slot, str) or not isinstance(extras, dict) or not parts or len(parts) > MOST_PARTS:
        raise ValueError("it has no slot, or no parts")
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:3, :3])) < 1e-300:
        raise ValueError("its matrix cannot be inverted")
    return LabelRecord(slot, matrix, parts, extras, body.get("colored") is True)


def fitting(records: tuple[LabelRecord, ...], rows: int) -> None:
    """Raises `ValueError` unless the records are of dots, one a slot, and there are that many rows for them."""
    if len({record.slot for record in records}) < len(records):
        raise ValueError("a slot stands twice")
    if any(part.faces for record in records for part in record.parts):
        raise ValueError("it speaks of faces")
    if sum(record.vertices for record in records) > rows:
        raise ValueError("there are fewer rows than it counts")


def _stated(part: LabelPart) -> dict[str, Any]:
    held: dict[str, Any] = {"name": part.name, "color": list(part.color)}
    held |= {"vertices": part.vertices, "faces": part.faces}
    return held | ({"size": part.size} if part.size else {})


def _part(item: Any) -> LabelPart:
    red, green, blue, alpha = (float(value) for value in item["color"])
    vertices, faces = item["vertices"], item["faces"]
    if not all(isinstance(n, int) and 0 <= n < 1 << 32 for n in (vertices, faces)) or not vertices:
        raise ValueError("the counts of a part are no whole numbers")
    size = float(item.get("size", 0.0))
    if not 0 <= size < 1e30:
        raise ValueError("the size of its points is no length")
    return LabelPart(str(item["name"])[:100], (red, green, blue, alpha), vertices, faces, size)
