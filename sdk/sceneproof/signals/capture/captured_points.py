"""Captured content by its type: many coloured points, or trained Gaussian splats.

What it measures
    ``value`` is the number of points and splats. A point cloud without surface is the raw output of depth cameras,
    laser scanners and photogrammetry; Gaussian splats come out of training on photographs (Kerbl et al. 2023).
    ``detail`` holds the kinds, whether points bear colour, and for splats the median ratio of the long to the short
    axis and the opacity deciles: three real captures had 59,000 to 101,000 splats, ratios of 35 to 46.
Score
    towards reconstruction: 0.9 for more than 10,000 anisotropic splats (ratio above 3); 0.7 for more than 10,000 points
    that are not a regular plane grid; nothing below. Set by type, not fitted.
Unit
    count.
Confounders
    Points and splats can be sampled from a modelled mesh; there was no synthetic splat scene to compare with.
Not evidence of
    generation by AI. That no points are there is evidence of nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.findings import Signal
from sceneproof.scene import Array, Mode, Scene

GROUP = "capture"
UNIT = "count"
COST = "normal"
TESTS = ("synthesised", "reconstruction")

MANY = 10_000
ANISOTROPIC = 3.0


def measure(scene: Scene) -> Signal:
    """Value 0 when there is neither a point nor a splat."""
    splats = scene.splats
    taken = {cloud.pointer for cloud in splats}
    parts = [
        part
        for mesh in scene.meshes
        for part in mesh.primitives
        if part.mode is Mode.POINTS and part.pointer not in taken
    ]
    clouds = [cloud.positions for cloud in scene.points] + [part.positions for part in parts]
    points = sum(len(cloud) for cloud in clouds)
    count = sum(len(cloud.positions) for cloud in splats)
    colored = any(cloud.colors is not None for cloud in scene.points) or any("COLOR_0" in p.attributes for p in parts)
    detail: dict[str, Any] = {"points": points, "colored": bool(points and colored), "splats": count}
    score: float | None = None
    if points > MANY and not _is_grid(max(clouds, key=len)):
        score = 0.7
    if count:
        scales = np.sort(np.concatenate([np.asarray(cloud.scales, np.float64) for cloud in splats]), axis=1)
        ratio = float(np.median(scales[:, 2] / np.maximum(scales[:, 0], 1e-30)))
        opacity = np.concatenate([np.asarray(cloud.opacities, np.float64).ravel() for cloud in splats])
        detail |= {"axis_ratio": ratio, "opacity_deciles": [float(x) for x in np.quantile(opacity, [0.1, 0.5, 0.9])]}
        if count > MANY and ratio > ANISOTROPIC:
            score = 0.9
    detail["trained_splats"] = score == 0.9
    pointers = (*sorted(taken), *(part.pointer for part in parts))[:16]
    return Signal("captured-points", points + count, UNIT, score, 0.6 if score else 0.3, pointers, detail)


def _is_grid(points: Array) -> bool:
    """Whether the points repeat their coordinates on two axes at least, as the vertices of a regular grid do."""
    finite = points[np.isfinite(points).all(axis=1)]
    distinct = sorted(len(np.unique(finite[:, axis])) for axis in range(3))
    return bool(distinct[1] <= 4 * np.sqrt(len(finite)))
