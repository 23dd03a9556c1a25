"""Edges and pieces of a triangle mesh, in one sweep over half-edges sorted by their smaller vertex.

Terms: an edge is *boundary* when exactly one face uses it, *non-manifold* when more than two do, and *unbalanced*
when its two directions are not used equally often; a surface without unbalanced edges is closed and consistently
oriented, and only then does it enclose a volume that does not depend on the origin. Two faces belong to one
*component* when a chain of shared edges joins them. Faces that are skipped (degenerate ones) take no part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel
from sceneproof.kernels.components import _roots_numpy, find, union

LIMIT = 1 << 30  # vertices and faces whose numbers still fit the packed keys


@dataclass(frozen=True, eq=False)
class EdgeTopology:
    """Counts of distinct edges, and the component of each face.

    Attributes
    ----------
    edges, boundary, nonmanifold, unbalanced : counts.
    components : number of components.
    labels : int64 [shape=(m,)], component of each face in the order of their first faces, -1 where it was skipped.
    """

    edges: int
    boundary: int
    nonmanifold: int
    unbalanced: int
    components: int
    labels: Array


@kernel
def _sweep(faces: Array, skip: Array, count: int) -> tuple[Array, Array, int]:
    start = np.zeros(count + 1, np.int64)
    for f in range(faces.shape[0]):
        if not skip[f]:
            for k in range(3):
                a, b = faces[f, k], faces[f, (k + 1) % 3]
                start[min(a, b) + 1] += 1
    for v in range(count):
        start[v + 1] += start[v]
    keys = np.empty(start[count], np.int64)
    cursor = start[:count].copy()
    for f in range(faces.shape[0]):
        if not skip[f]:
            for k in range(3):
                a, b = faces[f, k], faces[f, (k + 1) % 3]
                low, high, back = (a, b, 0) if a < b else (b, a, 1)
                keys[cursor[low]] = (high << 32) | (f << 1) | back
                cursor[low] += 1
    totals = np.zeros(4, np.int64)
    parent = np.arange(faces.shape[0])
    for v in range(count):
        first, last = start[v], start[v + 1]
        if last - first <= 32:
            for i in range(first + 1, last):
                key = keys[i]
                j = i - 1
                while j >= first and keys[j] > key:
                    keys[j + 1] = keys[j]
                    j -= 1
                keys[j + 1] = key
        else:  # the hub of a fan: sorting by insertion would take the square of its size
            keys[first:last].sort()
        i = first
        while i < last:
            high = keys[i] >> 32
            face = (keys[i] & 0xFFFFFFFF) >> 1
            uses = 0
            backwards = 0
            while i < last and keys[i] >> 32 == high:
                uses += 1
                backwards += keys[i] & 1
                union(parent, face, (keys[i] & 0xFFFFFFFF) >> 1)
                i += 1
            totals[0] += 1
            totals[1] += uses == 1
            totals[2] += uses > 2
            totals[3] += 2 * backwards != uses
    number = np.empty(faces.shape[0], np.int64)
    components = 0
    for f in range(faces.shape[0]):
        root = find(parent, f)
        if skip[f]:
            number[f] = -1
        elif root == f:  # the smallest of its component, so it comes first
            number[f] = components
            components += 1
        else:
            number[f] = number[root]
    return totals, number, components


def edge_topology(faces: Array, count: int, skip: Array | None = None) -> EdgeTopology:
    """Count the edges of a mesh by kind and label its components.

    Parameters
    ----------
    faces : integers [shape=(m, 3)], each in ``0 .. count - 1``.
    count : number of vertices.
    skip : bool [shape=(m,)], faces to leave out; faces with a repeated index are left out in any case.

    Raises ``ValueError`` above 2**30 faces or vertices.
    """
    if max(count, len(faces)) > LIMIT:
        raise ValueError(f"{max(count, len(faces))} faces or vertices; the edge sweep takes at most {LIMIT}")
    faces = frozen(np.asarray(faces).reshape(-1, 3), np.int64)
    repeated = (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])
    skipped = frozen(repeated if skip is None else repeated | skip, np.bool_)
    run = _sweep if compiled(len(faces)) else _sweep_numpy
    totals, number, components = run(faces, skipped, count)
    edges, boundary, nonmanifold, unbalanced = (int(total) for total in totals)
    return EdgeTopology(edges, boundary, nonmanifold, unbalanced, components, number)


def _sweep_numpy(faces: Array, skip: Array, count: int) -> tuple[Array, Array, int]:
    edges = half_edges(faces, count, skip)
    run = edges.runs
    uses = np.diff(run)
    backwards = np.add.reduceat(edges.back.astype(np.int64), run[:-1]) if len(uses) else uses
    totals = np.array(
        [len(uses), np.count_nonzero(uses == 1), np.count_nonzero(uses > 2), np.count_nonzero(2 * backwards != uses)]
    )
    joined = np.ones(max(len(edges.face) - 1, 0), bool)
    joined[run[1:-1] - 1] = False
    links = np.stack([edges.face[:-1][joined], edges.face[1:][joined]], axis=1)
    root = _roots_numpy(links, len(faces))
    first = (root == np.arange(len(root))) & ~skip
    number = np.where(skip, -1, (np.cumsum(first) - 1)[root])
    return totals, number, int(np.count_nonzero(first))


@dataclass(frozen=True, eq=False)
class HalfEdges:
    """Half-edges sorted by (smaller vertex, larger vertex, face).

    Attributes
    ----------
    low, high : int64 [shape=(h,)], the two vertices.
    face : int64 [shape=(h,)]; `back` : bool [shape=(h,)], true where the face runs from high to low.
    runs : int64 [shape=(e + 1,)], where each distinct edge starts, and h.
    """

    low: Array
    high: Array
    face: Array
    back: Array
    runs: Array


def half_edges(faces: Array, count: int, skip: Array | None = None) -> HalfEdges:
    """All half-edges of the faces that are not skipped, sorted; shapes as in `edge_topology`."""
    chosen = np.arange(len(faces)) if skip is None else np.flatnonzero(~skip)
    a = faces[chosen].astype(np.int64)
    b = np.roll(a, -1, axis=1)
    low, high = np.minimum(a, b).ravel(), np.maximum(a, b).ravel()
    order = np.argsort(low * max(count, 1) + high, kind="stable")
    low, high = low[order], high[order]
    back = (a > b).ravel()[order]
    new = np.ones(len(low), bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    runs = np.append(np.flatnonzero(new), len(low))
    return HalfEdges(low, high, chosen.repeat(3)[order], back, runs)
