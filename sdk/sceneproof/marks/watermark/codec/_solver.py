"""The smallest normal displacement that moves the functionals to their targets, by one ridge-regularised solve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.flux import point_vectors, surface_points
from sceneproof.kernels.ridge import conjugate_gradients, gather, matrix_diagonal, near_cells, normal_matrix, spread
from sceneproof.kernels.umbrella import umbrella
from sceneproof.kernels.variation import block_vertices, variation

from ._constants import POINT_SPACING, RADIUS, RIDGE, UNIT_GAIN
from ._inverse import inverted
from ._lumped import Carriers, Formula, cluster_blocks, formula
from ._masking import ease, rounds, spacing_of
from ._mesh import Welded, vertex_normals

if TYPE_CHECKING:
    from ._frames import Frame
    from ._lattice import Grid, Probe

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_TRUST = 0.02  # weight in the solution of a functional that the reader hardly looks at
WRITABLE = 0.3  # smallest share of its continuous variation that a functional must keep on the actual vertices
MAX_ROWS = 12000
MAX_DENSE = 3000  # rows of a system that is inverted
SMOOTHED = 0.25  # reach of the smoothed normals, in cells
SHORTEST = 0.5  # smoothed normals shorter than this stay shorter than 1
_TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class Layer:
    """Variation of one layer: ``rows`` (cells, fields), its functionals' row or -1; centres in the file's units.

    Values are multiplied by ``scale``, one number per functional, so that those which the vertices follow freely count
    alike whatever the layer's cell, and by the root of the reader's weight; so must be what is wanted of them.
    """

    blocks: tuple[Ints, Ints]
    values: Floats
    rows: Ints
    centres: Floats
    reach: float
    scale: Floats
    formula: Formula | None = None


@dataclass(frozen=True, eq=False)
class System:
    """Rows of all layers over what carries them; lengths in cells of the first layer."""

    layers: list[Layer]
    blocks: tuple[Ints, Ints]
    values: Floats
    rows: Ints
    carriers: Carriers
    matrix: tuple[Ints, Ints, Floats]
    ridge: float

    @cached_property
    def dense(self) -> Floats:
        """The matrix with its ridge (k, k), in full."""
        ends, columns, entries = self.matrix
        count = len(ends) - 1
        out = np.zeros((count, count))
        out[np.repeat(np.arange(count), np.diff(ends)), columns] = entries
        out[np.diag_indices(count)] += self.ridge
        return out

    @cached_property
    def inverse(self) -> Floats | None:
        """That matrix inverted; ``None`` for more rows than that is quick for, or where it has no inverse."""
        if len(self.matrix[0]) - 1 > MAX_DENSE:
            return None
        try:
            return inverted(self.dense)
        except np.linalg.LinAlgError:  # the matrix leaves out far pairs, so that it may be a little less than positive
            return None

    def multipliers(self, wanted: Floats, start: Floats | None = None) -> Floats:
        """One number per row: the solution of the normal equations, from that of a similar right side."""
        start = np.zeros(len(wanted)) if start is None else start
        return conjugate_gradients(self.matrix, self.ridge, wanted, _TOLERANCE, start)

    def spread(self, y: Floats) -> Floats:
        """Normal displacement (v,) of the given multipliers."""
        if self.carriers.flow is None:
            return spread(self.blocks, self.values, self.rows, self.carriers.inverse, y)
        total = np.zeros(len(self.carriers.inverse))
        for rows, how in self._formulas():
            total += how.moved(np.where(rows >= 0, y[rows], 0.0), len(total))
        return total * self.carriers.flow * self.carriers.inverse

    def solve(self, wanted: Floats) -> Floats:
        """Normal displacement (v,) for wanted changes of the rows."""
        return self.spread(self.multipliers(wanted))

    def change(self, d: Floats) -> Floats:
        """Change of the rows, to first order, by a normal displacement."""
        if self.carriers.flow is None:
            return gather(self.blocks, self.values, self.rows, d)
        out = np.zeros(int(self.rows.max(initial=-1)) + 1)
        for rows, how in self._formulas():
            out[rows[rows >= 0]] = how.change(self.carriers.flow * d)[rows >= 0]
        return out

    def _formulas(self) -> Iterator[tuple[Ints, Formula]]:
        first = 0
        for layer in self.layers:
            assert layer.formula is not None
            yield self.rows[first : first + len(layer.rows), : layer.rows.shape[1]], layer.formula
            first += len(layer.rows)


def vary(welded: Welded, carriers: Carriers, probe: Probe, grid: Grid, chosen: NDArray[np.bool_], unit: float) -> Layer:
    """Derivative of the probe's values by the displacement in units of ``unit`` (file units).

    ``welded`` is the surface on which the probe's frame lies, ``carriers`` are those of the file's surface.
    """
    frame = probe.frame
    if frame.shape is not None:
        carriers = carriers.through(frame.shape)
    relative = frame.scale * unit  # d in the layer's cells
    trust = np.sqrt(np.maximum(probe.weight, LEAST_TRUST))
    gain = np.full(chosen.shape, UNIT_GAIN)
    gain[chosen] /= trust
    rows = np.full(chosen.shape, -1, dtype=np.int64)
    rows[chosen] = np.arange(np.count_nonzero(chosen))
    where = _world(frame, grid.centres), _reach(frame), relative**-2 * trust
    if carriers.flow is not None:
        blocks, values = cluster_blocks(carriers, frame, grid)
        factor = frame.scale**2 / (gain * relative)
        values *= np.repeat(factor.T, np.diff(blocks[0]), axis=1)
        return Layer(blocks, values, rows, *where, formula(carriers, frame, grid, factor))
    vertices = frame.place(welded.vertices)
    face, share = surface_points(vertices, welded.faces, POINT_SPACING)
    place, area = point_vectors(vertices, welded.faces, face, share)
    order, table, _ = grid.table(place)
    place, area, share = place[order], area[order] * welded.flip, np.ascontiguousarray(share[order, :3])
    corners = np.ascontiguousarray(welded.faces[face[order]])
    blocks = block_vertices(place, corners, *table, RADIUS)
    turned = np.ascontiguousarray(_rotated(frame, carriers.directions))
    values = variation((place, area, share, corners), table, grid.waves, blocks, turned, RADIUS)
    values /= np.repeat(gain.T * relative, np.diff(blocks[0]), axis=1)
    return Layer(blocks, values, rows, *where)


def _rotated(frame: Frame, normals: Floats) -> Floats:
    return np.stack([(normals * axis).sum(axis=1) for axis in frame.axes], axis=1)


def _world(frame: Frame, centres: Floats) -> Floats:
    local = centres / frame.scale
    world = np.stack([(local * frame.axes[:, k]).sum(axis=1) for k in range(3)], axis=1) + frame.origin
    return world if frame.shape is None else frame.shape.back(world)


def _reach(frame: Frame) -> float:
    """Radius of a bump in the file's units, the longest if the map makes it an ellipsoid."""
    return RADIUS / frame.scale * (1.0 if frame.shape is None else frame.shape.reach)


