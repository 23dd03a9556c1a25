"""What registration works on: parts of an asset, their union, and the candidates that come out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rig:
    """Linear blend skinning of one part.

    ``joints`` (n, k) int64 are rows of the asset's joint list, ``weights`` (n, k) sum to one, ``bind`` (j, 4, 4) takes
    node-local points to the space of each joint of that list.
    """

    joints: Ints
    weights: Floats
    bind: Floats


@dataclass(frozen=True, eq=False)
class Part:
    """One welded mesh: ``points`` (n, 3) node-local, ``faces`` (m, 3), ``world`` (4, 4).

    For matching by order as stored: ``stored`` (k, 3) faces and ``vertex_of`` (v,) from stored to welded vertex.
    ``rig`` is its skin, or one joint that moves it whole; ``skinned`` tells which.
    """

    mesh: int
    points: Floats
    faces: Ints
    world: Floats
    stored: Ints
    vertex_of: Ints
    rig: Rig
    skinned: bool = False


@dataclass(frozen=True, eq=False)
class Body:
    """All parts of one asset in world space at rest.

    ``points`` (n, 3), ``faces`` (m, 3), ``starts`` (p + 1,) and ``face_starts`` (p + 1,) where each part begins;
    ``joints`` (j, 4, 4) at rest, ``parents`` (j,) rows of the nearest joint above, -1 for a root. A part without a skin
    has a joint of its own.
    """

    parts: tuple[Part, ...]
    points: Floats
    faces: Ints
    starts: Ints
    face_starts: Ints
    joints: Floats
    parents: Ints

    @cached_property
    def diagonal(self) -> float:
        """Of the bounding box."""
        return float(np.linalg.norm(np.ptp(self.points, axis=0))) if len(self.points) else 0.0

    @cached_property
    def area(self) -> float:
        """Of all faces."""
        a, b, c = (self.points[self.faces[:, k]] for k in range(3))
        return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2.0)

    @cached_property
    def normals(self) -> Floats:
        """Of the vertices, (n, 3)."""
        return vertex_normals(self.points, self.faces)

    @cached_property
    def part_of(self) -> Ints:
        """Row of the part of each vertex, (n,)."""
        return np.repeat(np.arange(len(self.parts)), np.diff(self.starts))

    @cached_property
    def face_part(self) -> Ints:
        """Row of the part of each face, (m,)."""
        return np.repeat(np.arange(len(self.parts)), np.diff(self.face_starts))


@dataclass(frozen=True, eq=False)
class Registered:
    """A surface in the node-local frame of the reference's part ``row``: ``points`` (n, 3), ``faces`` (m, 3).

    Most of its faces are of the suspect's part ``source``.
    """

    row: int
    source: int
    points: Floats
    faces: Ints


@dataclass(frozen=True, eq=False)
class Candidate:
    """The suspect as it would lie in the reference's own node-local frames, one surface for each part that was met.

    ``rms`` is the root mean square distance to the reference over what overlaps, a fraction of the reference's
    bounding-box diagonal; ``overlap`` the share of its area that the suspect covers.
    """

    kind: str
    surfaces: tuple[Registered, ...]
    rms: float
    overlap: float


def applied(matrix: Floats, points: Floats) -> Floats:
    """Points (n, 3) through an affine (4, 4)."""
    moved: Floats = points @ matrix[:3, :3].T + matrix[:3, 3]
    return moved


def inverse(matrix: Floats) -> Floats:
    """Of an affine (4, 4); a singular one, such as of a node scaled to nothing, gives the nearest that there is."""
    try:
        return np.asarray(np.linalg.inv(matrix), np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix), np.float64)


def unit(vectors: Floats) -> Floats:
    """Rows of length one; zero stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    out: Floats = vectors / np.where(length > 0.0, length, 1.0)
    return out


def vertex_normals(points: Floats, faces: Ints) -> Floats:
    """Unit normals (n, 3), faces weighed by area."""
    corners = points[faces]
    vectors = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = faces.reshape(-1)
    summed = [np.bincount(flat, np.repeat(vectors[:, k], 3), minlength=len(points)) for k in range(3)]
    return unit(np.stack(summed, axis=1))
