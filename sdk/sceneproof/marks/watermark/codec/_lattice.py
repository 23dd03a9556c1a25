"""The keyed lattice laid over a surface, and the value of every functional on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.flux import bump_sums, cell_neighbours, flux, normal_tensors, voxel_normals
from sceneproof.kernels.samples import placed

from ._constants import (
    BORDER_SCALE,
    CANDIDATES,
    COARSE_EDGE,
    GAIN_FULL,
    GAIN_LOW,
    OPEN_IGNORED,
    PILOTS,
    POINT_SPACING,
    RADIUS,
    STEEP,
    STEEPEST,
    TOUCHED,
    UNIT_GAIN,
    WAVELENGTHS,
)
from ._prf import uniforms
from ._types import CodecError

if TYPE_CHECKING:
    from ._frames import Frame
    from ._mesh import Welded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FAR = 1 << 19  # cell coordinates are packed into 3 x 20 bits, so a surface spans at most half a million cells


@dataclass(frozen=True, eq=False)
class Probe:
    """Functionals of one surface in one frame; every array has one entry per functional.

    ``value`` is x in cells squared, ``gain`` g, ``weight`` for the reader without and ``border`` the factor in
    (0, 1] for open edges, ``dither`` in [0, 1), ``symbol`` in [0, 1) or -1 for a pilot.
    """

    frame: Frame
    value: Floats
    gain: Floats
    weight: Floats
    border: Floats
    dither: Floats
    symbol: Floats

    def only(self, good: NDArray[np.bool_]) -> Probe:
        """The functionals that are chosen."""
        arrays = (self.value, self.gain, self.weight, self.border, self.dither, self.symbol)
        return Probe(self.frame, *(a[good] for a in arrays))


@dataclass(frozen=True, eq=False)
class Grid:
    """Samples and lattice of one probe, kept for the variation: see the kernels for the arrays.

    ``packed`` (cells,) and ``offset`` (3,) find the cells of other points: see :meth:`table`.
    """

    samples: Floats
    starts: Ints
    neighbours: Ints
    centres: Floats
    waves: Floats
    packed: Ints
    offset: Ints

    def table(self, place: Floats) -> tuple[Ints, tuple[Ints, Ints, Floats], Ints]:
        """Points (n, 3) by cell: their order, (starts, neighbours, centres), and the cells around each run of them."""
        order, keys, starts, _ = _bins(place, self.offset)
        table = (starts, cell_neighbours(keys, self.packed, _STRIDES), self.centres)
        sort = np.argsort(self.packed)
        around = cell_neighbours(self.packed[sort], keys, _STRIDES)
        return order, table, np.where(around >= 0, sort[around], -1)


def _bins(place: Floats, offset: Ints | None = None) -> tuple[Ints, Ints, Ints, Ints]:
    """Sort points by cell: order, sorted distinct keys, starts, offset of the key's coordinates."""
    cells = np.floor(place).astype(np.int64)
    if offset is None:
        offset = cells.min(axis=0) - 2
    local = cells - offset
    keys = (local[:, 0] << 40) | (local[:, 1] << 20) | local[:, 2]
    order = np.argsort(keys, kind="stable")
    distinct, first = np.unique(keys[order], return_index=True)
    return order, distinct, np.append(first, len(keys)).astype(np.int64), offset


_STRIDES = np.array([1 << 40, 1 << 20, 1], dtype=np.int64)
_AROUND = np.array([x * (1 << 40) + y * (1 << 20) + z for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)])


def _waves(draws: Floats) -> Floats:
    """Wave vectors and phases (cells, candidates, 4), from the key alone.

    Nothing of the surface bends them: a direction that followed the surface would turn with every change of it, and
    that alone moved the values by a tenth of a step.
    """
    height = 2.0 * draws[..., 0] - 1.0
    around = 2.0 * np.pi * draws[..., 1]
    ring = np.sqrt(np.maximum(0.0, 1.0 - height**2))
    direction = np.stack([ring * np.cos(around), ring * np.sin(around), height], axis=-1)
    low, high = ((2.0 * np.pi / w) ** 2 for w in reversed(WAVELENGTHS))
    number = np.sqrt(low + (high - low) * draws[..., 2])
    return np.concatenate([direction * number[..., None], 2.0 * np.pi * draws[..., 3:4]], axis=-1)


def _steepness(waves: Floats, tensors: Floats) -> Floats:
    """Share of the surface around each centre that faces along each wave, (cells, candidates) in [0, 1]."""
    vectors = waves[..., :3]
    square = (vectors**2).sum(axis=-1)
    along = np.zeros(square.shape)
    for i in range(3):
        for j in range(3):
            along += vectors[..., i] * vectors[..., j] * tensors[:, i, j, None]
    trace = np.trace(tensors, axis1=1, axis2=2)
    out: Floats = along / square / np.where(trace > 0.0, trace, 1.0)[:, None]
    return out


