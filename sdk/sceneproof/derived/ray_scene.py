"""All triangles of the default scene in one Embree scene, and which part of the asset a ray meets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sceneproof.errors import MissingExtraError
from sceneproof.scene import Array, Scene

from ._memo import derived
from .world import world_parts


@dataclass(frozen=True, eq=False)
class Hits:
    """What rays met first.

    Attributes
    ----------
    part : int32 [shape=(n,)], index into `world_parts`; -1 where a ray met nothing.
    triangle : int64 [shape=(n,)], row of that part's `triangles`; -1 likewise.
    distance : float64 [shape=(n,)], metres from the origin of the ray; infinite likewise.
    barycentric : float64 [shape=(n, 3)], weights of the triangle's three corners.
    """

    part: Array
    triangle: Array
    distance: Array
    barycentric: Array


@dataclass(frozen=True, eq=False)
class RayScene:
    """Triangles ready for rays. Those with a corner that is not finite or without area are left out.

    Attributes
    ----------
    part, triangle : for each triangle kept, its part and its row there.
    centre, radius : float64 [shape=(3,)] and metres, a sphere around all of it. Embree works in float32, so it gets
        coordinates relative to the centre, and rays begin where they reach the sphere.
    """

    part: Array
    triangle: Array
    centre: Array
    radius: float
    embree: Any = field(repr=False)

    def cast(self, origins: Array, directions: Array) -> Hits:
        """The first triangle on each ray, front or back.

        Parameters
        ----------
        origins : float [shape=(n, 3)], metres. directions : float [shape=(n, 3)], of any length but zero.
        """
        count = len(origins)
        part, triangle = np.full(count, -1, np.int32), np.full(count, -1, np.int64)
        distance, barycentric = np.full(count, np.inf), np.zeros((count, 3))
        if self.embree is None or not count:
            return Hits(part, triangle, distance, barycentric)
        unit = np.asarray(directions, np.float64)
        unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
        start = (np.asarray(origins, np.float64) - self.centre) / self.radius
        skip = np.maximum(0.0, -np.einsum("ij,ij->i", start, unit) - 1.01)
        start = start + skip[:, None] * unit
        found = self.embree.run(
            np.ascontiguousarray(start, np.float32), np.ascontiguousarray(unit, np.float32), output=1
        )
        hit = np.flatnonzero(found["primID"] >= 0)
        row = found["primID"][hit].astype(np.int64)
        part[hit], triangle[hit] = self.part[row], self.triangle[row]
        u, v = found["u"][hit].astype(np.float64), found["v"][hit].astype(np.float64)
        barycentric[hit] = np.stack([1 - u - v, u, v], axis=1)
        distance[hit] = (found["tfar"][hit].astype(np.float64) + skip[hit]) * self.radius
        return Hits(part, triangle, distance, barycentric)


@derived
def ray_scene(scene: Scene, labels_only: bool = False) -> RayScene:
    """The triangles that a viewer draws (``KHR_node_visibility`` respected), or only those of labels.

    Raises `MissingExtraError` when Embree is not installed.
    """
    hidden = hidden_nodes(scene)
    wanted = [
        number
        for number, part in enumerate(world_parts(scene))
        if part.node not in hidden and len(part.triangles) and (not labels_only or is_label(part.slot))
    ]
    return build(scene, tuple(wanted))


def build(scene: Scene, numbers: tuple[int, ...]) -> RayScene:
    """A `RayScene` of some parts, by their index in `world_parts`."""
    everything = world_parts(scene)
    points: list[Array] = []
    corners: list[Array] = []
    parts: list[Array] = []
    rows: list[Array] = []
    count = 0
    for number in numbers:
        positions, triangles = everything[number].positions, everything[number].triangles
        good = _usable(positions, triangles)
        if len(good):
            points.append(np.where(np.isfinite(positions), positions, positions[triangles[good[0], 0]]))
            corners.append(triangles[good] + count)
            rows.append(good)
            parts.append(np.full(len(good), number, np.int32))
            count += len(positions)
    if not points:
        return RayScene(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(3), 1.0, None)
    stacked, faces = np.concatenate(points), np.concatenate(corners)
    low, high = stacked.min(axis=0), stacked.max(axis=0)
    centre = (low + high) / 2
    radius = float(np.linalg.norm(high - low) / 2)
    stacked -= centre
    stacked /= radius
    embree = _embree(stacked.astype(np.float32), faces.astype(np.int32))
    return RayScene(np.concatenate(parts), np.concatenate(rows), centre, radius, embree)


def _usable(positions: Array, triangles: Array) -> Array:
    """Rows of the triangles that have three finite corners and an area."""
    inside = np.flatnonzero(((triangles >= 0) & (triangles < len(positions))).all(axis=1))
    kept = triangles[inside]
    start = positions[kept[:, 0]]
    with np.errstate(invalid="ignore", over="ignore"):
        ux, uy, uz = (positions[kept[:, 1]] - start).T
        vx, vy, vz = (positions[kept[:, 2]] - start).T
        twice = np.abs(uy * vz - uz * vy) + np.abs(uz * vx - ux * vz) + np.abs(ux * vy - uy * vx)
        good = (twice > 0) & np.isfinite(twice)
    return np.asarray(inside[good], np.int64)


def is_label(slot: str | None) -> bool:
    """Whether a slot word is one of a visible label's."""
    return slot is not None and (slot == "label" or slot.startswith("label-"))


def hidden_nodes(scene: Scene) -> frozenset[int]:
    """Nodes that ``KHR_node_visibility`` hides, by themselves or through an ancestor."""
    hidden: set[int] = set()
    stack = [(index, False) for index in range(len(scene.nodes)) if index in scene.roots]
    while stack:
        index, off = stack.pop()
        setting = scene.nodes[index].extensions.get("KHR_node_visibility")
        off = off or (isinstance(setting, dict) and setting.get("visible") is False)
        if off:
            hidden.add(index)
        stack.extend((child, off) for child in scene.nodes[index].children)
    return frozenset(hidden)


def _embree(points: Array, faces: Array) -> Any:
    try:
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene
    except ImportError as error:
        raise MissingExtraError("start pictures need Embree; install embreex (pip install embreex)") from error
    scene = EmbreeScene(robust=True)
    TriangleMesh(scene, points, faces)
    return scene
