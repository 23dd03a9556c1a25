"""Edits of a PLY: new places in the rows, a label's rows at the end, comments in the header. All else stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sceneproof.edits import Edit, PutMetadata, PutNode, SetPoints, SetPositions
from sceneproof.errors import MarkError
from sceneproof.io import _splats
from sceneproof.io._plain import with_metadata
from sceneproof.io._table import word_spans
from sceneproof.io._text.rewrite import replaced
from sceneproof.scene import Array, Scene, Splats

from . import columns
from .build import Layout, PlyDocument, build, converted
from .header import parse
from .put_dots import put_dots
from .put_label import put_labels
from .rows import joined, stored_as, words_of
from .slots import with_slot


def apply_edits(scene: Scene, edits: Sequence[Edit]) -> PlyDocument:
    """The document with the edits. Raises `MarkError` for what the file cannot bear."""
    moves = [edit for edit in edits if isinstance(edit, SetPositions)]
    nodes = [edit for edit in edits if isinstance(edit, PutNode)]
    document: PlyDocument = scene.document
    kind = document.detail.kind
    if kind in ("splats", "packed"):
        _splats.refuse_moves("splat PLY", edits)
    splats = _splats.edited(scene, edits)
    if kind == "packed":
        document = _unpacked(replace(scene, splats=splats), document)
    elif kind == "splats":
        document = _changed_splats(document, scene.splats[0], splats[0])
    if moves:
        if kind != "mesh":
            raise MarkError("a point cloud has no mesh whose positions could move")
        for move in moves:
            scene = build(_moved(scene, move), scene.uri, [])
        document = scene.document
    for edit in edits:
        if isinstance(edit, SetPoints):
            document = _moved_points(replace(scene, document=document), edit)
    if nodes:
        # what the other edits have made of it is where the label's rows follow
        scene = scene if document is scene.document else build(document, scene.uri, [])
        put = put_labels if kind == "mesh" else put_dots
        document = replace(scene.document, raw=put(scene, nodes))
    if any(isinstance(edit, PutMetadata) for edit in edits):
        told = with_metadata(document, edits)
        document = _with_slot(replace(document, slot=told.slot, sidecar=told.sidecar))
    return document


def _with_slot(document: PlyDocument) -> PlyDocument:
    header = parse(document.raw)
    lines = list(header.lines)
    changed = with_slot(lines, document.slot)
    if changed == lines:
        return document
    return replace(document, raw=joined(document.raw, header, changed))


def _unpacked(scene: Scene, document: PlyDocument) -> PlyDocument:
    raw = converted(scene.splats[0], document.detail.header)
    note: dict[str, Any] = {
        "pointer": "/splats/0",
        "codec": "SuperSplat compressed PLY, written as 3DGS PLY",
        "bits": None,
        "bytes_before": len(document.raw),
        "bytes_after": len(raw),
    }
    return replace(document, raw=raw, reencoded=(*document.reencoded, note))


def _changed_splats(document: PlyDocument, old: Splats, new: Splats) -> PlyDocument:
    """New centres and coefficients where they differ, in the type of the file."""
    layout: Layout = document.detail
    rest = [f"f_rest_{index}" for index in range(3 * (new.harmonics.shape[1] - 1))]
    before, after = (
        np.concatenate([cloud.positions, cloud.harmonics[:, 0], _splats.rest_of(cloud.harmonics)], axis=1)
        for cloud in (old, new)
    )
    changed = _splats.differs(after, before)
    if not changed.any():
        return document
    names = (*columns.XYZ, "f_dc_0", "f_dc_1", "f_dc_2", *rest)
    body = _set(document.raw[layout.header.size :], layout, after, changed, names)
    return replace(document, raw=document.raw[: layout.header.size] + body)


def _moved(scene: Scene, edit: SetPositions) -> PlyDocument:
    """New x, y and z where they differ, in the type of the file."""
    document: PlyDocument = scene.document
    layout: Layout = document.detail
    held = scene.meshes[0].primitives[0].positions
    wanted = np.asarray(edit.positions, np.float32)
    if (edit.mesh, edit.primitive) != (0, 0) or wanted.shape != held.shape:
        raise MarkError(f"#/meshes/{edit.mesh}/primitives/{edit.primitive}: {wanted.shape} values do not fit the file")
    changed = (wanted != held) & ~(np.isnan(wanted) & np.isnan(held))
    if not np.isfinite(wanted[changed]).all():
        raise MarkError("#/vertex: new positions are not finite")
    body = _set(document.raw[layout.header.size :], layout, wanted, changed)
    return replace(document, raw=document.raw[: layout.header.size] + body)


def _moved_points(scene: Scene, edit: SetPoints) -> PlyDocument:
    """New x, y and z of points where they differ, in the type of the file."""
    document: PlyDocument = scene.document
    layout: Layout = document.detail
    wanted = np.asarray(edit.positions, np.float64)
    if edit.cloud or not scene.points or wanted.shape != scene.points[0].positions.shape:
        raise MarkError(f"#/points/{edit.cloud}: {wanted.shape} values do not fit the file")
    changed = _splats.differs(wanted, scene.points[0].positions)
    if not np.isfinite(wanted[changed]).all():
        raise MarkError("#/vertex: new positions are not finite")
    body = _set(document.raw[layout.header.size :], layout, wanted, changed)
    return replace(document, raw=document.raw[: layout.header.size] + body)


def _set(body: bytes, layout: Layout, wanted: Array, changed: Array, names: Sequence[str] = columns.XYZ) -> bytes:
    vertex = layout.tables["vertex"]
    near = not layout.origin.any()
    content = None if layout.header.ascii else np.frombuffer(bytearray(body), np.uint8)
    words: dict[int, bytes] = {}
    for axis, name in enumerate(names):
        rows = np.flatnonzero(changed[:, axis])
        values = wanted[rows, axis] if near else wanted[rows, axis].astype(np.float64) + layout.origin[axis]
        kind = columns.kind_of(vertex, name)
        places = vertex.places(name)[rows]
        if content is None:
            words |= zip(places.tolist(), words_of(values, kind), strict=True)
        else:
            stored = stored_as(values, kind).astype(np.dtype(layout.header.order + kind.str[1:]))
            size = kind.itemsize
            content[places[:, None] + np.arange(size)] = stored.view(np.uint8).reshape(-1, size)
    if content is not None:
        return content.tobytes()
    begins, ends = word_spans(body)
    order = np.array(sorted(words), np.int64)
    spans = np.stack([begins[order], ends[order]], axis=1)
    return replaced(body, spans, [words[place] for place in order.tolist()])
