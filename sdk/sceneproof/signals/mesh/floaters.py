"""Tiny pieces that hang apart from the rest of the drawn surface.

What it measures
    Pieces of the default scene, joined by shared edges with seams closed, that have at most 0.1 % of the drawn area and
    at most 5 % of the extent. ``value`` is their number, ``detail`` their share of the area and the largest with place.
Source
    What reconstruction suites remove as small components; the two limits are ours.
Unit
    count.
Confounders
    Screws, leaves, letters and lashes of a built scene are such pieces too.
Not evidence of
    Reconstruction. No score.
"""

from __future__ import annotations

from sceneproof.derived.floaters import floaters
from sceneproof.derived.welded import world_surface
from sceneproof.findings import Signal
from sceneproof.scene import Scene

from ._folded import pointers_of, short

GROUP = "mesh"
UNIT = "count"
COST = "normal"
TESTS: tuple[str, ...] = ()


def measure(scene: Scene) -> Signal:
    """No value without a surface."""
    if not len(world_surface(scene).faces):
        return Signal("floaters", None, UNIT, confidence=0.0)
    found = floaters(scene)
    return Signal("floaters", found["count"], UNIT, None, 0.7, pointers_of(found), short(found))
