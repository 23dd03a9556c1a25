"""The label's own shape: words in front of a plate, and where that stands in a view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.derived.framing import View
from sceneproof.edits import MeshPart
from sceneproof.scene import Array

from ._glyphs import TextMesh, text_mesh

PADDING = 0.22  # of the ink height, around the words
GAP = 0.04  # of the ink height, between words and plate: no two surfaces in one plane
WHITE = (1.0, 1.0, 1.0, 1.0)
DARK = (0.07, 0.08, 0.10, 1.0)
GRAIN, PLATE_GRAIN = 1 / 50, 1 / 16
"""Of the ink height: how far apart splats or points stand that fill words and plate. A stroke of a Chinese sign is a
tenth of the ink wide, so five of them make one."""


@dataclass(frozen=True, eq=False)
class Board:
    """Words and plate about the origin, facing +Z; one unit is the ink height of the lowest line.

    Attributes
    ----------
    text : the words, with line breaks. mesh : the words as triangles. unit : heights of the whole ink box per unit.
    width, height : of the plate. ink_width, ink_height : of the ink box.
    """

    text: str
    mesh: TextMesh

    @property
    def unit(self) -> float:
        return self.mesh.line_height

    @property
    def ink_width(self) -> float:
        return self.mesh.width / self.unit

    @property
    def ink_height(self) -> float:
        return 1.0 / self.unit

    @property
    def width(self) -> float:
        return self.ink_width + 2 * PADDING

    @property
    def height(self) -> float:
        return self.ink_height + 2 * PADDING

    def parts(self, move: Array, scale: float = 1.0) -> tuple[MeshPart, MeshPart]:
        """The words and the plate, scaled and moved by `move` [shape=(3,)], float32."""
        words = self.mesh.positions / self.unit - (self.ink_width / 2, self.ink_height / 2)
        half = np.array([self.width / 2, self.height / 2])
        plate = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
        label = " ".join(self.text.split())
        return (
            _part(f"label text {label}", words, self.mesh.triangles, GAP, (move, scale), (WHITE, GRAIN)),
            _part("label plate", plate, np.array([[0, 1, 2], [0, 2, 3]]), 0.0, (move, scale), (DARK, PLATE_GRAIN)),
        )


@dataclass(frozen=True)
class Spot:
    """Where a board stands in a view: centre and ink height in the units of `View.half`, and depth in metres."""

    x: float
    y: float
    ink: float
    depth: float


def board(text: str) -> Board:
    """The board of a text. Raises `MarkError` when the font lacks a character."""
    return Board(text, text_mesh(text))


def ink_box(shape: Board, spot: Spot) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of the ink box in the units of `View.half`."""
    w, h = shape.ink_width * spot.ink / 2, shape.ink_height * spot.ink / 2
    return spot.x - w, spot.y - h, spot.x + w, spot.y + h


def scale_of(view: View, spot: Spot) -> float:
    """Metres per unit of the board."""
    return spot.ink * (spot.depth if view.kind == "perspective" else 1.0)


def centre_of(view: View, spot: Spot) -> Array:
    """World position of the board's centre, float64 [shape=(3,)]."""
    reach = spot.depth if view.kind == "perspective" else 1.0
    return np.asarray(view.eye + view.rotation @ np.array([spot.x * reach, spot.y * reach, -spot.depth]))


def corners(view: View, shape: Board, spot: Spot) -> Array:
    """World positions of the corners of the plate and of the ink box, float64 [shape=(8, 3)]."""
    size = scale_of(view, spot)
    ends = np.array([(x, y, 0.0) for x in (-0.5, 0.5) for y in (-0.5, 0.5)])
    plate = ends * (shape.width, shape.height, 1.0)
    words = ends * (shape.ink_width, shape.ink_height, 1.0) + (0.0, 0.0, GAP)
    return np.asarray(centre_of(view, spot) + size * np.concatenate([plate, words]) @ view.rotation.T)


def world_matrix(view: View, spot: Spot) -> Array:
    """Board to world, float64 [shape=(4, 4)]."""
    matrix = np.eye(4)
    matrix[:3, :3] = view.rotation * scale_of(view, spot)
    matrix[:3, 3] = centre_of(view, spot)
    return matrix


def _part(
    name: str,
    flat: Array,
    triangles: Array,
    lift: float,
    place: tuple[Array, float],
    look: tuple[tuple[float, float, float, float], float],
) -> MeshPart:
    move, scale = place
    color, grain = look
    positions = np.concatenate([flat, np.full((len(flat), 1), lift)], axis=1) * scale + move
    normals = np.tile(np.array([0, 0, 1], np.float32), (len(flat), 1))
    return MeshPart(name, positions.astype(np.float32), normals, np.asarray(triangles, np.int64), color, grain * scale)


def weighted(part: MeshPart, weights: Array, middle: Array, matrix: Array) -> MeshPart:
    """`part` with a triangle more for each world point of `weights` [shape=(k, 3)]: tip there, base toward `middle`.

    The triangle's sides are a five-hundredth of the ink height: a fifth of a pixel for words 100 pixels tall.
    """
    if not len(weights):
        return part
    back = np.linalg.inv(matrix)
    tips = weights @ back[:3, :3].T + back[:3, 3]
    inward = (middle - weights) @ back[:3, :3].T
    inward = inward / np.linalg.norm(inward, axis=1, keepdims=True)
    # Any axis of the board that is not along the triangle serves as its width.
    across = np.eye(3)[np.abs(inward).argmin(axis=1)]
    across = across - np.einsum("ij,ij->i", across, inward)[:, None] * inward
    across = across / np.linalg.norm(across, axis=1, keepdims=True)
    bases = (tips + 0.002 * (inward + across), tips + 0.002 * (inward - across))
    extra = np.stack([tips, *bases], axis=1).reshape(-1, 3).astype(np.float32)
    triangles = len(part.positions) + np.arange(len(extra)).reshape(-1, 3)
    normals = np.repeat(np.cross(inward, across).astype(np.float32), 3, axis=0)
    return MeshPart(
        part.name,
        np.concatenate([part.positions, extra]),
        np.concatenate([part.normals, normals]),
        np.concatenate([part.triangles, triangles]),
        part.color,
        part.grain,
    )
