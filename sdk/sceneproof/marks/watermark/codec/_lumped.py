"""Where vertices are dense against the waves: their derivative as a formula in their places, never stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.lumped import clusters, divergence_sums, hats, point_blocks, wave_sums

from ._constants import RADIUS
from ._mesh import SAMPLES, Welded

if TYPE_CHECKING:
    from ._affine import Shape
    from ._frames import Frame
    from ._lattice import Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORT = 0.2  # mean longest edge, in cells, by area, up to which vertices are lumped: what is predicted errs by 3 %


@dataclass(frozen=True, eq=False)
class Carriers:
    """What moves: ``directions`` (v, 3) of the vertices and their ``inverse`` mass (v,).

    Where the mesh is fine, ``hats`` (v, 5) are centre, variance and the volume that a unit of displacement sweeps, and
    ``clusters`` (n, 5) are means and summed weights, volume^2 times inverse mass, of hats close together, which stand
    for them in the normal matrix.
    """

    directions: Floats
    inverse: Floats
    hats: Floats | None = None
    clusters: Floats | None = None

    @property
    def flow(self) -> Floats | None:
        """Volume that a unit of each vertex's displacement sweeps (v,); None where the derivative is stored."""
        return None if self.hats is None else self.hats[:, 4]

    @property
    def free(self) -> int:
        """Number of vertices that can move."""
        return int((self.inverse > 0.0).sum())

    @property
    def weight(self) -> Floats:
        """Inverse mass of what the rows of a layer are made of: vertices, or clusters."""
        return self.inverse if self.clusters is None else np.ascontiguousarray(self.clusters[:, 4])

    def through(self, shape: Shape) -> Carriers:
        """The same on the surface after a map that keeps volumes, and so keeps what a displacement sweeps."""

        def placed(rows: Floats) -> Floats:
            out = rows.copy()
            out[:, :3] = shape.place(np.ascontiguousarray(rows[:, :3]))
            out[:, 3] *= shape.spread
            return out

        hats = None if self.hats is None else placed(self.hats)
        clusters = None if self.clusters is None else placed(self.clusters)
        return Carriers(shape.turn(self.directions), self.inverse, hats, clusters)


def carriers(welded: Welded, directions: Floats, inverse: Floats, unit: float) -> Carriers:
    """Choose by the length of the edges, in cells of ``unit``, how the derivative is kept."""
    rows = welded.samples
    edge = float((rows[:, 22] ** 0.25 * rows[:, 3]).sum()) / max(float(rows[:, 3].sum()), 1e-300)
    if not edge < SHORT * unit:
        return Carriers(directions, inverse)
    found = hats(welded.vertices, welded.faces, directions * welded.flip)
    side = float(np.sqrt(welded.area / SAMPLES))
    return Carriers(directions, inverse, found, clusters(found, found[:, 4] ** 2 * inverse, side))


@dataclass(frozen=True, eq=False)
class Formula:
    """The hats of one layer, sorted by cell, and the waves; ``factor`` (cells, fields) turns div F into rows."""

    points: Floats
    order: Ints
    table: tuple[Ints, Ints, Floats]
    around: Ints
    waves: Floats
    factor: Floats

    def moved(self, y: Floats, count: int) -> Floats:
        """Sum over the functionals of ``y`` (cells, fields) times their derivative per unit of flow: (v,)."""
        out = np.empty(count)
        starts, _, centres = self.table
        out[self.order] = wave_sums(self.points, starts, self.around, centres, self.waves, y * self.factor, RADIUS)
        return out

    def change(self, swept: Floats) -> Floats:
        """Change of every functional (cells, fields) by volumes swept at the vertices (v,)."""
        return self.factor * divergence_sums(self.points, swept[self.order], self.table, self.waves, RADIUS)


def formula(found: Carriers, frame: Frame, grid: Grid, factor: Floats) -> Formula:
    """Sort the hats into the cells of a grid."""
    assert found.hats is not None
    points = _points(found.hats, frame)
    order, table, around = grid.table(points[:, :3])
    return Formula(points[order], order, table, around, grid.waves, factor)


def cluster_blocks(found: Carriers, frame: Frame, grid: Grid) -> tuple[tuple[Ints, Ints], Floats]:
    """Blocks (ends, ids) and div F (fields, entries) of the clusters."""
    assert found.clusters is not None
    points = _points(found.clusters, frame)
    order, table, _ = grid.table(points[:, :3])
    ends, ids, values = point_blocks(points[order], order, table, grid.waves, RADIUS)
    return (ends, ids), values


def _points(rows: Floats, frame: Frame) -> Floats:
    """Places and variances in cells: (n, 4)."""
    out = np.empty((len(rows), 4))
    out[:, :3] = frame.place(np.ascontiguousarray(rows[:, :3]))
    out[:, 3] = rows[:, 3] * frame.scale**2
    return out
