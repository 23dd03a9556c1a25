"""Flat triangles filled with dots, for formats that hold splats or points and no faces.

The triangles of one plane are cut by level lines, one `grain` apart; the dots of a line share what it covers evenly, so
that the ends of a stroke are where the triangles have them. A triangle that lies in no level plane, or is smaller than
a dot, gets one dot of no size at each corner: it stands for its place alone (a counterweight of the framing).
"""

from __future__ import annotations

import numpy as np

from sceneproof.edits import MeshPart
from sceneproof.errors import LimitError, MarkError
from sceneproof.scene import Array

SMALLEST = 1e-3  # of a grain: half the side of a dot that only stands for a place
NARROWEST = 0.3  # of a grain: shorter pieces of a line are the rounding of a curve, and left out
MOST_LINES = 4000
MOST = 2_000_000


def filled(part: MeshPart) -> Array:
    """Float64 [shape=(n, 5)]: x, y, z of a dot's middle in the part's space, half its width and half its height.

    Dots face +Z; those that only stand for a place come last, `SMALLEST` of a grain wide. Raises `MarkError` for a part
    without a grain, `LimitError` for one that needs millions of dots.
    """
    grain = part.grain
    corners = np.asarray(part.positions, np.float64)[np.asarray(part.triangles, np.int64)]
    if grain is None or not grain > 0:
        raise MarkError(f"the part {part.name!r} has no grain, so it cannot be filled with dots")
    if not len(corners) or not np.isfinite(corners).all():
        raise MarkError(f"the part {part.name!r} has no geometry, or its numbers are not finite")
    span = np.ptp(corners, axis=1)
    flat = (span[:, 2] <= 0.01 * grain) & (span[:, :2].max(axis=1) > 0.1 * grain)
    out = []
    heights = corners[flat, 0, 2]
    for level in _levels(heights, grain):
        chosen = corners[flat][np.abs(heights - level) <= 0.02 * grain]
        dots = _plane(chosen[:, :, :2], grain)
        out.append(np.column_stack([dots[:, :2], np.full(len(dots), level), dots[:, 2:]]))
    loose = np.unique(corners[~flat].reshape(-1, 3), axis=0)
    out.append(np.column_stack([loose, np.full((len(loose), 2), SMALLEST * grain)]))
    return np.concatenate(out)


def _levels(heights: Array, grain: float) -> list[float]:
    """The planes that the triangles lie in."""
    found: list[float] = []
    for height in np.sort(heights).tolist():
        if not found or height - found[-1] > 0.02 * grain:
            found.append(height)
    return found


def _plane(corners: Array, grain: float) -> Array:
    """Dots of triangles [shape=(t, 3, 2)] in one plane: x, y, half width, half height [shape=(n, 4)]."""
    low, high = float(corners[:, :, 1].min()), float(corners[:, :, 1].max())
    lines = max(1, round((high - low) / grain))
    if lines > MOST_LINES:
        raise LimitError(f"a part needs {lines:,} lines of dots, limit {MOST_LINES:,}")
    step = (high - low) / lines
    rows: list[tuple[float, float, float, float]] = []
    for number in range(lines):
        level = low + (number + 0.5) * step
        for left, right in _covered(corners, level):
            count = max(1, round((right - left) / grain))
            wide = (right - left) / count
            if right - left < NARROWEST * grain:
                continue
            if len(rows) + count > MOST:
                raise LimitError(f"a part needs more than {MOST:,} dots")
            rows += [(left + (k + 0.5) * wide, level, wide / 2, step / 2) for k in range(count)]
    return np.array(rows, np.float64).reshape(-1, 4)


def _covered(corners: Array, level: float) -> list[tuple[float, float]]:
    """What the triangles cover of a level line, as pieces from left to right that do not touch."""
    above = corners[:, :, 1] > level
    hit = corners[above.any(axis=1) & ~above.all(axis=1)]
    left, right = np.full(len(hit), np.inf), np.full(len(hit), -np.inf)
    for one, two in ((0, 1), (1, 2), (2, 0)):
        a, b = hit[:, one], hit[:, two]
        crosses = (a[:, 1] > level) != (b[:, 1] > level)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = a[:, 0] + (level - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
        left, right = np.where(crosses, np.minimum(left, at), left), np.where(crosses, np.maximum(right, at), right)
    pieces: list[tuple[float, float]] = []
    near = 1e-6 * float(np.ptp(corners[:, :, 0])) if len(corners) else 0.0
    for k in np.argsort(left, kind="stable").tolist():
        if pieces and left[k] <= pieces[-1][1] + near:
            pieces[-1] = (pieces[-1][0], max(pieces[-1][1], float(right[k])))
        else:
            pieces.append((float(left[k]), float(right[k])))
    return pieces
