"""The surface behind a stored mesh: welded by exact position, cleaned, with its open edges and orientation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ._constants import OPEN_IGNORED
from ._types import CodecError, Surface

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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


def _same_positions(points: Floats) -> tuple[Ints, Ints]:
    """First index and inverse of the distinct rows."""
    bits = (points + 0.0).view(np.uint64)  # + 0.0 makes -0 and 0 one
    with np.errstate(over="ignore"):
        mixed = bits * np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
        mixed ^= mixed >> np.uint64(29)
        hashed = (mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(axis=1, dtype=np.uint64)
    _, first, inverse = np.unique(hashed, return_index=True, return_inverse=True)
    if not np.array_equal(points[first][inverse], points):  # two places, one hash
        _, first, inverse = np.unique(points, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), inverse.reshape(-1).astype(np.int64)


def _edges(faces: Ints, count: int) -> tuple[Ints, Ints]:
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    sides.sort(axis=1)
    keys, uses = np.unique(sides[:, 0] * count + sides[:, 1], return_counts=True)
    edges = np.stack([keys // count, keys % count], axis=1)
    return edges, edges[uses == 1]


def face_areas(vertices: Floats, faces: Ints) -> Floats:
    """Area vectors (f, 3)."""
    a, b, c = vertices[faces[:, 0]], vertices[faces[:, 1]], vertices[faces[:, 2]]
    return 0.5 * np.cross(b - a, c - a)


def vertex_normals(vertices: Floats, faces: Ints) -> tuple[Floats, Floats]:
    """Unit area-weighted normals (v, 3), zero where undefined, and the area (v,) that belongs to each vertex."""
    vectors = face_areas(vertices, faces)
    size = np.linalg.norm(vectors, axis=1)
    count = len(vertices)
    normals = np.empty((count, 3))
    flat = faces.reshape(-1)
    for k in range(3):
        normals[:, k] = np.bincount(flat, weights=np.repeat(vectors[:, k], 3), minlength=count)
    area = np.bincount(flat, weights=np.repeat(size, 3), minlength=count) / 3.0
    length = np.linalg.norm(normals, axis=1)
    return normals / np.where(length > 0.0, length, 1.0)[:, None], area


def weld(surface: Surface) -> Welded:
    """Weld, drop what has no area, orient. Raises :class:`CodecError` on arrays of the wrong shape."""
    points = np.ascontiguousarray(surface.positions, dtype=np.float64)
    faces = np.ascontiguousarray(surface.faces, dtype=np.int64)
    if points.ndim != 2 or points.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
        raise CodecError(f"surface: positions {points.shape} and faces {faces.shape}, (n, 3) and (m, 3) are needed")
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(points).all(axis=1))
    inside = ((faces >= 0) & (faces < len(points))).all(axis=1)
    faces = faces[inside]
    faces = faces[finite[faces].all(axis=1)] if len(faces) else faces
    used = np.zeros(len(points), dtype=bool)
    used[faces.reshape(-1)] = True
    index = np.flatnonzero(used)
    group = np.full(len(points), -1, dtype=np.int64)
    if not len(index):
        none = np.zeros((0, 3))
        empty = np.zeros((0, 2), dtype=np.int64)
        return Welded(none, faces.reshape(0, 3), group, empty, empty, 0.0, 0.0, 0.0)
    first, inverse = _same_positions(points[index])
    group[index] = inverse
    vertices = points[index[first]]
    faces = group[faces]
    sizes = np.linalg.norm(face_areas(vertices, faces), axis=1)
    sizes[(faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])] = 0.0
    faces = np.ascontiguousarray(faces[sizes > 0.0])
    edges, open_edges = _edges(faces, len(vertices))
    diagonal = float(np.linalg.norm(np.ptp(vertices, axis=0)))
    share, area = len(open_edges) / max(len(edges), 1), float(sizes.sum())
    return orient(Welded(vertices, faces, group, edges, open_edges, share, area, diagonal))


def signed_volume(welded: Welded) -> float:
    """Volume of the cone from the centre of area over the surface: the volume itself when it is closed."""
    vectors = face_areas(welded.vertices, welded.faces)
    middle = welded.vertices[welded.faces].mean(axis=1)
    weight = np.linalg.norm(vectors, axis=1)
    centre = (middle * weight[:, None]).sum(axis=0) / weight.sum()
    return float(np.einsum("ij,ij->", middle - centre, vectors) / 3.0)


def orient(welded: Welded) -> Welded:
    """Find the sign that makes the volume positive, and how far there is a volume."""
    if not len(welded.faces):
        return welded
    volume = signed_volume(welded)
    fullness = 6.0 * np.sqrt(np.pi) * abs(volume) / welded.area**1.5  # 1 for a sphere, 0 for a flat sheet
    # the area vectors of a closed surface sum to nothing
    gape = float(np.linalg.norm(face_areas(welded.vertices, welded.faces).sum(axis=0))) / welded.area
    return replace(
        welded,
        flip=-1.0 if volume < 0.0 else 1.0,
        sheet=bool(fullness < 0.05 or gape > 0.3 or welded.open_share > OPEN_IGNORED),
        solid=bool(fullness > 0.04 and gape < 0.1),
        doubtful=bool(0.02 < fullness < 0.08 or 0.04 < gape < 0.25),
    )


def moved(welded: Welded, vertices: Floats) -> Welded:
    """The same surface with other vertex places."""
    area = float(np.linalg.norm(face_areas(vertices, welded.faces), axis=1).sum())
    return replace(welded, vertices=np.ascontiguousarray(vertices), area=area)


def fixed_groups(welded: Welded, surface: Surface) -> NDArray[np.bool_]:
    """Welded vertices (v,) of which at least one stored vertex must stay."""
    out = np.zeros(len(welded.vertices), dtype=bool)
    if surface.fixed is not None:
        held = welded.group[np.asarray(surface.fixed, dtype=bool)]
        out[held[held >= 0]] = True
    return out
