"""Vertices of a label behind the rows of the file, and its header lines; the bytes of the rows before them stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from sceneproof.io._cloud import white_of
from sceneproof.io._label_record import LabelRecord
from sceneproof.scene import Array

from . import columns
from .build import Layout
from .header import Element, Property
from .rows import stored_as, words_of
from .slots import label_line, without_labels
from .table import Table

WHITE = tuple(Property(name, "u1") for name in columns.COLORS[0])
Splice = tuple[int, int, bytes]  # bytes of the body from, to, and what stands there then


def color_values(vertex: Table, own: int, shades: Array) -> dict[str, Array]:
    """sRGB colours 0..1 with alpha [shape=(n, 4)] as the file's own columns hold them, or new ones will."""
    names = columns.color_names(vertex) or columns.COLORS[0]
    known = {}
    for number, name in enumerate((*names, columns.alpha_name(names))):
        held = vertex.column(name)
        white = 255.0 if held is None else white_of(held[:own], columns.kind_of(vertex, name))
        known[name] = shades[:, number] * white
    return known


def binary_vertices(body: bytes, layout: Layout, values: Mapping[str, Array], own: int, bare: bool) -> Splice:
    """The file's own rows with the label's behind them; properties that `values` does not name are 0.

    With `bare` every row gets red, green and blue, white for the subject.
    """
    vertex = layout.tables["vertex"]
    properties = [*vertex.element.properties, *(WHITE if bare else ())]
    dtype = Element("vertex", 0, tuple(properties), 0).dtype(layout.header.order)
    fresh = np.zeros(len(values["x"]), dtype)
    for number, item in enumerate(properties):
        if item.name in values:
            fresh[f"f{number}"] = stored_as(values[item.name], np.dtype(item.kind))
    held = body[vertex.start : vertex.row_end(own - 1)]
    if bare:
        wide = np.full((own, dtype.itemsize), 255, np.uint8)
        wide[:, :-3] = np.frombuffer(held, np.uint8).reshape(own, -1)
        held = wide.tobytes()
    return vertex.start, vertex.end, held + fresh.tobytes()


def text_vertices(ends: Array, layout: Layout, values: Mapping[str, Array], own: int, bare: bool) -> list[Splice]:
    """The same for a text whose words end at `ends`."""
    vertex, ending = layout.tables["vertex"], layout.header.ending
    exact = layout.kind == "points" or bool(layout.origin.any())
    words = []
    for item in [*vertex.element.properties, *(WHITE if bare else ())]:
        kind = np.dtype(item.kind)
        column = values.get(item.name, np.zeros(len(values["x"])))
        words.append(words_of(column if exact and kind.itemsize == 8 else column.astype(np.float32), kind))
    fresh = ending.join(b" ".join(row) for row in zip(*words, strict=True))
    splices: list[Splice] = []
    if bare:
        unit = len(vertex.element.properties)
        for row in range(own - 1):
            at = int(ends[vertex.start + (row + 1) * unit - 1])
            splices.append((at, at, b" 255 255 255"))
    content = (b" 255 255 255" if bare else b"") + ending + fresh
    return [*splices, after(ends, vertex.row_end(own - 1), vertex.end, content)]


def after(ends: Array, last: int, end: int, content: bytes) -> Splice:
    """Put content after token `last` - 1, over the tokens up to `end`."""
    return int(ends[last - 1]), int(ends[end - 1]), content


def spliced(body: bytes, splices: Sequence[Splice]) -> bytes:
    out, at = [], 0
    for start, end, content in sorted(splices, key=lambda item: item[:2]):
        out += [body[at:start], content]
        at = end
    return b"".join([*out, body[at:]])


def label_lines(layout: Layout, records: Sequence[LabelRecord], counts: Mapping[str, int], bare: bool) -> list[bytes]:
    """The header with the new counts, the colours where they are new, and the labels' comments."""
    lines = list(layout.header.lines)
    for name, count in counts.items():
        number = layout.tables[name].element.line
        lines[number] = re.sub(rb"\d+(?=\s*$)", b"%d" % count, lines[number])
    if bare:
        at = layout.tables["vertex"].element.line
        behind = next(n for n in range(at + 1, len(lines)) if re.match(rb"\s*(element\s|end_header)", lines[n]))
        last = max(n for n in range(at, behind) if re.match(rb"\s*property\s", lines[n]))
        lines[last + 1 : last + 1] = [b"property uchar " + item.name.encode() for item in WHITE]
    kept = without_labels(lines)
    # where the first one stood, so that a second marking leaves the order of the comments; else before end_header
    place = next((n for n, (line, left) in enumerate(zip(lines, kept, strict=False)) if line is not left), -1)
    return [*kept[:place], *(label_line(record) for record in records), *kept[place:]]