def assemble(layers: list[Layer], carriers: Carriers) -> System:
    """Stack layers, form the normal matrix, set the ridge from its median diagonal."""
    ends = [np.zeros(1, dtype=np.int64)]
    rows, first = [], 0
    offset = 0
    for layer in layers:
        ends.append(layer.blocks[0][1:] + offset)
        offset += layer.blocks[0][-1]
        rows.append(np.where(layer.rows >= 0, layer.rows + first, -1))
        first = max(first, int(rows[-1].max(initial=-1)) + 1)
    blocks = (np.concatenate(ends), np.concatenate([layer.blocks[1] for layer in layers]))
    width = max(len(layer.values) for layer in layers)
    padded = [np.pad(layer.values, ((0, width - len(layer.values)), (0, 0))) for layer in layers]
    values = np.ascontiguousarray(np.concatenate(padded, axis=1))
    stacked = np.concatenate([np.pad(r, ((0, 0), (0, width - r.shape[1])), constant_values=-1) for r in rows])
    centres = np.concatenate([layer.centres for layer in layers])
    reach = np.concatenate([np.full(len(layer.centres), layer.reach) for layer in layers])
    matrix = normal_matrix(blocks, values, stacked, carriers.weight, near_cells(centres, reach))
    size = matrix_diagonal(matrix)
    ridge = RIDGE * float(np.median(size)) if len(size) else 1.0
    return System(layers, blocks, values, stacked, carriers, matrix, max(ridge, 1e-12))


def writable(layer: Layer, probe: Probe, inverse_mass: Floats) -> NDArray[np.bool_]:
    """Functionals that the vertices can follow: they keep enough of their continuous variation."""
    square = layer.values**2 * inverse_mass[layer.blocks[1]]
    sums = np.concatenate([np.zeros((len(square), 1)), np.cumsum(square, axis=1)], axis=1)
    ends = layer.blocks[0]
    per_cell = (sums[:, ends[1:]] - sums[:, ends[:-1]]).T
    free = np.maximum(probe.weight, LEAST_TRUST) * (probe.gain / UNIT_GAIN) ** 2
    good: NDArray[np.bool_] = per_cell[layer.rows >= 0] > WRITABLE * free
    return good


def masses(welded: Welded, fixed: NDArray[np.bool_], unit: float) -> tuple[Floats, Floats]:
    """Directions in which the vertices move (v, 3) and the inverse mass (v,), zero where a vertex must stay.

    The directions are outward normals smoothed over a part of a wave, so that what is much smaller than a wave (scan
    noise, folds, fillets) is carried along as it is and its normals do not turn. They are shorter than 1 where the
    normals around disagree.
    """
    normals, area = vertex_normals(welded.vertices, welded.faces)
    free_of = ease(welded, normals, area, unit)
    steps = rounds(SMOOTHED, spacing_of(welded) / unit)
    if steps:
        normals = umbrella(normals, welded.edges, 0.5, steps)
    length = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(length, SHORTEST)[:, None]
    inverse = np.zeros(len(area))
    free = (area > 0.0) & ~fixed & (length > 1e-3)
    inverse[free] = unit * unit * free_of[free] / area[free]
    return normals * welded.flip, inverse
