"""Functionals over points: how much of a keyed wave a quantity of the points holds, around each cell of the lattice.

With weights w, the bump B, a keyed wave c(x) = cos(q.x + phase) made orthogonal to trends, and a quantity v of the
points: x = sum w B c v / sum w B^2 c^2, the amplitude of the wave in v. A ratio of sums over points is the same, but
for sampling noise, after points were dropped; points with a small weight may go without a trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ._cloud_constants import LOSS, REACH, SHARE_READ, WAVELENGTHS, WAVES
from ._cloud_lattice import Bumps
from ._constants import PILOTS
from ._lattice import Probe
from ._prf import uniforms

if TYPE_CHECKING:
    from ._cloud_types import Cloud
    from ._frames import Frame

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """Some cells with their pairs: ``starts`` (c,), ``count`` (c,), ``offset`` (3, p) from the centre in cells,
    ``bump`` (p,), ``weight`` (p,) of point and bump."""

    starts: Ints
    count: Ints
    offset: Floats
    bump: Floats
    weight: Floats

    def sums(self, values: Floats) -> Floats:
        """Sums over the pairs of each cell, (..., c) of (..., p)."""
        found: Floats = np.add.reduceat(values, self.starts, axis=-1)
        return found

    def spread(self, values: Floats) -> Floats:
        """Values of each cell (..., c) given to its pairs."""
        found: Floats = np.repeat(values, self.count, axis=-1)
        return found


@dataclass(frozen=True, eq=False)
class Trends:
    """What is taken out of waves and quantities alike: trend functions (b, p), and the inverse of their products."""

    basis: Floats
    inverse: Floats

    def without(self, part: Part, values: Floats) -> Floats:
        """Values of the pairs (p,) less their weighted trend in each cell."""
        heavy = part.weight * values
        right = np.stack([part.sums(heavy * row) for row in self.basis], axis=-1)
        fit = part.spread((self.inverse @ right[:, :, None])[:, :, 0].T)
        left = values.copy()
        for row, factor in zip(self.basis, fit, strict=True):
            left -= row * factor
        return left


def trends_of(part: Part, basis: Floats) -> Trends:
    """Trends of the given functions (b, p); directions without spread are damped."""
    size = len(basis)
    gram = np.empty((len(part.starts), size, size))
    for i in range(size):
        heavy = part.weight * basis[i]
        for j in range(i, size):
            gram[:, i, j] = gram[:, j, i] = part.sums(heavy * basis[j])
    damping = 1e-7 * np.trace(gram, axis1=1, axis2=2) + 1e-300
    return Trends(basis, np.linalg.inv(gram + damping[:, None, None] * np.eye(size)))


def spread_of(part: Part) -> Floats:
    """Weighted covariance of the places in each cell's bump, (c, 3, 3)."""
    total = np.maximum(part.sums(part.weight), 1e-300)
    mean = part.sums(part.weight * part.offset) / total
    found = np.empty((len(total), 3, 3))
    for i in range(3):
        for j in range(i, 3):
            product = part.sums(part.weight * part.offset[i] * part.offset[j]) / total - mean[i] * mean[j]
            found[:, i, j] = found[:, j, i] = product
    return found


def directions(draws: Floats) -> Floats:
    """Keyed unit vectors (c, waves, 3)."""
    height = 2.0 * draws[..., 0] - 1.0
    ring = np.sqrt(np.maximum(0.0, 1.0 - height**2))
    around = 2.0 * np.pi * draws[..., 1]
    return np.stack([ring * np.cos(around), ring * np.sin(around), height], axis=-1)


def wave_vectors(bent: Floats, draws: Floats) -> Floats:
    """Wave vector and phase (c, waves, 4) along given directions of any length."""
    unit = bent / np.maximum(np.linalg.norm(bent, axis=-1, keepdims=True), 1e-12)
    low, high = ((2.0 * np.pi / w) ** 2 for w in reversed(WAVELENGTHS))
    number = np.sqrt(low + (high - low) * draws[..., 2])
    return np.concatenate([unit * number[..., None], 2.0 * np.pi * draws[..., 3:4]], axis=-1)


@dataclass(frozen=True, eq=False)
class Laid:
    """What a carrier makes of some cells: trends, wave vectors (c, waves, 4), the quantities of the pairs (k, p), the
    directions (c, 3) in which a quantity is moved (None: a colour), and which cells can be used (c,)."""

    trends: Trends
    waves: Floats
    quantities: Floats
    normals: Floats | None
    usable: NDArray[np.bool_]


