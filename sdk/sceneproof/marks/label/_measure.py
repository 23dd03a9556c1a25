"""One label in one picture, measured with rays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sceneproof.derived.framing import View
from sceneproof.derived.ray_scene import build
from sceneproof.derived.world import WorldPart
from sceneproof.render.picture import cover, look
from sceneproof.scene import Array, Scene

from ._find import Label
from ._sight import at_edge

SHORTEST = 720
FINE = 320  # rays along the longer side of a small label, so that its height is known to a third of a per cent
MOST = 900


@dataclass(frozen=True)
class Sight:
    """One label in one view at one aspect ratio.

    Attributes
    ----------
    view, aspect : names. label : pointer of its node.
    box : left, top, right, bottom of the visible ink, as fractions of width and height from the upper left.
    height_ratio : visible ink height of the lowest line over the shortest side. contrast_ratio : WCAG 2.2, relative
        luminance of the words against the pixels around them in the ink box. hidden_fraction : share of the ink (in
        the picture) behind other things. inside : share of the ink box that is in the picture. at_edge, mirrored.
    words : the ink is what the label's node claims.
    """

    view: str
    aspect: str
    label: str
    box: tuple[float, float, float, float]
    height_ratio: float
    contrast_ratio: float
    hidden_fraction: float
    inside: float
    at_edge: bool
    mirrored: bool
    words: bool = True


def measure(
    scene: Scene, view: View, aspect: tuple[str, float], parts: Sequence[WorldPart], label: Label
) -> Sight | None:
    """Measure a label; ``None`` when it is outside the picture, behind the eye or cut by the near or far plane."""
    width, height = _size(aspect[1])
    own = [n for n, part in enumerate(parts) if part.node == label.node and part.primitive == label.primitive]
    corners = np.concatenate([parts[number].positions for number in own])
    seen = view.project(corners, width, height)
    if not np.isfinite(seen).all() or seen[:, 2].min() < view.znear or seen[:, 2].max() > (view.zfar or np.inf):
        return None
    low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    clipped = np.clip([low, high], 0, [width, height])
    span = clipped[1] - clipped[0]
    if (span <= 0).any():
        return None
    inside = float(np.prod(span) / np.prod(high - low))
    x, y, shape = _grid(clipped, span)
    origins, directions = view.rays_at(x, y, width, height)
    ink = (build(scene, tuple(own)).cast(origins, directions).part >= 0).reshape(shape)
    if not ink.any():
        return None
    sight = look(scene, view, x, y, width, height)
    cover(scene, view, sight, (x, y), (width, height))
    clear = np.isin(sight.part, own).reshape(shape) & ink
    hidden = 1 - clear.sum() / ink.sum()
    used = clear if clear.any() else ink
    rows, columns = np.flatnonzero(used.any(axis=1)), np.flatnonzero(used.any(axis=0))
    step = span / (shape[1], shape[0])
    left, right = clipped[0, 0] + columns[0] * step[0], clipped[0, 0] + (columns[-1] + 1) * step[0]
    top, bottom = clipped[0, 1] + rows[0] * step[1], clipped[0, 1] + (rows[-1] + 1) * step[1]
    box = (float(left), float(top), float(right), float(bottom))
    line = _lowest_line(used) * float(step[1]) if clear.any() else 0.0
    return Sight(
        view.name,
        aspect[0],
        scene.nodes[label.node].pointer,
        (box[0] / width, box[1] / height, box[2] / width, box[3] / height),
        line / min(width, height),
        _contrast(sight.color, ink.ravel()),
        float(hidden),
        inside,
        at_edge(box, width, height),
        _mirrored(seen, parts[own[0]]),
    )


def _size(aspect: float) -> tuple[int, int]:
    return (round(SHORTEST * aspect), SHORTEST) if aspect >= 1 else (SHORTEST, round(SHORTEST / aspect))


def _grid(clipped: Array, span: Array) -> tuple[Array, Array, tuple[int, int]]:
    """Centres of cells over the box: about one per pixel, finer for a small box, coarser for a huge one."""
    factor = float(np.clip(span.max(), FINE, MOST) / span.max())
    columns, rows = (max(8, int(np.ceil(side * factor))) for side in span)
    x = clipped[0, 0] + (np.arange(columns) + 0.5) * span[0] / columns
    y = clipped[0, 1] + (np.arange(rows) + 0.5) * span[1] / rows
    across, down = np.meshgrid(x, y)
    return across.ravel(), down.ravel(), (rows, columns)


def _lowest_line(ink: Array) -> int:
    """Rows of the lowest line of ink; a line is a run of rows with ink, joined over gaps smaller than a third of it."""
    rows = np.flatnonzero(ink.any(axis=1))
    cuts = np.flatnonzero(np.diff(rows) > max(2, len(ink) // 40))
    runs = [int(run[-1] - run[0] + 1) for run in np.split(rows, cuts + 1)]
    return min(run for run in runs if run >= max(runs) / 3)


def _contrast(color: Array, ink: Array) -> float:
    """WCAG 2.2 contrast ratio of the mean linear colour of the ink against that of the rest of its box."""
    if ink.all():
        return 1.0
    weights = np.array([0.2126, 0.7152, 0.0722])
    one, two = (float(np.clip(color[mask], 0, 1).mean(axis=0) @ weights) for mask in (ink, ~ink))
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)


def _mirrored(seen: Array, part: WorldPart) -> bool:
    """Whether the words show their back: their triangles run clockwise in the picture (y runs down there)."""
    a, b, c = (seen[part.triangles[:, k], :2] for k in range(3))
    turn = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return bool(turn.sum() > 0)
