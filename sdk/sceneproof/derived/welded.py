"""Meshes with their seams closed: vertices at exactly the same place are one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.kernels.duplicates import weld
from sceneproof.kernels.topology import HalfEdges, half_edges

from ._memo import derived
from .world import is_surface, world_parts

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene

GRID = 1e-6  # of the extent: how near two vertices of the whole scene count as one


@dataclass(frozen=True, eq=False)
class Welded:
    """The decoded triangle primitives of one mesh as a single surface, node-local and in the base pose.

    Attributes
    ----------
    positions : float64 [shape=(n, 3)], distinct positions in the order of their first vertices, metres.
    faces : int64 [shape=(m, 3)] into `positions`, primitive after primitive in document order.
    stored_faces : int64 [shape=(m, 3)], the same as stored: into `vertex_of`.
    vertex_of : int64 [shape=(v,)], vertex of the primitives, one after another, to row of `positions`.
    primitives : indices of the primitives that take part (those with decoded triangles), p of them.
    offsets : int64 [shape=(p + 1,)], where the vertices of each start in `vertex_of`.
    face_offsets : int64 [shape=(p + 1,)], where the faces of each start in `faces`.
    """

    positions: Array
    faces: Array
    stored_faces: Array
    vertex_of: Array
    primitives: tuple[int, ...]
    offsets: Array
    face_offsets: Array


@derived
def welded(scene: Scene, mesh: int) -> Welded:
    """Weld one mesh. Positions are compared as float32; -0 equals +0, a vertex with NaN equals no other."""
    chosen = [(number, part) for number, part in enumerate(scene.meshes[mesh].primitives) if is_surface(part)]
    offsets = _starts([len(part.positions) for _, part in chosen])
    points = _joined([part.positions for _, part in chosen], np.float32)
    ids, count = weld(points)
    places = np.empty((count, 3), np.float64)
    places[ids[::-1]] = points[::-1]  # backwards, so that the first vertex of each place is the one that stays
    faces = _joined([part.triangles + start for (_, part), start in zip(chosen, offsets, strict=False)], np.int64)
    return Welded(
        places,
        ids[faces],
        faces,
        ids,
        tuple(number for number, _ in chosen),
        offsets,
        _starts([len(part.triangles) for _, part in chosen]),
    )


@dataclass(frozen=True, eq=False)
class Surface:
    """All triangles that the default scene shows, Sceneproof's own label left out, welded in world space.

    Attributes
    ----------
    positions : float64 [shape=(n, 3)], finite, metres. faces : int64 [shape=(m, 3)], none with a repeated vertex.
    part : int64 [shape=(m,)], index into `derived.world.world_parts` of each face.
    extent : diagonal of the bounding box, metres (0 without faces).
    """

    positions: Array
    faces: Array
    part: Array
    extent: float


@derived
def world_surface(scene: Scene) -> Surface:
    """Weld the whole default scene: vertices within about 1e-6 of the extent become one, unused and NaN ones go."""
    parts = [(n, part) for n, part in enumerate(world_parts(scene)) if len(part.triangles) and not part.slot]
    offsets = _starts([len(part.positions) for _, part in parts])
    points = _joined([part.positions for _, part in parts], np.float64)
    faces = _joined([part.triangles + start for (_, part), start in zip(parts, offsets, strict=False)], np.int64)
    owner = np.repeat([n for n, _ in parts], [len(part.triangles) for _, part in parts]).astype(np.int64)
    whole = np.isfinite(points[faces]).all(axis=(1, 2))
    faces, owner = faces[whole], owner[whole]
    if not len(faces):
        return Surface(np.zeros((0, 3)), faces, owner, 0.0)
    used = np.unique(faces)
    low, high = points[used].min(axis=0), points[used].max(axis=0)
    extent = float(np.linalg.norm(high - low))
    # Whole numbers below 2**24, hence exact in the float32 that `weld` compares.
    ids, count = weld(np.rint((points[used] - low) / (GRID * extent or 1.0)).astype(np.float32))
    places = np.empty((count, 3))
    places[ids[::-1]] = points[used][::-1]
    faces = ids[np.searchsorted(used, faces)]
    real = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return Surface(places, faces[real], owner[real], extent)


@derived
def world_edges(scene: Scene) -> HalfEdges:
    """Half-edges of `world_surface`, sorted."""
    surface = world_surface(scene)
    return half_edges(surface.faces, len(surface.positions))


def _starts(lengths: list[int]) -> Array:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _joined(arrays: list[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.zeros((0, 3), dtype)
