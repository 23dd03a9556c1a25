"""The label of a scene without a camera: a placard at the edge of the framing that a viewer computes.

The framing holds a sphere around the middle of the bounds, with 5 % to spare, in the picture. Candidates at its lower
edge are settled (`_settle`), those behind the scene's geometry dropped, and the one that disturbs least is taken.
The picture's lower and right edges meet outside the sphere: where the scene is about as wide as it is tall, one board
cannot lie at the edge of a wide and of a tall picture, and a second one at the side serves the tall one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product

from sceneproof.derived.framing import ASPECTS, HALF_FOV, View
from sceneproof.scene import Scene

from ._board import Board, Spot, ink_box
from ._edge import INSET, room
from ._settle import Place, Settled, Stage, radius, reach, settle
from ._sight import Behind, at_edge, behind

DOWN = (0.82, 0.86, 0.90)  # lower end of the plate, of half the picture's height
ACROSS = (1.0, 0.5, 0.0)  # where it stands between middle and right
TOWARD = (-0.1, 0.1, 0.25, 0.4, 0.5, 0.6)  # how far before the middle of the scene, of the sphere's radius
RISE = (-0.6, -0.45, -0.3, 0.0, 0.3, 0.45, 0.6)  # the second board's middle, of half the wide picture's height
TOWARD_BESIDE = (-0.1, 0.2, 0.4, 0.5, 0.58, 0.7)
SECOND_COST, COVER_COST = 0.06, 0.20


def placards(scene: Scene, around: Stage, shape: Board, ink: Callable[[View], float]) -> Settled | None:
    """One board, or two, at an edge of the default framing in every aspect ratio.

    Parameters
    ----------
    scene : without labels. around : what viewers frame of it. ink : ink height for a view.

    ``None`` when no place is in front of the scene's geometry. See `everywhere` for whether all ratios are served.
    """
    judge = _Judge(scene, shape)
    alone = judge.rated(settle(around, shape, place) for place in _bottom(shape, ink))
    if not alone:
        return None
    chosen = next((item for item in alone if everywhere(shape, item)), None)
    if chosen is None or chosen.cost > SECOND_COST:
        wide = [item for item in alone if 0 in _edges(shape, item)][:3]
        pairs: list[Settled] = []
        for side in (1.0, -1.0):
            found = (settle(around, shape, place) for item in wide for place in _pairs(shape, ink, item, side))
            pairs = pairs or judge.rated(item for item in found if item and everywhere(shape, item))
        if pairs and (chosen is None or pairs[0].cost + SECOND_COST < chosen.cost):
            chosen = pairs[0]
    return chosen or alone[0]


def everywhere(shape: Board, item: Settled) -> bool:
    """Whether a board lies at an edge in every aspect ratio."""
    return len(_edges(shape, item)) == len(ASPECTS)


def _bottom(shape: Board, ink: Callable[[View], float]) -> Iterator[Place]:
    for down, across, toward in product(DOWN, ACROSS, TOWARD):

        def place(view: View, down: float = down, across: float = across, toward: float = toward) -> tuple[Spot, ...]:
            size = ink(view)
            right = room(view)[0] * INSET - shape.width * size / 2
            y = -HALF_FOV * down + shape.height * size / 2
            return (Spot(max(right, 0.0) * across, y, size, reach(view) - toward * radius(view)),)

        yield place


def _pairs(shape: Board, ink: Callable[[View], float], base: Settled, side: float) -> Iterator[Place]:
    """The board at the bottom as settled, and one at the right (side 1) or left (-1) edge of the tall picture."""
    for out, rise, toward in product((side * 0.82, side * 0.9), RISE, TOWARD_BESIDE):

        def place(view: View, out: float = out, rise: float = rise, toward: float = toward) -> tuple[Spot, ...]:
            size = ink(view)
            x = room(view)[0] * out - side * shape.width * size / 2
            return *base.place(view), Spot(x, rise * HALF_FOV, size, reach(view) - toward * radius(view))

        yield place


def _edges(shape: Board, item: Settled) -> set[int]:
    """Which aspect ratios (as numbers into `ASPECTS`) have a board at an edge."""
    found = set()
    for number, (_, aspect) in enumerate(ASPECTS):
        half_x, half_y = item.view.half(aspect)
        for spot in item.spots:
            left, bottom, right, top = ink_box(shape, spot)
            box = (left + half_x, half_y - top, right + half_x, half_y - bottom)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= 2 * half_x and box[3] <= 2 * half_y
            if inside and at_edge(box, 2 * half_x, 2 * half_y):
                found.add(number)
    return found


class _Judge:
    """Which candidates stand in front of the geometry. A place is looked behind once, as candidates share boards."""

    def __init__(self, scene: Scene, shape: Board) -> None:
        self.scene, self.shape = scene, shape
        self.known: dict[tuple[Spot, float], Behind] = {}

    def rated(self, items: Iterable[Settled | None]) -> list[Settled]:
        """Those in front, cheapest first; hiding part of the scene costs too."""
        found = []
        for item in items:
            if item is None:
                continue
            sight = [self._behind(item, spot) for spot in item.spots]
            if all(spot.depth < seen.nearest for spot, seen in zip(item.spots, sight, strict=True)):
                found.append(replace(item, cost=item.cost + COVER_COST * sum(seen.covered for seen in sight)))
        return sorted(found, key=lambda item: item.cost)

    def _behind(self, item: Settled, spot: Spot) -> Behind:
        key = (spot, item.grow)
        if key not in self.known:
            self.known[key] = behind(self.scene, item.view, self.shape, spot)
        return self.known[key]
