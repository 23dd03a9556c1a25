"""The signed distance of a surface on a grid, and the surface where it is zero.

Distances are found in two passes: on every fourth sample, then on all samples near the surface. Signs come from the
winding number, which is defined for open and self-intersecting surfaces too; away from the surface it is smooth and is
interpolated from the coarse samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._mesh import area_vectors
from ._subject import Floats, Geometry, Ints
from ._winding import winder

STRIDE = 4
SURE = 1.8  # steps from the surface within which both distance and sign are found anew
UNSURE = 0.3  # from 1/2: winding numbers of coarse samples that are not lent to the samples around
SLAB = 32  # planes of samples at a time, for the sake of memory
PAD = 2  # empty samples around the box


@dataclass(frozen=True, eq=False)
class Grid:
    """Samples at `origin` + `step` (i, j, k), `shape` of them."""

    origin: Floats
    step: float
    shape: tuple[int, int, int]


def grid_over(surface: Geometry, samples: int, offset: Floats) -> Grid:
    """`samples` along the widest axis, padding and one cell of play for the offset (in cells, 0..1) included."""
    low, span = surface.positions.min(axis=0), np.ptp(surface.positions, axis=0)
    step = float(span.max()) / (samples - 2 * PAD - 2)
    a, b, c = (int(n) for n in np.ceil(span / step).astype(int) + 2 * PAD + 2)
    return Grid(low - step * (PAD + offset), step, (a, b, c))


@dataclass(frozen=True, eq=False)
class _Coarse:
    """What is known on every fourth sample: distance and winding number (positive inside, as `sign` says)."""

    scene: Any
    winding: Callable[[Floats], Floats]
    grid: Grid
    distance: Floats
    turns: Floats
    sign: float


def signed_distance(o3d: Any, surface: Geometry, grid: Grid) -> Floats:
    """Distance to the surface, negative inside, float64 of the grid's shape; far samples hold a lower bound of it."""
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(surface.positions.astype(np.float32), surface.faces.astype(np.uint32))
    a, b, c = (-(-(n - 1) // STRIDE) + 1 for n in grid.shape)
    places = grid.origin + grid.step * STRIDE * np.stack(np.unravel_index(np.arange(a * b * c), (a, b, c)), axis=1)
    sign = 1.0 if _outward(surface) else -1.0
    winding = winder(surface)
    turns = (sign * winding(places)).reshape(a, b, c)
    coarse = _Coarse(scene, winding, grid, _distance(scene, places).reshape(a, b, c), turns, sign)
    out = np.empty(grid.shape)
    for start in range(0, grid.shape[0], SLAB):
        stop = min(start + SLAB, grid.shape[0])
        out[start:stop] = _slab(coarse, start, stop)
    return out


def _slab(coarse: _Coarse, start: int, stop: int) -> Floats:
    grid, step = coarse.grid, coarse.grid.step
    axes = (np.arange(start, stop), np.arange(grid.shape[1]), np.arange(grid.shape[2]))
    index = np.stack(np.meshgrid(*axes, indexing="ij")).reshape(3, -1)
    nearest = tuple((index + STRIDE // 2) // STRIDE)
    away = step * np.linalg.norm(index - STRIDE * np.stack(nearest), axis=0)
    rough = coarse.distance[nearest]
    flat = rough - away
    wound = coarse.turns[nearest]  # in a ball that the surface does not enter it changes little
    smooth = flat > STRIDE * step * np.sqrt(3.0)  # nor does the surface enter the cell around
    wound[smooth] = _interpolated(coarse.turns, index[:, smooth])
    near = np.flatnonzero(flat < SURE * step)
    flat[near] = _distance(coarse.scene, grid.origin + step * index[:, near].T)
    unclear = np.maximum(flat[near], rough[near]) <= away[near]
    lids = np.flatnonzero(~smooth & (np.abs(wound - 0.5) < UNSURE))
    again = np.union1d(near[(flat[near] < SURE * step) | unclear], lids)
    wound[again] = coarse.sign * coarse.winding(grid.origin + step * index[:, again].T)
    # across an opening the winding number passes 1/2 far from the surface: there it shapes the lid
    lid = np.abs(0.5 - wound) * step * max(grid.shape)
    out: Floats = np.where(wound < 0.5, 1.0, -1.0) * np.minimum(flat, lid)
    return out.reshape(stop - start, *grid.shape[1:])


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
