"""The header of a PLY: what elements follow, of which properties, and where each line stands.

Source: Greg Turk, "The PLY Polygon File Format" (Stanford, 1994), with the sized type names (``float32`` …) and the
64 bit integers that later writers use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.errors import InputError, LimitError

LARGEST = 4 << 20  # bytes of a header; a splat's is 2 KB
MOST_ELEMENTS = 1000
MOST_PROPERTIES = 4096  # of one element
ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8", "int64": "i8", "uint64": "u8",
}  # fmt: skip
NEEDED = ("vertex", "face", "tristrips", "chunk", "sh")  # elements without which the geometry is not what it says
_END = re.compile(rb"(?:^|[\r\n])[ \t]*end_header[ \t]*(\r\n|\n|\r)")


@dataclass(frozen=True)
class Property:
    """A column: its NumPy type without byte order, and for a list the type of its length."""

    name: str
    kind: str
    count_kind: str | None = None


@dataclass(frozen=True)
class Element:
    """One table of the file. `line` is the row of its ``element`` line in `Header.lines`."""

    name: str
    count: int
    properties: tuple[Property, ...]
    line: int

    @property
    def fixed(self) -> bool:
        """Whether all rows have the same number of values."""
        return all(item.count_kind is None for item in self.properties)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.properties)

    def dtype(self, order: str) -> np.dtype[Any]:
        """Of one row without lists, packed; fields ``f0``, ``f1`` … since names may repeat or be empty."""
        return np.dtype([(f"f{n}", order + item.kind) for n, item in enumerate(self.properties)])

    def least(self, ascii_: bool) -> int:
        """The fewest bytes that a row can take."""
        if ascii_:
            return 2 * len(self.properties)
        return sum(np.dtype(item.count_kind or item.kind).itemsize for item in self.properties)


@dataclass(frozen=True)
class Header:
    """A parsed header.

    Attributes
    ----------
    order : ``""`` for ASCII, ``<`` or ``>``. elements : in file order.
    lines : the lines without their ends. ending : the bytes that end a line. size : bytes of the header.
    """

    order: str
    elements: tuple[Element, ...]
    lines: tuple[bytes, ...] = field(repr=False)
    ending: bytes
    size: int

    @property
    def ascii(self) -> bool:
        return not self.order

    def element(self, name: str) -> Element | None:
        return next((item for item in self.elements if item.name == name), None)

    def comments(self) -> tuple[str, ...]:
        """Texts of the ``comment`` lines."""
        texts = (_text(line).strip() for line in self.lines)
        return tuple(text[7:].strip() for text in texts if re.match(r"comment(\s|$)", text))


def parse(data: bytes) -> Header:
    """Read the header. Raises `InputError` where it is malformed, `LimitError` where it asks for too much."""
    if not re.match(rb"[ \t]*ply[ \t]*[\r\n]", data[:64]):
        raise InputError("is no PLY: the first line is not 'ply'")
    found = _END.search(data, 0, LARGEST)
    if found is None:
        raise InputError("the header has no end_header line")
    ending = _ending(data)
    # A lone CR ends the line only where CR ends the others: else a first body byte of 0x0A would be swallowed.
    size = found.end() - 1 if found[1] == b"\r\n" and ending == b"\r" else found.end()
    lines = tuple(re.split(rb"\r\n|\n|\r", data[:size])[:-1])
    return Header(_order(lines), _elements(lines, len(data) - size), lines, ending, size)


def _ending(data: bytes) -> bytes:
    found = re.search(rb"\r\n|\n|\r", data[:64])
    return found[0] if found else b"\n"


def _order(lines: tuple[bytes, ...]) -> str:
    for line in lines[1:]:
        words = _text(line).split()
        if words[:1] == ["format"]:
            if len(words) < 2 or words[1] not in ORDERS:
                raise InputError(f"the format {' '.join(words[1:])[:60]!r} is none of {', '.join(ORDERS)}")
            return ORDERS[words[1]]
    raise InputError("the header has no format line")


def _elements(lines: tuple[bytes, ...], left: int) -> tuple[Element, ...]:
    found: list[tuple[str, int, int, list[Property]]] = []
    for number, line in enumerate(lines):
        words = _text(line).split()
        if words[:1] == ["element"]:
            if len(words) != 3 or not re.fullmatch(r"[0-9]{1,18}", words[2]):
                raise InputError(f"header line {number + 1}: {' '.join(words)[:80]!r} is no element line")
            if any(words[1] == name for name, *_ in found):
                raise InputError(f"header line {number + 1}: the element {words[1][:40]!r} stands twice")
            found.append((words[1], int(words[2]), number, []))
            if len(found) > MOST_ELEMENTS:
                raise LimitError(f"the header names more than {MOST_ELEMENTS} elements")
        elif words[:1] == ["property"]:
            if not found:
                raise InputError(f"header line {number + 1}: a property before any element")
            found[-1][3].append(_property(words, number))
    elements = tuple(Element(name, count, tuple(items), line) for name, count, line, items in found)
    ascii_ = not _order(lines)
    for item in elements:
        if len(item.properties) > MOST_PROPERTIES:
            raise LimitError(f"the element {item.name[:40]!r} has more than {MOST_PROPERTIES} properties")
        least = item.count * item.least(ascii_) - ascii_  # the last value of a text needs no blank after it
        if least > left and item.name in NEEDED:
            reason = f"{item.count:,} rows take at least {least:,} bytes; the file has {left:,} left"
            raise InputError(reason, pointer=f"/{item.name}")
        left -= max(least, 0) if not ascii_ else 0
    return elements


def _property(words: list[str], number: int) -> Property:
    kinds = words[2:4] if words[1:2] == ["list"] else words[1:2]
    size = 5 if words[1:2] == ["list"] else 3
    unknown = [kind for kind in kinds if kind not in TYPES]
    if len(words) != size or unknown:
        what = f"unknown type {unknown[0][:40]!r}" if unknown else "malformed property"
        raise InputError(f"header line {number + 1}: {what} in {' '.join(words)[:80]!r}")
    if size == 3:
        return Property(words[2], TYPES[words[1]])
    if TYPES[words[2]][0] == "f":
        raise InputError(f"header line {number + 1}: a list's length cannot be of type {words[2]}")
    return Property(words[4], TYPES[words[3]], TYPES[words[2]])


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")
