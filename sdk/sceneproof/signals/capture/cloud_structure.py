"""Planes and outliers of a point cloud, by Open3D.

What it measures
    The share of points that stand apart from their neighbours, and how much of the cloud lies on its largest planes.
Formula
    At most 40,000 points, evenly picked. Outliers: mean distance to 20 neighbours more than 2 standard deviations
    above the mean. Planes: up to 6 in turn by RANSAC (distance 0.5 % of the extent, 500 tries, fixed seed), each kept
    while it holds 5 % of the points. Value: share of outliers. Open3D's RANSAC runs on several threads, so the share
    on planes is given in steps of 5 %, which hide its jitter.
Source
    Open3D ``remove_statistical_outlier`` and ``segment_plane`` (Fischler and Bolles 1981).
Unit
    1 (share of the points).
Confounders
    Sparse edges count as outliers; a cloud sampled from a clean model has planes and no outliers, as a cleaned scan.
Not evidence of
    How the cloud was made. It feeds no score; it tells a scan artist where to clean.
Needs
    The extra ``reconstruction``. Without Open3D the value is empty, and the detail says what to install.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.derived.bridges import open3d
from sceneproof.derived.world import loose_clouds, world_parts
from sceneproof.errors import MissingExtraError
from sceneproof.findings import Signal
from sceneproof.scene import Array, Scene

GROUP = "capture"
UNIT = "1"
COST = "deep"
TESTS: tuple[str, ...] = ()

MOST_POINTS = 40_000
FEWEST_POINTS = 200
NEIGHBOURS, DEVIATIONS = 20, 2.0
MOST_PLANES, PLANE_SHARE, PLANE_DISTANCE, TRIES = 6, 0.05, 0.005, 500


def measure(scene: Scene) -> Signal:
    """Share of outliers, with the planes found; no value for a scene without enough points or without Open3D."""
    points, pointers = _points(scene)
    if len(points) < FEWEST_POINTS:
        return Signal("cloud-structure", None, UNIT, confidence=0.0, pointers=pointers)
    try:
        module = open3d()
    except MissingExtraError as error:
        return Signal("cloud-structure", None, UNIT, confidence=0.0, pointers=pointers, detail={"missing": str(error)})
    chosen = points[np.linspace(0, len(points) - 1, min(len(points), MOST_POINTS)).astype(np.int64)]
    cloud = module.geometry.PointCloud(module.utility.Vector3dVector(np.ascontiguousarray(chosen, np.float64)))
    _, inliers = cloud.remove_statistical_outlier(NEIGHBOURS, DEVIATIONS)
    extent = float(np.linalg.norm(np.ptp(chosen, axis=0)))
    planes = _planes(module, cloud, extent)
    detail = {
        "points": len(points),
        "examined": len(chosen),
        "planes": len(planes),
        "plane_share": round(20 * sum(planes) / len(chosen)) / 20,
    }
    share = 1.0 - len(inliers) / len(chosen)
    return Signal("cloud-structure", round(share, 4), UNIT, confidence=0.6, pointers=pointers, detail=detail)


def _points(scene: Scene) -> tuple[Array, tuple[str, ...]]:
    """Finite points without surface, float64 [shape=(n, 3)] in world space, and where they stand."""
    clouds = [(cloud.positions, cloud.pointer) for cloud in loose_clouds(scene)]
    clouds += [
        (part.positions, scene.meshes[part.mesh].primitives[part.primitive].pointer)
        for part in world_parts(scene)
        if not len(part.triangles) and not part.slot
    ]
    if not clouds:
        return np.zeros((0, 3)), ()
    joined = np.concatenate([np.asarray(positions, np.float64) for positions, _ in clouds])
    return joined[np.isfinite(joined).all(axis=1)], tuple(dict.fromkeys(pointer for _, pointer in clouds))


def _planes(module: Any, cloud: Any, extent: float) -> list[int]:
    """Points on each of the largest planes, one after another."""
    module.utility.random.seed(0)
    found: list[int] = []
    total, rest = len(cloud.points), cloud
    while len(found) < MOST_PLANES and len(rest.points) >= max(3, PLANE_SHARE * total) and extent > 0:
        _, members = rest.segment_plane(PLANE_DISTANCE * extent, 3, TRIES)
        if len(members) < PLANE_SHARE * total:
            break
        found.append(len(members))
        rest = rest.select_by_index(members, invert=True)
    return found
