"""The smallest normal displacement that moves the functionals to their targets, by one ridge-regularised solve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.ridge import conjugate_gradients, gather, normal_matrix, spread
from sceneproof.kernels.umbrella import umbrella
from sceneproof.kernels.variation import block_vertices, variation

from ._constants import RADIUS, RIDGE
from ._mesh import Welded, vertex_normals

if TYPE_CHECKING:
    from ._frames import Frame
    from ._lattice import Grid, Probe

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WRITABLE = 0.3  # smallest share of its continuous variation that a functional must keep on the actual vertices
MAX_ROWS = 8000
SMOOTHED = 0.25  # reach of the smoothed normals, in cells
MAX_SMOOTHING = 60  # umbrella steps
SHORTEST = 0.5  # smoothed normals shorter than this stay shorter than 1
_TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class Layer:
    """Variation of one layer: ``rows`` (cells, fields), its functionals' row or -1; centres in the file's units.

    Values are multiplied by ``scale``, so that a functional which the vertices follow freely has variance 1 whatever
    the layer's cell; so must be what is wanted of it.
    """

    blocks: tuple[Ints, Ints]
    values: Floats
    rows: Ints
    centres: Floats
    reach: float
    scale: float


@dataclass(frozen=True, eq=False)
class System:
    """Rows of all layers over the vertices; lengths in cells of the first layer."""

    blocks: tuple[Ints, Ints]
    values: Floats
    rows: Ints
    inverse_mass: Floats
    matrix: Floats
    ridge: float

    def solve(self, wanted: Floats) -> Floats:
        """Normal displacement (v,) for wanted changes of the rows."""
        y = conjugate_gradients(self.matrix, self.ridge, wanted, _TOLERANCE)
        return spread(self.blocks, self.values, self.rows, self.inverse_mass, y)

    def change(self, d: Floats) -> Floats:
        """Change of the rows, to first order, by a normal displacement."""
        return gather(self.blocks, self.values, self.rows, d)


def vary(welded: Welded, normals: Floats, probe: Probe, grid: Grid, chosen: NDArray[np.bool_], unit: float) -> Layer:
    """Derivative of the probe's values by the displacement in units of ``unit`` (file units)."""
    frame = probe.frame
    turned = np.ascontiguousarray(_rotated(frame, normals))
    corners = np.ascontiguousarray(welded.faces[grid.face])
    blocks = block_vertices(grid.place, corners, grid.starts, grid.neighbours, grid.centres, RADIUS)
    points = (grid.place, grid.area * welded.flip, np.ascontiguousarray(grid.share[:, :3]), corners)
    table = (grid.starts, grid.neighbours, grid.centres)
    values = variation(points, table, grid.waves, blocks, turned, RADIUS)
    rows = np.full(chosen.shape, -1, dtype=np.int64)
    rows[chosen] = np.arange(np.count_nonzero(chosen))
    gain = np.ones(chosen.shape)
    gain[chosen] = probe.gain
    counts = np.diff(blocks[0])
    values /= np.repeat(gain.T, counts, axis=1)
    relative = frame.scale * unit  # d in the layer's cells
    values /= relative
    return Layer(blocks, values, rows, _world(frame, grid.centres), RADIUS / frame.scale, relative**-2)


def _rotated(frame: Frame, normals: Floats) -> Floats:
    return np.stack([(normals * axis).sum(axis=1) for axis in frame.axes], axis=1)


def _world(frame: Frame, centres: Floats) -> Floats:
    local = centres / frame.scale
    return np.stack([(local * frame.axes[:, k]).sum(axis=1) for k in range(3)], axis=1) + frame.origin


def assemble(layers: list[Layer], inverse_mass: Floats) -> System:
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
    values = np.ascontiguousarray(np.concatenate([layer.values for layer in layers], axis=1))
    stacked = np.concatenate(rows)
    centres = np.concatenate([layer.centres for layer in layers])
    reach = np.concatenate([np.full(len(layer.centres), layer.reach) for layer in layers])
    square = np.zeros((len(centres), len(centres)))
    for k in range(3):
        square += (centres[:, None, k] - centres[None, :, k]) ** 2
    near = (square < (reach[:, None] + reach[None, :]) ** 2).astype(np.int64)
    matrix = normal_matrix(blocks, values, stacked, inverse_mass, near)
    diagonal = np.diag(matrix)
    ridge = RIDGE * float(np.median(diagonal)) if len(diagonal) else 1.0
    return System(blocks, values, stacked, inverse_mass, matrix, max(ridge, 1e-12))


def diagonal(layer: Layer, inverse_mass: Floats) -> Floats:
    """``diag(J M^-1 J')``: 1 for a functional that the vertices follow freely, near 0 for one they cannot write."""
    square = layer.values**2 * inverse_mass[layer.blocks[1]]
    sums = np.concatenate([np.zeros((len(square), 1)), np.cumsum(square, axis=1)], axis=1)
    ends = layer.blocks[0]
    per_cell = (sums[:, ends[1:]] - sums[:, ends[:-1]]).T
    out: Floats = per_cell[layer.rows >= 0]
    return out


def masses(welded: Welded, fixed: NDArray[np.bool_], unit: float) -> tuple[Floats, Floats]:
    """Directions in which the vertices move (v, 3) and the inverse mass (v,), zero where a vertex must stay.

    The directions are outward normals smoothed over a part of a wave, so that what is much smaller than a wave (scan
    noise, folds, fillets) is carried along as it is and its normals do not turn. They are shorter than 1 where the
    normals around disagree.
    """
    normals, area = vertex_normals(welded.vertices, welded.faces)
    edge = welded.vertices[welded.edges[:, 0]] - welded.vertices[welded.edges[:, 1]]
    spacing = float(np.sqrt((edge**2).sum(axis=1).mean())) / unit
    steps = min(int((SMOOTHED / spacing) ** 2), MAX_SMOOTHING)
    if steps:
        normals = umbrella(normals, welded.edges, 0.5, steps)
    length = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(length, SHORTEST)[:, None]
    inverse = np.zeros(len(area))
    free = (area > 0.0) & ~fixed & (length > 1e-3)
    inverse[free] = unit * unit / area[free]
    return normals * welded.flip, inverse
