"""The surface behind a stored mesh: welded by exact position, cleaned, with its open edges and orientation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.places import (
    area_vectors,
    distinct_edges,
    distinct_places,
    surface_sums,
    vertex_vectors,
)
from sceneproof.kernels.samples import sample

from ._constants import OPEN_IGNORED
from ._types import CodecError, Surface

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLES = 40_000  # squares of the samples' voxels per area: a side is then some .08 of the cell
FARTHEST = 1 << 20  # sides: the span that packed voxel coordinates hold
MOST_PIECES, PIECES_PER_FACE = 600_000, 8  # the area asks for about 200,000 pieces; only slivers ask for far more


@dataclass(frozen=True, eq=False)
class Welded:
    """``vertices`` (v, 3), ``faces`` (f, 3) without degenerate ones, ``group`` (n,) from stored to welded vertex (-1).

    ``edges`` (e, 2) distinct edges, ``open_edges`` (b, 2) those of exactly one face, ``open_share`` their share,
    ``flip`` is -1 when the faces look inward, ``sheet`` when inside and outside cannot be told apart, ``solid`` when it
    closes well enough for the moments of its volume, ``doubtful`` when another copy may be judged otherwise.
    """

    vertices: Floats
    faces: Ints
    group: Ints
    edges: Ints
    open_edges: Ints
    open_share: float
    area: float
    diagonal: float
    flip: float = 1.0
    sheet: bool = True
    solid: bool = False
    doubtful: bool = False

    @cached_property
    def samples(self) -> Floats:
        """What integrals of smooth fields over the surface need, (s, 23) in file units: see the kernels.

        One set serves all frames and neighbouring cell sizes. Raises :class:`CodecError` on what no lattice fits.
        """
        side = float(np.sqrt(self.area / SAMPLES))
        span = float(np.ptp(self.vertices, axis=0).max()) if len(self.vertices) else np.inf
        if not span < FARTHEST * side:
            raise CodecError("surface: its extent is too large against its area for a lattice; split it")
        most = MOST_PIECES + PIECES_PER_FACE * len(self.faces)
        rows, pieces = sample(self.vertices, self.faces, side, most)
        if pieces > most:
            raise CodecError("the mesh is made of slivers: its triangles are too long and thin to carry waves")
        return rows


def face_areas(vertices: Floats, faces: Ints) -> Floats:
    """Area vectors (f, 3)."""
    return area_vectors(vertices, faces)[0]


def vertex_normals(vertices: Floats, faces: Ints) -> tuple[Floats, Floats]:
    """Unit area-weighted normals (v, 3), zero where undefined, and the area (v,) that belongs to each vertex."""
    return vertex_vectors(np.ascontiguousarray(vertices), faces)


def weld(surface: Surface) -> Welded:
    """Weld, drop what has no area, orient. Raises :class:`CodecError` on arrays of the wrong shape."""
    points = np.ascontiguousarray(surface.positions, dtype=np.float64)
    faces = np.ascontiguousarray(surface.faces, dtype=np.int64)
    if points.ndim != 2 or points.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
        raise CodecError(f"surface: positions {points.shape} and faces {faces.shape}, (n, 3) and (m, 3) are needed")
    vertices, faces, group = distinct_places(points, faces)
    if not len(faces):
        none = np.zeros((0, 3))
        empty = np.zeros((0, 2), dtype=np.int64)
        return Welded(none, np.zeros((0, 3), dtype=np.int64), np.full(len(points), -1), empty, empty, 0.0, 0.0, 0.0)
    sizes = area_vectors(vertices, faces)[1]
    sizes[(faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])] = 0.0
    faces = np.ascontiguousarray(faces[sizes > 0.0])
    edges, uses = distinct_edges(faces, len(vertices))
    open_edges = edges[uses == 1]
    diagonal = float(np.linalg.norm(np.ptp(vertices, axis=0)))
    share, area = len(open_edges) / max(len(edges), 1), float(sizes.sum())
    return orient(Welded(vertices, faces, group, edges, open_edges, share, area, diagonal))


@dataclass(frozen=True, eq=False)
class Sums:
    """Integrals over a surface about its centre of area: of the surface, and of the cone from there over it."""

    area: float
    centre: Floats
    vector: Floats
    volume: float
    first: Floats
    solid_second: Floats
    area_second: Floats


def sums(welded: Welded) -> Sums:
    """Area, volume and moments; the volume is that of the solid when the surface is closed."""
    middle = welded.vertices.mean(axis=0)
    rough = surface_sums(welded.vertices, welded.faces, middle)
    centre = middle + rough[1:4] / rough[0]
    row = surface_sums(welded.vertices, welded.faces, centre)
    solid, area = (row[np.array([[k, k + 3, k + 4], [k + 3, k + 1, k + 5], [k + 4, k + 5, k + 2]])] for k in (11, 17))
    return Sums(float(row[0]), centre, row[4:7], float(row[7]), row[8:11], solid, area)


def orient(welded: Welded) -> Welded:
    """Find the sign that makes the volume positive, and how far there is a volume."""
    if not len(welded.faces):
        return welded
    of = sums(welded)
    fullness = 6.0 * np.sqrt(np.pi) * abs(of.volume) / welded.area**1.5  # 1 for a sphere, 0 for a flat sheet
    gape = float(np.linalg.norm(of.vector)) / welded.area  # the area vectors of a closed surface sum to nothing
    return replace(
        welded,
        flip=-1.0 if of.volume < 0.0 else 1.0,
        sheet=bool(fullness < 0.05 or gape > 0.3 or welded.open_share > OPEN_IGNORED),
        solid=bool(fullness > 0.04 and gape < 0.1),
        doubtful=bool(0.02 < fullness < 0.08 or 0.04 < gape < 0.25),
    )


def moved(welded: Welded, vertices: Floats) -> Welded:
    """The same surface with other vertex places."""
    vertices = np.ascontiguousarray(vertices)
    return replace(welded, vertices=vertices, area=float(area_vectors(vertices, welded.faces)[1].sum()))


def fixed_groups(welded: Welded, surface: Surface) -> NDArray[np.bool_]:
    """Welded vertices (v,) of which at least one stored vertex must stay."""
    out = np.zeros(len(welded.vertices), dtype=bool)
    if surface.fixed is not None:
        held = welded.group[np.asarray(surface.fixed, dtype=bool)]
        out[held[held >= 0]] = True
    return out
