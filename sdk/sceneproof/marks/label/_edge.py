"""The label of a view with a camera: fixed to the camera's node, lower right inside the narrowest picture."""

from __future__ import annotations

import numpy as np

from sceneproof.derived.framing import ASPECTS, View
from sceneproof.scene import Array, Scene

from ._board import Board, Spot, centre_of
from ._sight import behind

INSET = 0.97  # the plate ends at this share of half the picture


def ink_for(view: View, height: float) -> float:
    """Ink height in the units of `View.half` that is at least `height` of the shortest side in every aspect ratio."""
    return height * 2 * max(min(view.half(aspect)) for _, aspect in ASPECTS)


def room(view: View) -> tuple[float, float]:
    """Half the width and height that every aspect ratio shows."""
    halves = [view.half(aspect) for _, aspect in ASPECTS]
    return min(x for x, _ in halves), min(y for _, y in halves)


def edge_spot(scene: Scene, view: View, shape: Board, ink: float, points: Array) -> Spot:
    """Lower right, in front of all that the view shows there.

    Parameters
    ----------
    scene : without labels. points : what viewers frame, float64 [shape=(n, 3)].

    The depth is where the view enters the bounds of the scene, so that a viewer that frames by bounds is not led
    astray; inside the bounds (a room) it is a third of the way to what stands behind the label.
    """
    across, up = room(view)
    x = across * INSET - shape.width * ink / 2
    y = -up * INSET + shape.height * ink / 2
    spot = Spot(x, y, ink, 1.0)
    near = max(view.znear, 0.0)
    far = behind(scene, view, shape, spot).nearest
    limit = min(far, view.zfar or np.inf)
    enter, leave = _span(view, spot, points)
    wish = max(enter, 0.3 * (limit if np.isfinite(limit) else leave), 2 * near)
    depth = min(wish, near + 0.9 * (limit - near)) if np.isfinite(limit) else wish
    if not depth > near:
        depth = near * 1.1 or 1.0
    return Spot(x, y, ink, float(depth))


def _span(view: View, spot: Spot, points: Array) -> tuple[float, float]:
    """Depths at which the ray through the middle of `spot` enters and leaves the bounds of the scene.

    A ray that misses them gets the depth of the nearest approach to their middle, twice.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    start = centre_of(view, Spot(spot.x, spot.y, spot.ink, 0.0))
    step = centre_of(view, Spot(spot.x, spot.y, spot.ink, 1.0)) - start
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (low - start) / step, (high - start) / step
    enter = float(np.nanmax(np.minimum(one, two)))
    leave = float(np.nanmin(np.maximum(one, two)))
    if leave >= max(enter, 0.0):
        return max(enter, 0.0), leave
    nearest = float((((low + high) / 2 - start) @ step) / (step @ step))
    nearest = nearest if nearest > 0 else float(np.linalg.norm(high - low)) or 1.0
    return nearest, nearest
