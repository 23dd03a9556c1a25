"""PLY files by code: any elements and properties, as text or binary of either byte order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.makers import shapes

FORMS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
NAMES = {
    "i1": "char", "u1": "uchar", "i2": "short", "u2": "ushort", "i4": "int", "u4": "uint", "f4": "float",
    "f8": "double",
}  # fmt: skip
Column = tuple[str, str, Any]  # name, type ("f4", or "u1:i4" for a list), values
Element = tuple[str, Sequence[Column]]


def ply(elements: Sequence[Element], form: str = "binary_little_endian", *, lines: Sequence[str] = (), end: str = "\n"):
    """The bytes of a PLY. `lines` are put after the format line."""
    order = FORMS[form]
    head, body = ["ply", f"format {form} 1.0", *lines], b""
    for name, columns in elements:
        count = len(columns[0][2]) if columns else 0
        head.append(f"element {name} {count}")
        for column, kind, _ in columns:
            length, _, item = kind.rpartition(":")
            head.append(f"property list {NAMES[length]} {NAMES[item]} {column}" if length else
                        f"property {NAMES[item]} {column}")  # fmt: skip
        for row in range(count):
            cells = [_cell(kind, values[row], order) for _, kind, values in columns]
            body += (b" ".join(cells) + end.encode()) if not order else b"".join(cells)
    return end.join([*head, "end_header", ""]).encode() + body


def _cell(kind: str, value: Any, order: str) -> bytes:
    length, _, item = kind.rpartition(":")
    items = np.asarray(value if length else [value], np.dtype(order + item) if order else np.dtype(item))
    if order:
        return (np.array([len(items)], order + length).tobytes() if length else b"") + items.tobytes()
    words = [str(number) for number in items]
    return " ".join([str(len(items)), *words] if length else words).encode()


def vertices(positions: Any, kind: str = "f4", **more: tuple[str, Any]) -> Element:
    """The vertex element; `more` maps a name to type and values."""
    places = np.asarray(positions)
    columns = [(name, kind, places[:, axis]) for axis, name in enumerate("xyz")]
    return "vertex", [*columns, *((name, of, values) for name, (of, values) in more.items())]


def faces(polygons: Sequence[Sequence[int]], kind: str = "u1:i4", **more: tuple[str, Any]) -> Element:
    return "face", [("vertex_indices", kind, polygons), *((name, of, values) for name, (of, values) in more.items())]


def sphere(form: str = "binary_little_endian", kind: str = "f4", *, shift: float = 0.0, **options: Any) -> bytes:
    """A closed sphere of 320 triangles."""
    ball = shapes.icosphere(level=2)
    return ply([vertices(np.asarray(ball.positions) + shift, kind), faces(ball.faces.tolist())], form, **options)


def splats(count: int = 8, degree: int = 1, form: str = "binary_little_endian", seed: int = 0) -> bytes:
    """A trainer's PLY with random values."""
    rng = np.random.default_rng(seed)
    rest = 3 * ((degree + 1) ** 2 - 1)
    names = ["nx", "ny", "nz", *(f"f_dc_{k}" for k in range(3)), *(f"f_rest_{k}" for k in range(rest)), "opacity"]
    names += [f"scale_{k}" for k in range(3)] + [f"rot_{k}" for k in range(4)]
    more = {name: ("f4", rng.normal(size=count)) for name in names}
    return ply([vertices(rng.normal(size=(count, 3)), **more)], form)
