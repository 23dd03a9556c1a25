"""Points spread evenly over a surface, with normals and with where they lie; and the nearest of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._types import Floats, Ints, applied, unit, vertex_normals


@dataclass(frozen=True, eq=False)
class Samples:
    """``points`` (n, 3) with unit ``normals`` (n, 3), on ``face`` (n,) at ``shares`` (n, 3) of its corners.

    ``area`` is that of the whole surface.
    """

    points: Floats
    normals: Floats
    face: Ints
    shares: Floats
    area: float

    @cached_property
    def tree(self) -> Any:
        """KD-tree of the points."""
        from scipy.spatial import cKDTree

        return cKDTree(self.points)

    @property
    def spacing(self) -> float:
        """How far neighbours are apart."""
        return float(np.sqrt(self.area / max(len(self.points), 1)))

    def nearest(self, points: Floats, most: float = np.inf) -> tuple[Floats, Ints]:
        """Distance and row of the nearest sample; infinite and the last row + 1 beyond ``most``."""
        distance, row = self.tree.query(points, distance_upper_bound=most)
        return np.asarray(distance, np.float64), np.asarray(row, np.int64)

    def moved(self, matrix: Floats) -> Samples:
        """Through an affine (4, 4); normals by its inverse transpose."""
        normals = self.normals @ np.linalg.inv(matrix[:3, :3])
        scale = abs(float(np.linalg.det(matrix[:3, :3]))) ** (2.0 / 3.0)
        return Samples(applied(matrix, self.points), unit(normals), self.face, self.shares, self.area * scale)

    def some(self, count: int) -> Samples:
        """About ``count`` of them, evenly."""
        rows = np.unique(np.linspace(0, len(self.points) - 1, min(count, len(self.points))).astype(np.int64))
        return self.chosen(rows)

    def chosen(self, rows: NDArray[Any]) -> Samples:
        """Those of the rows, numbers or a mask; the area stays that of all."""
        return Samples(self.points[rows], self.normals[rows], self.face[rows], self.shares[rows], self.area)


def spread(points: Floats, faces: Ints, count: int, seed: int = 0) -> Samples:
    """``count`` samples, each face by its area (systematic sampling, so that no part is missed), in random order."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    vectors = np.cross(b - a, c - a)
    areas = np.linalg.norm(vectors, axis=1) / 2.0
    area = float(areas.sum())
    if not area > 0.0:
        return Samples(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int64), np.zeros((0, 3)), 0.0)
    random = np.random.default_rng(seed)
    at = (np.arange(count) + random.uniform(size=count)) / count * area
    face = np.minimum(np.searchsorted(np.cumsum(areas), at), len(faces) - 1).astype(np.int64)
    face = face[random.permutation(count)]
    root, other = np.sqrt(random.uniform(size=count)), random.uniform(size=count)
    shares = np.stack([1.0 - root, root * (1.0 - other), root * other], axis=1)
    normals = vertex_normals(points, faces)
    corners = faces[face]
    return Samples(
        np.einsum("nk,nkj->nj", shares, points[corners]),
        unit(np.einsum("nk,nkj->nj", shares, normals[corners]) + 1e-9 * unit(vectors)[face]),
        face,
        shares,
        area,
    )
