"""The pieces of the drawn surface: faces joined by shared edges once seams are closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.kernels.components import roots
from sceneproof.kernels.surface import face_measures

from ._memo import derived
from .welded import world_edges, world_surface

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces in the order of their first faces, p of them; faces as in `derived.welded.world_surface`.

    Attributes
    ----------
    label : int64 [shape=(m,)], piece of each face. area : float64 [shape=(m,)], m2 of each face.
    faces : int64 [shape=(p,)], how many faces. areas : float64 [shape=(p,)], m2.
    first : int64 [shape=(p,)], first face. low, high : float64 [shape=(p, 3)], corners of the bounding box, metres.
    """

    label: Array
    area: Array
    faces: Array
    areas: Array
    first: Array
    low: Array
    high: Array

    @property
    def sizes(self) -> Array:
        """Diagonal of each piece's bounding box, metres."""
        sizes: Array = np.linalg.norm(self.high - self.low, axis=1)
        return sizes


@derived
def pieces(scene: Scene) -> Pieces:
    """Label the faces of `world_surface` by piece; also empty for a scene without faces."""
    surface, sides = world_surface(scene), world_edges(scene)
    count = len(surface.faces)
    joined = np.ones(max(len(sides.face) - 1, 0), bool)
    joined[sides.runs[1:-1] - 1] = False
    root = roots(np.stack([sides.face[:-1][joined], sides.face[1:][joined]], axis=1), count)
    first = np.flatnonzero(root == np.arange(count))
    label = np.searchsorted(first, root)
    area, _, _ = face_measures(surface.positions, surface.faces)
    low, high = np.full((len(first), 3), np.inf), np.full((len(first), 3), -np.inf)
    if count:
        order = np.argsort(label, kind="stable")
        starts = np.searchsorted(label[order], np.arange(len(first)))
        corners = surface.positions[surface.faces[order]]
        low = np.minimum.reduceat(corners.min(axis=1), starts, axis=0)
        high = np.maximum.reduceat(corners.max(axis=1), starts, axis=0)
    return Pieces(
        label,
        area,
        np.bincount(label, minlength=len(first)),
        np.bincount(label, area, minlength=len(first)),
        first,
        low,
        high,
    )
