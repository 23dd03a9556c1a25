"""Planes and outliers of a point cloud.

What it measures
    The share of points that stand apart from their neighbours, and how much of the cloud lies on its largest planes.
Formula
    Value: share of outliers, whose mean distance to 20 neighbours is more than 2 standard deviations above the mean of
    all, over at most 40,000 points, evenly picked (`derived.clouds`). Planes: up to 6 in turn by RANSAC (distance 0.5 %
    of the extent, 500 tries, fixed seed), each kept while it holds 5 % of the points; shares in steps of 5 %.
Source
    Rusu et al. 2008 (outliers); Open3D ``segment_plane`` (Fischler and Bolles 1981).
Unit
    1 (share of the points).
Confounders
    Sparse edges count as outliers; a cloud sampled from a clean model has planes and no outliers, as a cleaned scan.
Not evidence of
    How the cloud was made. It feeds no score; it tells a scan artist where to clean.
Needs
    The extra ``reconstruction`` for planes. Without Open3D they are missing, and the detail says what to install.
"""

from __future__ import annotations

from typing import Any

from sceneproof.derived.clouds import cloud, cloud_figures
from sceneproof.derived.planes import planes
from sceneproof.errors import MissingExtraError
from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "capture"
UNIT = "1"
COST = "deep"
TESTS: tuple[str, ...] = ()

FEWEST_POINTS = 200


def measure(scene: Scene) -> Signal:
    """Share of outliers, with the planes found; no value for a scene without enough points."""
    pointers = cloud(scene).pointers
    found = cloud_figures(scene)
    if found is None or found["count"] < FEWEST_POINTS:
        return Signal("cloud-structure", None, UNIT, confidence=0.0, pointers=pointers)
    detail: dict[str, Any] = {
        "points": found["count"],
        "examined": found["examined"],
        "spacing_m": found["spacing_m"],
        "farthest": found["outliers"]["farthest"],
    }
    try:
        flat = planes(scene)
        detail |= {"planes": len(flat), "plane_share": round(min(1.0, sum(plane["share"] for plane in flat)), 2)}
    except MissingExtraError as error:
        detail["missing"] = str(error)
    share = round(found["outliers"]["share"], 4)
    return Signal("cloud-structure", share, UNIT, confidence=0.6, pointers=pointers, detail=detail)