def _open_points(welded: Welded, vertices: Floats) -> tuple[Floats, Floats]:
    a, b = vertices[welded.open_edges[:, 0]], vertices[welded.open_edges[:, 1]]
    length = np.linalg.norm(b - a, axis=1)
    pieces = np.minimum(np.ceil(length / POINT_SPACING).astype(np.int64), 10_000)
    pieces = np.maximum(pieces, 1)
    index = np.repeat(np.arange(len(a)), pieces)
    step = np.arange(len(index)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    along = ((step + 0.5) / pieces[index])[:, None]
    return a[index] + (b[index] - a[index]) * along, length[index] / pieces[index]


@dataclass(frozen=True, eq=False)
class Fields:
    """The functionals that a surface can use, a few per cell: arrays (cells, w), ``used`` where there is one.

    ``cells`` (cells, 3) lattice coordinates, ``waves`` (cells, w, 4), ``steep`` as in :func:`_steepness`, ``dither``
    and ``symbol`` uniforms of the key.
    """

    cells: Ints
    waves: Floats
    used: NDArray[np.bool_]
    steep: Floats
    dither: Floats
    symbol: Floats


def _chosen(cells: Ints, draws: Floats, tensors: Floats) -> Fields:
    """The candidates that run along the surface, moved to the front of each cell in their order."""
    waves = _waves(draws)
    steep = _steepness(waves, tensors)
    good = steep < STEEPEST
    width = max(int(good.sum(axis=1).max(initial=0)), 1)
    order = np.argsort(~good, axis=1, kind="stable")[:, :width]
    rows = np.arange(len(good))[:, None]
    picked = np.ascontiguousarray(draws[rows, order])
    used = good[rows, order]
    waves = np.where(used[..., None], waves[rows, order], 0.0)  # the kernels skip a wave of no length
    return Fields(cells, np.ascontiguousarray(waves), used, steep[rows, order], picked[..., 4], picked[..., 5])


def lay(welded: Welded, frame: Frame, key: bytes, like: Fields | None = None) -> tuple[Grid, Fields]:
    """Samples by lattice cell, and the functionals of the cells that the surface touches, or the given ones."""
    samples = placed(welded.samples, frame.origin, frame.axes, frame.scale)
    at = samples[:, :3]
    if not len(at) or not np.ptp(at, axis=0).max() < _FAR or np.abs(at).max() > 2.0**31 - 8:
        raise CodecError("surface: its extent is too large against its area for a lattice; split it")
    order, keys, starts, offset = _bins(samples[:, :3])
    samples = samples[order]
    if like is None:
        candidates = np.unique(keys[:, None] + _AROUND[None, :])
        cells = np.stack([candidates >> 40, (candidates >> 20) & 0xFFFFF, candidates & 0xFFFFF], axis=1) + offset
    else:
        cells = like.cells
    packed = _packed(cells, offset)
    neighbours = cell_neighbours(keys, packed, _STRIDES)
    if like is None:
        tensors = normal_tensors(voxel_normals(samples, starts), neighbours, _centres(cells), RADIUS)
        touched = np.trace(tensors, axis1=1, axis2=2) > TOUCHED
        cells, packed, neighbours = cells[touched], packed[touched], neighbours[touched]
        like = _chosen(cells, uniforms(key, cells, CANDIDATES, frame.layer, frame.exponent), tensors[touched])
    return Grid(samples, starts, neighbours, _centres(cells), like.waves, packed, offset), like


def _centres(cells: Ints) -> Floats:
    return cells.astype(np.float64) + 0.5


def _packed(cells: Ints, offset: Ints) -> Ints:
    local = cells - offset
    inside = ((local >= 0) & (local < 1 << 20)).all(axis=1)
    return np.where(inside, (local[:, 0] << 40) | (local[:, 1] << 20) | local[:, 2], -(1 << 62))


def evaluate(welded: Welded, grid: Grid) -> tuple[Floats, Floats]:
    """Value x, the flux over a fixed gain, and gain g of every functional of the grid, both (cells, w).

    A gain that is measured changes with the surface, and what is divided by it then changes too; so each value is
    divided by the same number, and the measured gain only says how far to trust it.
    """
    values = flux(grid.samples, grid.starts, grid.neighbours, grid.centres, grid.waves, RADIUS)
    return welded.flip * values[..., 0] / UNIT_GAIN, values[..., 1]


def _border(welded: Welded, frame: Frame, cells: Ints) -> Floats:
    """Open edge within each cell's bump, (cells,), in cells."""
    if not len(welded.open_edges) or welded.open_share > OPEN_IGNORED:
        return np.zeros(len(cells))
    at, length = _open_points(welded, frame.place(welded.vertices))
    order, keys, starts, offset = _bins(at)
    near = cell_neighbours(keys, _packed(cells, offset), _STRIDES)
    return bump_sums(at[order], length[order], starts, near, _centres(cells), RADIUS)


def _fineness(grid: Grid) -> Floats:
    """How well the triangles around each cell follow the waves, (cells,) in (0, 1]: coarse ones cannot."""
    place, size = np.ascontiguousarray(grid.samples[:, :3]), grid.samples[:, 3].copy()
    fine = size / (1.0 + grid.samples[:, 22] / COARSE_EDGE**4)
    table = (grid.starts, grid.neighbours, grid.centres, RADIUS)
    return bump_sums(place, fine, *table) / (bump_sums(place, size, *table) + 1e-12)


def probe(welded: Welded, frame: Frame, key: bytes) -> tuple[Probe, Grid, Fields, NDArray[np.bool_]]:
    """All functionals that the surface can use; with the grid, its fields, and which of (cells, w) they are."""
    grid, fields = lay(welded, frame, key)
    value, size = evaluate(welded, grid)
    chosen = fields.used & (size > GAIN_LOW)
    per_cell = np.stack([_fineness(grid), np.exp(-_border(welded, frame, fields.cells) / BORDER_SCALE)])
    fine, border = np.repeat(per_cell[:, :, None], chosen.shape[1], axis=2)[:, chosen]
    fits = np.minimum((size[chosen] - GAIN_LOW) / (GAIN_FULL - GAIN_LOW), 1.0)
    along = np.minimum((STEEPEST - fields.steep[chosen]) / (STEEPEST - STEEP), 1.0)
    last = fields.symbol[chosen]
    symbol = np.where(last < PILOTS, -1.0, (last - PILOTS) / (1.0 - PILOTS))
    found = Probe(frame, value[chosen], size[chosen], fits * along * fine, border, fields.dither[chosen], symbol)
    return found, grid, fields, chosen
