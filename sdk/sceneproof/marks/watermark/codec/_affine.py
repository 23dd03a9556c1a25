"""Coordinates that follow a solid through every affine map: stretched evenly, then turned by its higher moments.

Whitening makes the second moments of the solid the unit matrix; what an affine map leaves undone after that is a
rotation, which the third and fourth moments fix (fourth-order blind identification, J.-F. Cardoso, "Source separation
using higher order moments", ICASSP 1989). They are integrals over the solid, so that they transform exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from ._mesh import Welded, moved

Floats = NDArray[np.float64]

THIRD = 4.0  # weight of the third moments beside the fourth: they tell axes apart that the fourth do not


@dataclass(frozen=True, eq=False)
class Shape:
    """``x -> matrix (x - origin)``, a linear map that keeps volumes."""

    matrix: Floats
    origin: Floats

    def place(self, points: Floats) -> Floats:
        """Points (n, 3) after the map."""
        return self.turn(points - self.origin)

    def turn(self, vectors: Floats) -> Floats:
        """Vectors (n, 3) after the map; three products per coordinate, the same bits on every machine."""
        return _through(self.matrix, vectors)

    def back(self, points: Floats) -> Floats:
        """Points (n, 3) in the file's coordinates."""
        inverse = np.linalg.inv(self.matrix).astype(np.float64)
        return _through(inverse, points) + self.origin

    @property
    def reach(self) -> float:
        """The most that a distance grows on the way back."""
        return float(1.0 / np.linalg.svd(self.matrix, compute_uv=False)[-1])

    @property
    def spread(self) -> float:
        """Mean factor of a variance."""
        return float((self.matrix**2).sum() / 3.0)


@dataclass(frozen=True, eq=False)
class Whitened:
    """A solid after whitening: the surface, the map, axes (3, 3) as rows, and the ratio by which they are told apart.

    ``size`` is the root mean square of a coordinate.
    """

    surface: Welded
    shape: Shape
    axes: Floats
    gap: float
    size: float


def whiten(welded: Welded, centre: Floats, values: Floats, principal: Floats) -> Whitened | None:
    """The solid whitened by its centre and its second moments, ``values`` (3,) along the rows of ``principal``."""
    size = float(np.prod(values) ** (1.0 / 6.0))
    matrix = np.zeros((3, 3))
    for value, axis in zip(values, principal, strict=True):
        matrix += np.outer(axis, axis) * (size / math.sqrt(value))  # symmetric: no sign of an axis enters
    shape = Shape(matrix, centre)
    third, fourth = _higher(welded, shape, size)
    if not (np.isfinite(third).all() and np.isfinite(fourth).all()):
        return None
    order = THIRD * np.array([[(third[i] * third[j]).sum() for j in range(3)] for i in range(3)]) + fourth
    strengths, columns = np.linalg.eigh(order)
    if not strengths[0] > 0.0:
        return None
    axes = columns.T.copy()
    axes = signed(axes, np.array([float((third * _cube(axis)).sum()) for axis in axes]))
    surface = moved(welded, shape.place(welded.vertices))
    return Whitened(surface, shape, axes, float(min(strengths[1:] / strengths[:-1])), size)


def signed(axes: Floats, third: Floats) -> Floats:
    """Axes (3, 3) as rows, towards its positive third moment (3,) each; the least sure turned where they mirror."""
    out: Floats = axes * np.where(third < 0.0, -1.0, 1.0)[:, None]
    if float((np.cross(out[0], out[1]) * out[2]).sum()) < 0.0:
        out[np.argmin(np.abs(third))] *= -1.0
    return out


def _higher(welded: Welded, shape: Shape, size: float) -> tuple[Floats, Floats]:
    """Third moments (3, 3, 3) and contracted fourth moments (3, 3) of the whitened solid, from its samples.

    A moment of degree d over the cone from the centre to a piece of surface is 3 / (3 + d) of its volume times the
    moment of the piece: the flux of a field, which the samples give however fine the mesh is.
    """
    samples = welded.samples
    local = samples[:, :3] - shape.origin
    cone = (local * samples[:, 4:7]).sum(axis=1)
    cone = cone / cone.sum()
    x = shape.turn(local).T / size
    third = np.empty((3, 3, 3))
    for i in range(3):
        for j in range(i, 3):
            for k in range(j, 3):
                value = 0.5 * float((cone * x[i] * x[j] * x[k]).sum())
                for place in permutations((i, j, k)):
                    third[place] = value
    radius = cone * (x[0] ** 2 + x[1] ** 2 + x[2] ** 2)
    fourth = np.array([[3.0 / 7.0 * float((radius * x[i] * x[j]).sum()) for j in range(3)] for i in range(3)])
    return third, fourth


def _cube(axis: Floats) -> Floats:
    cube: Floats = axis[:, None, None] * axis[None, :, None] * axis[None, None, :]
    return cube


def _through(matrix: Floats, vectors: Floats) -> Floats:
    out = np.empty_like(vectors)
    for k in range(3):
        out[:, k] = vectors[:, 0] * matrix[k, 0] + vectors[:, 1] * matrix[k, 1] + vectors[:, 2] * matrix[k, 2]
    return out
