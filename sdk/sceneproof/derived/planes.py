"""The largest planes of a point cloud, by Open3D where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._memo import derived
from .bridges import open3d
from .clouds import cloud, picked
from .places import triple

if TYPE_CHECKING:
    from sceneproof.scene import Scene

MOST_POINTS = 40_000
MOST_PLANES, PLANE_SHARE, PLANE_DISTANCE, TRIES = 6, 0.05, 0.005, 500


@derived
def planes(scene: Scene) -> list[dict[str, Any]]:
    """Up to 6 planes in turn by RANSAC (Fischler and Bolles 1981), each while it holds 5 % of the points looked at.

    At most 40,000 points, evenly picked; distance 0.5 % of the extent, 500 tries, fixed seed, and no early
    end, whose moment would depend on the threads. The share is given in steps of 5 %.

    Returns one object per plane: ``share``, ``normal`` (unit, its largest part positive; two decimals) and ``centre_m``
    (mean of its points, in steps of 2 % of the extent).
    Raises `MissingExtraError` without Open3D.
    """
    points = cloud(scene).points
    if len(points) < 3:
        return []
    module = open3d()
    chosen = np.ascontiguousarray(points[picked(len(points), MOST_POINTS)])
    extent = float(np.linalg.norm(np.ptp(chosen, axis=0)))
    if not extent > 0:
        return []
    module.utility.random.seed(0)
    rest = module.geometry.PointCloud(module.utility.Vector3dVector(chosen))
    found: list[dict[str, Any]] = []
    while len(found) < MOST_PLANES and len(rest.points) >= max(3, PLANE_SHARE * len(chosen)):
        model, members = rest.segment_plane(PLANE_DISTANCE * extent, 3, TRIES, 1.0)
        if len(members) < PLANE_SHARE * len(chosen):
            break
        normal = np.asarray(model[:3], np.float64)
        normal *= np.sign(normal[np.abs(normal).argmax()]) or 1.0
        inside = np.asarray(rest.points)[np.asarray(members)]
        share = round(20 * len(members) / len(chosen)) / 20
        step = 0.02 * extent
        centre = triple(np.rint(inside.mean(axis=0) / step) * step)
        found.append({"share": share, "normal": [round(float(x), 2) + 0.0 for x in normal], "centre_m": centre})
        rest = rest.select_by_index(members, invert=True)
    return found
