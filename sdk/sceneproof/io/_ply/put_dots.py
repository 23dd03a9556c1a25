"""A label into a PLY of splats or points: its splats or points are rows at the end, and a comment says which.

Points without colours get them, white for the subject, as vertices of a mesh do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sceneproof.edits import PutNode
from sceneproof.errors import MarkError
from sceneproof.io import _splats
from sceneproof.io._dots import Dots, dots_of
from sceneproof.io._table import word_spans
from sceneproof.scene import Array, Scene

from . import columns
from .build import Layout
from .label_rows import binary_vertices, color_values, label_lines, spliced, text_vertices
from .rows import joined, stored_as
from .table import Table


def put_dots(scene: Scene, edits: Sequence[PutNode]) -> bytes:
    """The file with the labels of `edits` in place of all that it has. Raises `MarkError`."""
    raw: bytes = scene.document.raw
    layout: Layout = scene.document.detail
    vertex, own = layout.tables["vertex"], layout.vertices
    if not vertex.element.fixed or not own:
        raise MarkError("the PLY has no plain rows of vertices that a label could be added to")
    points = layout.kind == "points"
    bare = points and not columns.color_names(vertex)
    dots = dots_of(scene, edits, colored=bare or any(record.colored for record in layout.labels))
    stored = [
        stored_as(dots.places[:, axis], columns.kind_of(vertex, name)).astype(np.float64)
        for axis, name in enumerate(columns.XYZ)
    ]
    dots.check(np.stack(stored, axis=1), "numbers of the PLY's vertices")
    values = _values(vertex, dots, own, points)
    body = raw[layout.header.size :]
    if layout.header.ascii:
        splices = text_vertices(word_spans(body)[1], layout, values, own, bare)
    else:
        splices = [binary_vertices(body, layout, values, own, bare)]
    lines = label_lines(layout, dots.records, {"vertex": own + dots.count}, bare)
    return joined(raw[: layout.header.size], layout.header, lines) + spliced(body, splices)


def _values(vertex: Table, dots: Dots, own: int, points: bool) -> dict[str, Array]:
    known: dict[str, Array] = dict(zip(columns.XYZ, dots.places.T, strict=True))
    known |= zip(columns.NORMAL, dots.normals.T, strict=True)
    known |= color_values(vertex, own, np.column_stack([dots.colors, np.ones(dots.count)]))
    if points:
        return known
    splats = dots.splats(1)
    known |= {f"f_dc_{k}": splats.harmonics[:, 0, k] for k in range(3)}
    known |= {f"scale_{k}": _splats.log_scales(splats.scales[:, k]) for k in range(3)}
    known |= {f"rot_{k}": item for k, item in enumerate(_splats.wxyz_of_xyzw(splats.rotations).T)}
    return known | {"opacity": _splats.logit(splats.opacities)}
