"""The connected parts of a surface that have a frame of their own: merging or losing others does not move it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.components import roots

from ._mesh import Welded, face_areas, orient

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PARTS = 3
SMALLEST = 0.15  # share of the surface's area below which a part is not looked at alone
WHOLE = 0.95  # share from which a part stands for the surface
COVER = 0.60  # share that parts must cover together for the writer to do without the whole


@dataclass(frozen=True, eq=False)
class Components:
    """The connected parts of a surface: how many ``vertices`` (n,) and what ``area`` (n,) each has, and the part of
    every face, ``of_face`` (f,)."""

    vertices: Ints
    area: Floats
    of_face: Ints


def connected(welded: Welded) -> Components:
    """Vertices and faces by connected part; vertices without a face are parts without area."""
    names, group = np.unique(roots(welded.edges, len(welded.vertices)), return_inverse=True)
    group = group.reshape(-1)
    of_face = group[welded.faces[:, 0]]
    size = np.linalg.norm(face_areas(welded.vertices, welded.faces), axis=1)
    area = np.bincount(of_face, weights=size, minlength=len(names)).astype(np.float64)
    return Components(np.bincount(group, minlength=len(names)), area, of_face)


def components(welded: Welded) -> list[Ints]:
    """Faces of the connected parts that are large enough, largest area first."""
    found = connected(welded)
    order = np.argsort(-found.area, kind="stable")[:MOST_PARTS]
    large = [k for k in order if found.area[k] >= SMALLEST * welded.area]
    return [np.flatnonzero(found.of_face == k) for k in large]


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
