"""The label of a scene without a camera: a placard at the edge of the framing that a viewer computes.

The framing holds a sphere around the middle of the bounds, with 5 % to spare, in the picture. A board at the edge of the
picture is therefore near the rim of that sphere, often outside the bounds; there it would move their middle, the viewer
would follow, and the board would be at no edge any more. So counterweights, triangles too small to see, stand opposite:
middle and sphere stay as they were, and so does the picture. Each candidate is settled all the same (place, frame anew
with all of it in, place again, until nothing moves), and the one that costs least is taken.
The picture's lower and right edges meet outside the sphere: where the scene is about as wide as it is tall, one board
cannot lie at the edge of a wide and of a tall picture, and a second one at the right serves the tall one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ...derived.framing import ASPECTS, DISTANCE, HALF_FOV, View, frame
from ...errors import MarkError
from ...scene import Array, Scene
from ._board import Board, Spot, corners, ink_box
from ._edge import INSET, room
from ._sight import at_edge, behind

DOWN = (0.82, 0.86, 0.90)  # lower end of the plate, of half the picture's height
ACROSS = (1.0, 0.5, 0.0)  # where it stands between middle and right
TOWARD = (-0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)  # how far before the middle of the scene, of the sphere's radius
SECOND_COST, COVER_COST, BELOW_COST = 0.06, 0.10, 0.10
Place = Callable[[View], tuple[Spot, ...]]


@dataclass(frozen=True)
class Settled:
    """Boards that stay where they are when the viewer frames them too."""

    view: View
    spots: tuple[Spot, ...]
    cost: float
    place: Place
    weights: Array


def placards(scene: Scene, points: Array, shape: Board, ink: Callable[[View], float]) -> Settled:
    """One board, or two, at an edge of the default framing in every aspect ratio.

    Parameters
    ----------
    scene : without labels. points : what viewers frame, float64 [shape=(n, 3)]. ink : ink height for a view.

    Raises `MarkError` when no place is in front of the scene's geometry.
    """
    few = outermost(points)
    alone = [_settle(few, shape, place) for place in _bottom(shape, ink)]
    everywhere = set(range(len(ASPECTS)))
    chosen = _best(scene, shape, [item for item in alone if item and _edges(shape, item) >= everywhere])
    if chosen is None or chosen.cost > SECOND_COST:
        base = sorted((item for item in alone if item and 0 in _edges(shape, item)), key=lambda item: item.cost)[:6]
        pairs = [_settle(few, shape, place) for item in base for place in _pairs(shape, ink, item)]
        both = _best(scene, shape, [item for item in pairs if item and _edges(shape, item) >= everywhere])
        if chosen is None or (both is not None and both.cost + SECOND_COST < chosen.cost):
            chosen = both
    if chosen is None:
        chosen = _best(scene, shape, [item for item in alone if item])
    if chosen is None:
        raise MarkError("no place at the edge of the start picture is in front of the scene's geometry")
    exact = settle(points, shape, chosen.place)
    return exact or chosen


def outermost(points: Array) -> Array:
    """The points that can decide a framing: the farthest from the middle in each of a few thousand directions."""
    if len(points) < 3000:
        return points
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    away = points - middle
    length = np.linalg.norm(away, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.nan_to_num(np.arctan2(away[:, 2], away[:, 0]))
        rise = np.nan_to_num(away[:, 1] / length)
    cell = (np.clip((turn + np.pi) / (2 * np.pi) * 64, 0, 63).astype(np.int64) * 32) + np.clip(
        (rise + 1) * 16, 0, 31
    ).astype(np.int64)
    order = np.lexsort((length, cell))
    last = np.flatnonzero(np.diff(cell[order], append=-1))
    ends = [points.argmin(axis=0), points.argmax(axis=0)]
    return points[np.unique(np.concatenate([order[last], *ends]))]


def settle(points: Array, shape: Board, place: Place, rounds: int = 60, tolerance: float = 1e-12) -> Settled | None:
    """Place, frame, and place again until the view stands still; ``None`` when it runs away."""
    start = view = frame(points)
    if view is None or start is None:
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    moved = 1.0
    for _ in range(rounds):
        boards = np.concatenate([corners(view, shape, spot) for spot in place(view)])
        weights = counterweights(low, high, boards)
        new = frame(np.concatenate([points, boards, weights]))
        if new is None or radius(new) > 2.5 * radius(start):
            return None
        moved = float(np.linalg.norm(new.eye - view.eye)) / radius(start) + abs(new.fit - view.fit)
        view = new
        if moved < tolerance:
            break
    if moved > 1e-4:
        return None
    spots = place(view)
    boards = np.concatenate([corners(view, shape, spot) for spot in spots])
    shift = float(np.linalg.norm(target(view) - target(start))) / radius(start)
    below = max(0.0, float(low[1] - boards[:, 1].min())) / radius(start)
    cost = max(radius(view) / radius(start) - 1, shift) + BELOW_COST * below
    return Settled(view, spots, cost, place, counterweights(low, high, boards))


def counterweights(low: Array, high: Array, boards: Array) -> Array:
    """Points, float64 [shape=(k, 3)], that keep the middle of the bounds where it was when `boards` reach beyond them.

    One per axis, straight opposite, so that none is farther from the middle than the board that it balances.
    """
    middle = (low + high) / 2
    reach = np.stack([middle - np.minimum(low, boards.min(axis=0)), np.maximum(high, boards.max(axis=0)) - middle])
    out = []
    for axis in range(3):
        less, more = reach[:, axis]
        if abs(less - more) > 1e-12 * (less + more):
            point = middle.copy()
            point[axis] += less if less > more else -more
            out.append(point)
    return np.array(out).reshape(-1, 3)


def radius(view: View) -> float:
    """Radius of the sphere that the default framing holds, metres."""
    return _reach(view) * float(np.sin(np.radians(15))) / DISTANCE


def target(view: View) -> Array:
    """What the default framing looks at, float64 [shape=(3,)]."""
    return np.asarray(view.eye - view.rotation[:, 2] * _reach(view))


def _reach(view: View) -> float:
    """Distance from the eye to the target; the default framing has its near plane at a thousandth of it."""
    return view.znear * 1e3


def _settle(points: Array, shape: Board, place: Place) -> Settled | None:
    return settle(points, shape, place, 60, 1e-5)


def _bottom(shape: Board, ink: Callable[[View], float]) -> Iterator[Place]:
    for down, across, toward in product(DOWN, ACROSS, TOWARD):

        def place(view: View, down: float = down, across: float = across, toward: float = toward) -> tuple[Spot, ...]:
            size = ink(view)
            right = room(view)[0] * INSET - shape.width * size / 2
            y = -HALF_FOV * down + shape.height * size / 2
            return (Spot(max(right, 0.0) * across, y, size, _reach(view) - toward * radius(view)),)

        yield place


def _pairs(shape: Board, ink: Callable[[View], float], base: Settled) -> Iterator[Place]:
    """The board at the bottom as it was settled, and one at the right edge of the tall picture."""
    for out, rise, toward in product((0.83, 0.87, 0.92), (-0.45, -0.15, 0.15), TOWARD):

        def place(view: View, out: float = out, rise: float = rise, toward: float = toward) -> tuple[Spot, ...]:
            size = ink(view)
            x = room(view)[0] * out - shape.width * size / 2
            return *base.place(view), Spot(x, rise * HALF_FOV, size, _reach(view) - toward * radius(view))

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


def _best(scene: Scene, shape: Board, items: list[Settled]) -> Settled | None:
    """The one that costs least of those that stand in front of the geometry; hiding part of the scene costs too."""
    best: Settled | None = None
    for item in sorted(items, key=lambda item: item.cost):
        if best is not None and item.cost >= best.cost:
            break
        sight = [behind(scene, item.view, shape, spot) for spot in item.spots]
        if any(spot.depth >= seen.nearest for spot, seen in zip(item.spots, sight, strict=True)):
            continue
        cost = item.cost + COVER_COST * sum(seen.covered for seen in sight)
        if best is None or cost < best.cost:
            best = replace(item, cost=cost)
    return best
