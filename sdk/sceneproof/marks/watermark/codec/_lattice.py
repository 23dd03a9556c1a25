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
    COARSE_EDGE,
    FIELDS,
    GAIN_WRITE,
    NORMAL_FLOOR,
    OPEN_IGNORED,
    PILOTS,
    POINT_SPACING,
    RADIUS,
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

    ``value`` is x = f / g in cells squared, ``gain`` g, ``weight`` for the reader without and ``border`` the factor in
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


def _waves(draws: Floats, tensors: Floats) -> Floats:
    """Wave vectors and phases (cells, fields, 4): keyed directions bent towards the tangent plane."""
    height = 2.0 * draws[..., 0] - 1.0
    around = 2.0 * np.pi * draws[..., 1]
    ring = np.sqrt(np.maximum(0.0, 1.0 - height**2))
    direction = np.stack([ring * np.cos(around), ring * np.sin(around), height], axis=-1)
    trace = np.trace(tensors, axis1=1, axis2=2)
    system = tensors / np.where(trace > 0.0, trace, 1.0)[:, None, None] + NORMAL_FLOOR * np.eye(3)
    bent = _solve3(system, direction)
    bent /= np.linalg.norm(bent, axis=-1, keepdims=True)
    low, high = ((2.0 * np.pi / w) ** 2 for w in reversed(WAVELENGTHS))
    number = np.sqrt(low + (high - low) * draws[..., 2])
    return np.concatenate([bent * number[..., None], 2.0 * np.pi * draws[..., 3:4]], axis=-1)


def _solve3(system: Floats, right: Floats) -> Floats:
    """Cramer's rule for (cells, 3, 3) and (cells, fields, 3), without a library whose sums may vary."""
    a, b, c = system[:, 0], system[:, 1], system[:, 2]  # symmetric: rows are columns
    rows = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)
    determinant = (a * rows[:, 0]).sum(axis=1)
    out: Floats = (rows[:, None, :, :] * right[:, :, None, :]).sum(axis=-1) / determinant[:, None, None]
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


def lay(welded: Welded, frame: Frame, key: bytes, cells: Ints | None = None) -> tuple[Grid, Ints, Floats]:
    """Quadrature points, lattice cells (c, 3) that the surface touches (or the given ones), and their draws."""
    samples = placed(welded.samples, frame.origin, frame.axes, frame.scale)
    place = samples[:, :3]
    if not len(place) or not np.ptp(place, axis=0).max() < _FAR or np.abs(place).max() > 2.0**31 - 8:
        raise CodecError("surface: its extent is too large against its area for a lattice; split it")
    order, keys, starts, offset = _bins(place)
    samples = samples[order]
    given = cells is not None
    if cells is None:
        candidates = np.unique(keys[:, None] + _AROUND[None, :])
        cells = np.stack([candidates >> 40, (candidates >> 20) & 0xFFFFF, candidates & 0xFFFFF], axis=1) + offset
    packed = _packed(cells, offset)
    neighbours = cell_neighbours(keys, packed, _STRIDES)
    tensors = normal_tensors(voxel_normals(samples, starts), neighbours, _centres(cells), RADIUS)
    if not given:
        touched = np.trace(tensors, axis1=1, axis2=2) > 0.02  # far cells have no gain: leave them before the cosines
        cells, packed, neighbours, tensors = cells[touched], packed[touched], neighbours[touched], tensors[touched]
    draws = uniforms(key, cells, FIELDS, frame.layer, frame.exponent)
    waves = _waves(draws, tensors)
    return Grid(samples, starts, neighbours, _centres(cells), waves, packed, offset), cells, draws


def _centres(cells: Ints) -> Floats:
    return cells.astype(np.float64) + 0.5


def _packed(cells: Ints, offset: Ints) -> Ints:
    local = cells - offset
    inside = ((local >= 0) & (local < 1 << 20)).all(axis=1)
    return np.where(inside, (local[:, 0] << 40) | (local[:, 1] << 20) | local[:, 2], -(1 << 62))


def evaluate(welded: Welded, grid: Grid) -> tuple[Floats, Floats]:
    """Value x = f / g and gain g of every functional of the grid, both (cells, fields)."""
    values = flux(grid.samples, grid.starts, grid.neighbours, grid.centres, grid.waves, RADIUS)
    gain = values[..., 1]
    return welded.flip * values[..., 0] / np.where(gain > 0.0, gain, 1.0), gain


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


def probe(welded: Welded, frame: Frame, key: bytes, gain: float) -> tuple[Probe, Grid, Ints, NDArray[np.bool_]]:
    """All functionals with at least the given gain; with the grid, its cells, and which of (cells, fields) they are."""
    grid, cells, draws = lay(welded, frame, key)
    value, size = evaluate(welded, grid)
    chosen = size > gain
    per_cell = np.stack([_fineness(grid), np.exp(-_border(welded, frame, cells) / BORDER_SCALE)])
    fine, border = np.repeat(per_cell[:, :, None], FIELDS, axis=2)[:, chosen]
    weight = np.minimum(size[chosen] / GAIN_WRITE, 2.0) / 2.0 * fine
    last = draws[..., 5][chosen]
    symbol = np.where(last < PILOTS, -1.0, (last - PILOTS) / (1.0 - PILOTS))
    found = Probe(frame, value[chosen], size[chosen], weight, border, draws[..., 4][chosen], symbol)
    return found, grid, cells, chosen
