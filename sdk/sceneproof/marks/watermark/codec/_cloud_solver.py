"""The smallest change of colours or positions that moves the functionals to their targets: one ridge-regularised solve.

Every point's change costs as much as the point is seen. Rows are scaled by the root of their wave's square, so that the
ridge means the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.ridge import Sparse, conjugate_gradients, near_cells, normal_matrix, spread

from ._cloud_constants import FAINT, REACH, RIDGE, SHARE_WRITE, WAVES
from ._cloud_lattice import Bumps, lay_bumps
from ._cloud_types import Cloud
from ._cloud_values import Carrier, Values, draw, evaluate, part_of, wave
from ._frames import Frame

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_CELLS = 1800  # of all layers together: the rows of one channel are that many times the waves
UNSEEN = 1e-3  # weight, of a mean of 1, below which a point is left alone
_TOLERANCE = 1e-4


@dataclass(frozen=True, eq=False)
class Layer:
    """One frame to be written: its chosen cells, what they read, and what each pair does to each wave (waves, p)."""

    frame: Frame
    bumps: Bumps
    draws: Floats
    values: Values
    forms: Floats
    normals: Floats | None

    def codes(self, code: NDArray[np.uint8]) -> Floats:
        """Symbol 0 or 1 of each functional; a pilot carries 0."""
        index = np.maximum(np.floor(self.values.symbol * len(code)), 0).astype(np.int64)
        return np.where(self.values.symbol < 0.0, 0.0, code[index])

    def writable(self, step: float) -> NDArray[np.bool_]:
        """Functionals that are worth writing with a step."""
        values = self.values
        enough = (values.share > SHARE_WRITE)[:, :, None]
        return values.good & enough & (values.expected(step) > FAINT)


def prepare(cloud: Cloud, carrier: Carrier, frame: Frame, key: bytes, most: int) -> Layer:
    """The best cells of a frame, at most ``most``, and how their functionals answer to each point."""
    bumps = lay_bumps(frame.place(cloud.positions))
    layer = carrier.layer + frame.layer
    draws = draw(key, bumps, layer, frame.exponent, carrier.channels)
    values = evaluate(cloud, carrier, frame, bumps, draws)
    worth = np.where(values.good, values.expected(carrier.steps[-2]), 0.0).sum(axis=(1, 2))
    best = np.sort(np.argsort(-worth, kind="stable")[:most])
    best = best[worth[best] > FAINT]
    bumps = _only(bumps, best)
    draws = draws[best]
    arrays = (values.value, values.noise, values.good, values.power, values.share, values.dither, values.symbol)
    values = Values(*(array[best] for array in arrays))
    forms, normals = _forms(cloud, carrier, frame, bumps, draws, values)
    return Layer(frame, bumps, draws, values, forms, normals)


def _only(bumps: Bumps, cells: Ints) -> Bumps:
    count = np.diff(bumps.ends)
    chosen = np.zeros(len(count), bool)
    chosen[cells] = True
    return Bumps(
        bumps.cells[cells],
        np.append(0, np.cumsum(count[cells])).astype(np.int64),
        bumps.point[np.repeat(chosen, count)],
    )


def _forms(
    cloud: Cloud, carrier: Carrier, frame: Frame, bumps: Bumps, draws: Floats, values: Values
) -> tuple[Floats, Floats | None]:
    places = frame.place(cloud.positions)
    forms = np.zeros((WAVES, len(bumps.point)))
    normals: list[Floats] = []
    for cells, pairs in bumps.parts():
        part = part_of(bumps, places, cloud.weights, cells, pairs)
        laid = carrier.lay(cloud, bumps.point[pairs], part, draws[cells, :, 0])
        if laid.normals is not None:
            normals.append(laid.normals @ frame.axes)
        for index in range(WAVES):
            size = part.spread(np.sqrt(np.maximum(values.power[cells, index], 1e-300)))
            forms[index, pairs] = part.weight * wave(part, laid, index) / size
    return forms, np.concatenate(normals) if normals else None


@dataclass(frozen=True, eq=False)
class System:
    """Rows of all layers stacked, for every functional of one channel: the normal matrix is the same for all channels.

    ``answer`` is what a unit of each layer's quantity is in the unit that is solved for.
    """

    layers: tuple[Layer, ...]
    blocks: tuple[Ints, Ints]
    forms: Floats
    rows: Ints
    inverse_mass: Floats
    matrix: Sparse
    answer: tuple[float, ...]

    def change(self, wanted: list[Floats], chosen: list[NDArray[np.bool_]]) -> Floats:
        """Change of each entry (points, or points times axes) for wanted moves (cells, waves) of each layer."""
        pick = np.concatenate([c.reshape(-1) for c in chosen])
        scaled = [
            w * np.sqrt(layer.values.power) / unit
            for w, layer, unit in zip(wanted, self.layers, self.answer, strict=True)
        ]
        right = np.concatenate([s.reshape(-1) for s in scaled])[pick]
        index = np.flatnonzero(pick)
        y = conjugate_gradients(_restricted(self.matrix, pick), RIDGE, right, _TOLERANCE, np.zeros(len(right)))
        whole = np.zeros(len(pick))
        whole[index] = y
        found: Floats = spread(self.blocks, self.forms, self.rows, self.inverse_mass, whole)
        return found


def _restricted(matrix: Sparse, pick: NDArray[np.bool_]) -> Sparse:
    """Rows and columns of a sparse matrix that are picked."""
    ends, columns, entries = matrix
    row = np.repeat(np.arange(len(pick)), np.diff(ends))
    kept = pick[row] & pick[columns]
    number = np.cumsum(pick) - 1
    count = np.bincount(number[row[kept]], minlength=int(pick.sum()))
    return np.append(0, np.cumsum(count)).astype(np.int64), number[columns[kept]], entries[kept]


def assemble(cloud: Cloud, layers: list[Layer]) -> System:
    """Stack the layers. Positions are solved for in cells of the first layer, one entry for each axis of each point."""
    ends, ids, forms, centres, reach = [np.zeros(1, np.int64)], [], [], [], []
    offset = 0
    for layer in layers:
        end, point, form = layer.bumps.ends, layer.bumps.point, layer.forms
        if layer.normals is not None:
            each = np.repeat(layer.normals, np.diff(end), axis=0)
            form = (form[:, :, None] * each[None]).reshape(len(form), -1)
            point, end = (3 * point[:, None] + np.arange(3)).reshape(-1), 3 * end
        ends.append(end[1:] + offset)
        offset += int(end[-1])
        ids.append(point)
        forms.append(form)
        frame = layer.frame
        centres.append((layer.bumps.cells + 0.5) / frame.scale @ frame.axes + frame.origin)
        reach.append(np.full(len(layer.bumps.cells), REACH / frame.scale))
    axes = 1 if layers[0].normals is None else 3
    inverse = np.where(cloud.weights > UNSEEN, 1.0 / np.maximum(cloud.weights, UNSEEN), 0.0)
    inverse = np.repeat(inverse, axes)
    blocks = (np.concatenate(ends), np.concatenate(ids))
    stacked = np.ascontiguousarray(np.concatenate(forms, axis=1))
    cells = sum(len(layer.bumps.cells) for layer in layers)
    rows = np.arange(cells * WAVES, dtype=np.int64).reshape(cells, WAVES)
    middle, far = np.concatenate(centres), np.concatenate(reach)
    matrix = normal_matrix(blocks, stacked, rows, inverse, near_cells(middle, far))
    first = layers[0].frame.scale
    answer = tuple(1.0 if axes == 1 else layer.frame.scale / first for layer in layers)
    return System(tuple(layers), blocks, stacked, rows, inverse, matrix, answer)
