"""Boards that stay where they are when a viewer frames them too.

The default framing looks at the middle of the bounds from a distance that a sphere around it decides. Boards that reach
beyond the bounds would move that middle. Counterweights, triangles too small to see, stand straight opposite, so that
middle and sphere stay; boards must be within the sphere. Where the scene itself fills the sphere up to the
rim (a globe), spacers before and behind it make the sphere a little larger first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sceneproof.derived.framing import DISTANCE, View, frame
from sceneproof.scene import Array

from ._board import Board, Spot, corners

BELOW_COST, GROW_COST = 0.10, 3.0  # a step back of 2 % weighs as much as a second board
Place = Callable[[View], tuple[Spot, ...]]


@dataclass(frozen=True)
class Settled:
    """Attributes
    ----------
    view : the framing with the boards in. spots : where they stand in it. place : gives the spots for a view.
    grow : radius of the sphere, of the scene's own. weights : world positions of counterweights and spacers.
    cost : how much it disturbs.
    """

    view: View
    spots: tuple[Spot, ...]
    place: Place
    grow: float
    weights: Array
    cost: float


@dataclass(frozen=True)
class Stage:
    """A scene to be framed: its points [shape=(n, 3)] with the spacers among them, their bounds, and the framing.

    `grow` is the radius of the sphere over that of the scene alone (`own_radius`, metres); `from_behind` as in `frame`.
    """

    points: Array
    low: Array
    high: Array
    view: View
    spacers: Array
    grow: float
    own_radius: float
    from_behind: bool = False


def stage(points: Array, grow: float = 1.0, *, from_behind: bool = False) -> Stage | None:
    """The stage of world points, its sphere made larger by spacers; ``None`` without extent."""
    start = view = frame(points, from_behind=from_behind)
    if start is None:
        return None
    spacers = np.zeros((0, 3))
    if grow > 1:
        spacers = target(start) + np.outer((1.0, -1.0), (0.0, 0.0, radius(start) * grow))
        points = np.concatenate([points, spacers])
        view = frame(points, from_behind=from_behind)
    if view is None:
        return None
    return Stage(points, points.min(axis=0), points.max(axis=0), view, spacers, grow, radius(start), from_behind)


def settle(scene: Stage, shape: Board, place: Place, tolerance: float = 1e-4) -> Settled | None:
    """Place the boards, frame with all of it in, and place again until the view stands still.

    ``None`` when a board is outside the sphere or the view does not come to rest.
    """
    view = scene.view
    for _ in range(20):
        spots = place(view)
        boards = np.concatenate([corners(view, shape, spot) for spot in spots])
        if ((boards - target(view)) ** 2).sum(axis=1).max() > (1.0001 * radius(view)) ** 2:
            return None
        weights = counterweights(scene.low, scene.high, boards)
        new = frame(np.concatenate([scene.points, boards, weights]), from_behind=scene.from_behind)
        if new is None:
            return None
        moved = float(np.abs(new.eye - view.eye).max()) / scene.own_radius + abs(new.fit - view.fit)
        if moved < tolerance:
            below = max(0.0, float(scene.low[1] - boards[:, 1].min())) / scene.own_radius
            cost = GROW_COST * (scene.grow - 1) + BELOW_COST * below
            return Settled(view, spots, place, scene.grow, np.concatenate([weights, scene.spacers]), cost)
        view = new
    return None


def outermost(points: Array) -> Array:
    """The points that can decide a framing: those that bound the scene, and the farthest from the middle in each of
    some five hundred directions."""
    if len(points) < 600:
        return points
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    away = points - middle
    length = np.linalg.norm(away, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.nan_to_num(np.arctan2(away[:, 2], away[:, 0]))
        rise = np.nan_to_num(away[:, 1] / length)
    around = np.clip((turn + np.pi) / (2 * np.pi) * 32, 0, 31).astype(np.int64)
    cell = around * 16 + np.clip((rise + 1) * 8, 0, 15).astype(np.int64)
    order = np.lexsort((length, cell))
    last = np.flatnonzero(np.diff(cell[order], append=-1))
    ends = [points.argmin(axis=0), points.argmax(axis=0), [length.argmax()]]
    return np.asarray(points[np.unique(np.concatenate([order[last], *ends]))])


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
    return reach(view) * float(np.sin(np.radians(15))) / DISTANCE


def target(view: View) -> Array:
    """What the default framing looks at, float64 [shape=(3,)]."""
    return np.asarray(view.eye - view.rotation[:, 2] * reach(view))


def reach(view: View) -> float:
    """Distance from the eye to the target; the default framing has its near plane at a thousandth of it."""
    return view.znear * 1e3
