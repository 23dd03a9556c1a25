"""The connected parts of a surface that have a frame of their own: merging or losing others does not move it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.components import roots

from ._mesh import Welded, face_areas, orient

Ints = NDArray[np.int64]

MOST_PARTS = 3
SMALLEST = 0.15  # share of the surface's area below which a part is not looked at alone
WHOLE = 0.95  # share from which a part stands for the surface
COVER = 0.60  # share that parts must cover together for the writer to do without the whole


def components(welded: Welded) -> list[Ints]:
    """Faces of the connected parts that are large enough, largest area first."""
    owner = roots(welded.edges, len(welded.vertices))[welded.faces[:, 0]]
    size = np.linalg.norm(face_areas(welded.vertices, welded.faces), axis=1)
    names, group = np.unique(owner, return_inverse=True)
    area = np.bincount(group.reshape(-1), weights=size, minlength=len(names))
    order = np.argsort(-area, kind="stable")[:MOST_PARTS]
    return [np.flatnonzero(group.reshape(-1) == k) for k in order if area[k] >= SMALLEST * welded.area]


def part(welded: Welded, faces: Ints) -> Welded:
    """The surface of some faces only; the vertices keep their numbers."""
    if len(faces) == len(welded.faces):
        return welded
    chosen = np.ascontiguousarray(welded.faces[faces])
    inside = np.zeros(len(welded.vertices), dtype=bool)
    inside[chosen.reshape(-1)] = True
    edges = welded.edges[inside[welded.edges[:, 0]]]
    open_edges = welded.open_edges[inside[welded.open_edges[:, 0]]]
    area = float(np.linalg.norm(face_areas(welded.vertices, chosen), axis=1).sum())
    share = len(open_edges) / max(len(edges), 1)
    diagonal = float(np.linalg.norm(np.ptp(welded.vertices[inside], axis=0)))
    smaller = replace(welded, faces=chosen, open_edges=open_edges, open_share=share, area=area, diagonal=diagonal)
    return orient(smaller)


def parts(welded: Welded) -> list[Welded]:
    """Surfaces that may have a canonical layer: the large parts, and the whole where no part stands for it."""
    found = [part(welded, faces) for faces in components(welded)]
    if found and found[0].area >= WHOLE * welded.area:
        return found[:1]
    return [*found, welded]


def disjoint(found: list[Welded]) -> list[Welded]:
    """Of :func:`parts`, those that the writer uses: the parts where they are most of the surface, else the whole."""
    if len(found) > 1 and sum(p.area for p in found[:-1]) < COVER * found[-1].area:
        return found[-1:]
    return found[: max(len(found) - 1, 1)]


def same_part(welded: Welded, before: Welded) -> Welded:
    """The part of a moved surface that has the faces of a part before."""
    if len(before.faces) == len(welded.faces):
        return welded
    area = float(np.linalg.norm(face_areas(welded.vertices, before.faces), axis=1).sum())
    return replace(before, vertices=welded.vertices, area=area)
