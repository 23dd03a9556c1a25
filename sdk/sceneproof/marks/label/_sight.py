"""What stands behind a place in a view, and whether a box lies at the edge of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.derived.framing import View
from sceneproof.derived.ray_scene import ray_scene
from sceneproof.render.discs import all_discs
from sceneproof.scene import Scene

from ._board import Board, Spot

EDGE_BAND = 0.12
"""Width of the band along each edge of the picture, as a fraction of its shortest side, that counts as the edge.

GB 45438-2025 (5.2, 5.5) says "edge or corner" and gives no number: this one is ours."""

GRID = (24, 12)


@dataclass(frozen=True)
class Behind:
    """`nearest`: least depth, metres, of what is drawn behind a board's place (infinite for nothing); `covered`: share
    of the place with something behind it."""

    nearest: float
    covered: float


def behind(scene: Scene, view: View, shape: Board, spot: Spot) -> Behind:
    """Cast rays through the place of a plate and a little around it, whatever its depth."""
    x, y = np.meshgrid(np.linspace(-0.55, 0.55, GRID[0]), np.linspace(-0.6, 0.6, GRID[1]))
    across = spot.x + x.ravel() * shape.width * spot.ink
    up = spot.y + y.ravel() * shape.height * spot.ink
    # A square picture of half side 1 in the units of View.half, so that places need no picture of their own.
    half = view.half(1.0)[1]
    origins, directions = view.rays_at(across / half + 1, 1 - up / half, 2, 2)
    hits = ray_scene(scene).cast(origins, directions)
    met = hits.part >= 0
    nearest, covered = _cloud(scene, view, shape, spot)
    if met.any():
        at = origins[met] + directions[met] * hits.distance[met, None]
        nearest = min(nearest, float(view.local(at)[:, 2].min()))
    return Behind(nearest, max(covered, float(met.mean())))


def _cloud(scene: Scene, view: View, shape: Board, spot: Spot) -> tuple[float, float]:
    """The same for points and splats, which rays do not meet."""
    nearest, filled = np.inf, np.zeros(GRID, bool)
    for points, _, radii, _ in all_discs(scene):
        seen = view.local(points)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = seen[:, 2] if view.kind == "perspective" else np.ones(len(seen))
            x = (seen[:, 0] / reach - spot.x) / (shape.width * spot.ink)
            y = (seen[:, 1] / reach - spot.y) / (shape.height * spot.ink)
            wide = radii / reach / (shape.height * spot.ink)
            within = (np.abs(x) < 0.55 + wide) & (np.abs(y) < 0.6 + wide) & (seen[:, 2] > view.znear)
        if within.any():
            nearest = min(nearest, float((seen[:, 2] - radii)[within].min()))
            columns = np.clip((x[within] / 1.1 + 0.5) * GRID[0], 0, GRID[0] - 1).astype(np.int64)
            rows = np.clip((y[within] / 1.2 + 0.5) * GRID[1], 0, GRID[1] - 1).astype(np.int64)
            filled[columns, rows] = True
    return nearest, float(filled.mean())


def at_edge(box: tuple[float, float, float, float], width: float, height: float) -> bool:
    """Whether a box (left, top, right, bottom, from the upper left) reaches into the edge band of a picture.

    A box that is wholly outside the picture is at no edge.
    """
    left, top, right, bottom = box
    if right <= 0 or left >= width or bottom <= 0 or top >= height:
        return False
    band = EDGE_BAND * min(width, height)
    return left < band or top < band or right > width - band or bottom > height - band