class Carrier(Protocol):
    """A quantity that bears a mark: its name, layer tag, steps, number of channels, and how it is read."""

    name: str
    layer: int
    steps: tuple[float, ...]
    channels: int

    def lay(self, cloud: Cloud, point: Ints, part: Part, draws: Floats) -> Laid:
        """Read the quantity of the pairs' points; ``draws`` (c, waves, 6)."""
        ...


@dataclass(frozen=True, eq=False)
class Values:
    """Functionals of one frame, arrays (cells, waves, channels).

    ``value`` is the amplitude, in the unit of the quantity, ``noise`` the standard error that a sample of so many
    points has; ``good`` says where there is enough to read. ``power`` and ``share`` (cells, waves) are the weighted
    square of the wave and its part of the bump's; ``dither`` in [0, 1), ``symbol`` in [0, 1) or -1 for a pilot.
    """

    value: Floats
    noise: Floats
    good: NDArray[np.bool_]
    power: Floats
    share: Floats
    dither: Floats
    symbol: Floats

    def expected(self, step: float) -> Floats:
        """Cosine that each functional is expected to have once its cloud was thinned."""
        found: Floats = np.exp(-2.0 * np.pi**2 * LOSS * (self.noise / step) ** 2)
        return found

    def probe(self, frame: Frame, step: float) -> Probe:
        """The good functionals as the rest of the codec takes them, weighted for one step."""
        good = self.good
        weight = self.expected(step)[good]
        ones = np.ones(len(weight))
        return Probe(frame, self.value[good], ones, weight, ones, self.dither[good], self.symbol[good])


def draw(key: bytes, bumps: Bumps, layer: int, exponent: int, channels: int) -> Floats:
    """Uniforms (cells, waves, channels, 6); the first channel's also draw the wave."""
    drawn = uniforms(key, bumps.cells, WAVES * channels, layer, exponent)
    return drawn.reshape(len(bumps.cells), WAVES, channels, drawn.shape[-1])


def part_of(bumps: Bumps, places: Floats, weights: Floats, cells: slice, pairs: slice) -> Part:
    """Some cells of the lattice with what their pairs are made of; places are in cells."""
    point = bumps.point[pairs]
    count = np.diff(bumps.ends[cells.start : cells.stop + 1])
    centre = np.repeat(bumps.cells[cells] + 0.5, count, axis=0)
    offset = np.ascontiguousarray((places[point] - centre).T)
    bump = np.maximum(1.0 - (offset**2).sum(axis=0) / REACH**2, 0.0) ** 2
    return Part(bumps.ends[cells] - bumps.ends[cells.start], count, offset, bump, weights[point] * bump)


def wave(part: Part, laid: Laid, index: int) -> Floats:
    """One wave of each cell at its points, trends taken out, (p,)."""
    each = part.spread(laid.waves[:, index].T)
    angle = each[3] + each[0] * part.offset[0] + each[1] * part.offset[1] + each[2] * part.offset[2]
    return laid.trends.without(part, np.cos(angle))


def evaluate(cloud: Cloud, carrier: Carrier, frame: Frame, bumps: Bumps, draws: Floats) -> Values:
    """All functionals of a carrier's quantity in one frame."""
    places = frame.place(cloud.positions)
    shape = (len(bumps.cells), WAVES, carrier.channels)
    value, noise = np.zeros((2, *shape))
    good = np.zeros(shape, bool)
    power, share = np.zeros((2, *shape[:2]))
    for cells, pairs in bumps.parts():
        part = part_of(bumps, places, cloud.weights, cells, pairs)
        laid = carrier.lay(cloud, bumps.point[pairs], part, draws[cells, :, 0])
        whole = np.maximum(part.sums(part.weight * part.bump), 1e-300)
        count = part.sums(part.weight) ** 2 / np.maximum(part.sums(part.weight**2), 1e-300)
        known = len(laid.trends.basis) + 1.0
        small = count / np.maximum(count - known, 0.25 * count)  # residuals of a fit are smaller than the errors are
        left = [laid.trends.without(part, quantity) for quantity in laid.quantities]
        for index in range(WAVES):
            form = wave(part, laid, index)
            carried = part.weight * form
            square = part.sums(carried * form * part.bump)
            power[cells, index], share[cells, index] = square, square / whole
            divisor = np.maximum(square, 1e-300)
            for k, values in enumerate(left):
                product = carried * values
                value[cells, index, k] = part.sums(product) / divisor
                noise[cells, index, k] = np.sqrt(part.sums(product**2) * small) / divisor
        usable = laid.usable & (count > 1.5 * known)
        good[cells] = ((share[cells] > SHARE_READ) & usable[:, None])[:, :, None]
    last = draws[..., 5]
    symbol = np.where(last < PILOTS, -1.0, (last - PILOTS) / (1.0 - PILOTS))
    return Values(value, noise, good, power, share, draws[..., 4], symbol)
