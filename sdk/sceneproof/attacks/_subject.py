"""What an attack is applied to: one surface, a splat cloud, or the parts of a scene with their transforms and skins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sceneproof.errors import AttackError
from sceneproof.scene import Splats

__all__ = ["AttackError", "Geometry", "Part", "Parts", "Skinned", "Splats", "Subject"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Geometry:
    """A triangle surface: `positions` float64 [shape=(n, 3)] in any unit, `faces` int64 [shape=(m, 3)].

    Raises `AttackError` when the arrays have other shapes, or a face names a vertex that is not there.
    """

    positions: Floats
    faces: Ints

    def __post_init__(self) -> None:
        points = np.ascontiguousarray(self.positions, dtype=np.float64)
        faces = np.ascontiguousarray(self.faces, dtype=np.int64)
        if points.ndim != 2 or points.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3:
            raise AttackError(f"positions {points.shape} and faces {faces.shape}: (n, 3) and (m, 3) are needed")
        if len(faces) and (faces.min() < 0 or faces.max() >= len(points)):
            raise AttackError(f"a face names vertex {faces.max()} or {faces.min()}; there are {len(points)} vertices")
        object.__setattr__(self, "positions", points)
        object.__setattr__(self, "faces", faces)

    @property
    def diagonal(self) -> float:
        """Length of the bounding box's diagonal; 0 without vertices."""
        return float(np.linalg.norm(np.ptp(self.positions, axis=0))) if len(self.positions) else 0.0

    @property
    def corners(self) -> Floats:
        """Positions of each face's corners [shape=(m, 3, 3)]."""
        out: Floats = self.positions[self.faces]
        return out


@dataclass(frozen=True, eq=False)
class Skinned:
    """How the vertices of a part hang on a skeleton.

    Attributes
    ----------
    joints : int64 [shape=(n, k)], rows of the skeleton per vertex.
    weights : float64 [shape=(n, k)], their sum is 1 for a vertex that is held.
    bind : float64 [shape=(j, 4, 4)], inverse bind matrices.
    world : float64 [shape=(j, 4, 4)], the joints at rest, from the root of the scene.
    parents : int64 [shape=(j,)], the row of the joint above, -1 for a root.
    """

    joints: Ints
    weights: Floats
    bind: Floats
    world: Floats
    parents: Ints


@dataclass(frozen=True, eq=False)
class Part:
    """One named surface of a scene.

    Attributes
    ----------
    name : the node's or mesh's name.
    geometry : in its own (node-local, bind) space.
    matrix : float64 [shape=(4, 4)], from there to the world; of a skinned part the identity (glTF 2.0, section 3.7.3).
    material : int64 [shape=(m,)], material of each face, -1 for none; ``None`` when all are of one.
    skin : how it hangs on a skeleton, or ``None``.
    targets : position deltas of the morph targets, each float64 [shape=(n, 3)].
    weights : their default weights, as many as targets.
    """

    name: str
    geometry: Geometry
    matrix: Floats = field(default_factory=lambda: np.eye(4))
    material: Ints | None = None
    skin: Skinned | None = None
    targets: tuple[Floats, ...] = ()
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Parts:
    """The surfaces of a scene, in its order."""

    parts: tuple[Part, ...]

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


Subject = Geometry | Splats | Parts
