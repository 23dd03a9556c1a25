"""The signed distance of a surface on a grid, and the surface where it is zero.

Distances are found in two passes: on every fourth sample, then on all samples near the surface. Signs come from the
winding number, which is defined for open and self-intersecting surfaces too; away from the surface it is smooth and is
interpolated from the coarse samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._mesh import area_vectors, edges
from ._subject import Floats, Geometry, Ints
from ._winding import winding

STRIDE = 4
SURE = 1.8  # steps from the surface within which both distance and sign are found anew
PAD = 2  # empty samples around the box


@dataclass(frozen=True, eq=False)
class Grid:
    """Samples at `origin` + `step` (i, j, k), `shape` of them."""

    origin: Floats
    step: float
    shape: tuple[int, int, int]

    def places(self, index: Ints) -> Floats:
        """Positions of samples by their flat index [shape=(n, 3)]."""
        out: Floats = self.origin + self.step * np.stack(np.unravel_index(index, self.shape), axis=1)
        return out


def grid_over(surface: Geometry, samples: int, offset: Floats) -> Grid:
    """`samples` along the widest axis, padding and one cell of play for the offset (in cells, 0..1) included."""
    low, span = surface.positions.min(axis=0), np.ptp(surface.positions, axis=0)
    step = float(span.max()) / (samples - 2 * PAD - 2)
    a, b, c = (int(n) for n in np.ceil(span / step).astype(int) + 2 * PAD + 2)
    return Grid(low - step * (PAD + offset), step, (a, b, c))


def signed_distance(o3d: Any, surface: Geometry, grid: Grid) -> Floats:
    """Distance to the surface, negative inside, float64 of the grid's shape; far samples hold a lower bound of it."""
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(surface.positions.astype(np.float32), surface.faces.astype(np.uint32))
    coarse = Grid(grid.origin, grid.step * STRIDE, _coarse_shape(grid))
    all_coarse = np.arange(int(np.prod(coarse.shape)))
    rough = _distance(scene, coarse.places(all_coarse)).reshape(coarse.shape)
    turns = winding(surface, coarse.places(all_coarse)).reshape(coarse.shape)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in grid.shape), indexing="ij"))
    nearest = tuple((index + STRIDE // 2) // STRIDE)
    away = grid.step * np.linalg.norm(index - STRIDE * np.stack(nearest), axis=0)
    bound = (rough[nearest] - away).reshape(-1)
    closed = bool((edges(surface.faces, len(surface.positions))[2] == 2).all())
    reach = (SURE if closed else STRIDE * np.sqrt(3.0)) * grid.step
    near = np.flatnonzero(bound < reach)
    flat, wound = bound, (turns[nearest] if closed else _interpolated(turns, index)).reshape(-1)
    flat[near] = _distance(scene, grid.places(near))
    if closed:  # the winding number is constant in a ball that the surface does not enter
        clear = np.maximum(flat[near], rough[nearest].reshape(-1)[near]) > away.reshape(-1)[near]
        near = near[(flat[near] < SURE * grid.step) | ~clear]
    wound[near] = winding(surface, grid.places(near))
    sign = 1.0 if _outward(surface) else -1.0
    # across an opening the winding number passes 1/2 far from the surface: there it shapes the lid
    lid = np.abs(0.5 - sign * wound) * grid.step * max(grid.shape)
    out: Floats = np.where(sign * wound < 0.5, 1.0, -1.0) * np.minimum(flat, lid)
    return out.reshape(grid.shape)


def level_set(o3d: Any, field: Floats, grid: Grid) -> Geometry:
    """The surface where the field is zero, facing where it grows."""
    mesh = o3d.t.geometry.TriangleMesh.create_isosurfaces(o3d.core.Tensor(np.ascontiguousarray(field, np.float32)))
    if "positions" not in mesh.vertex or "indices" not in mesh.triangle:
        return Geometry(np.zeros((0, 3)), np.zeros((0, 3), np.int64))
    points = mesh.vertex.positions.numpy().astype(np.float64)[:, ::-1]  # given as last axis first: a mirror image
    return Geometry(grid.origin + grid.step * points, mesh.triangle.indices.numpy().astype(np.int64))


def _outward(surface: Geometry) -> bool:
    middle = surface.corners.mean(axis=1) - surface.positions.mean(axis=0)
    return float(np.einsum("ij,ij->", middle, area_vectors(surface))) >= 0.0


def _distance(scene: Any, points: Floats) -> Floats:
    out: Floats = scene.compute_distance(np.ascontiguousarray(points, np.float32)).numpy().astype(np.float64)
    return out


def _coarse_shape(grid: Grid) -> tuple[int, int, int]:
    a, b, c = (-(-(n - 1) // STRIDE) + 1 for n in grid.shape)
    return a, b, c


def _interpolated(values: Floats, index: Ints) -> Floats:
    """Trilinear between the coarse samples, at fine ones."""
    low = index // STRIDE
    share = (index - STRIDE * low) / STRIDE
    out = np.zeros(index.shape[1:])
    for corner in range(8):
        bits = [(corner >> k) & 1 for k in range(3)]
        place = tuple(np.minimum(low[k] + bits[k], values.shape[k] - 1) for k in range(3))
        weight = np.prod([share[k] if bits[k] else 1.0 - share[k] for k in range(3)], axis=0)
        out += weight * values[place]
    return out
