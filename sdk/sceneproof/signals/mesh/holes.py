"""Holes of the drawn surface.

What it measures
    Loops of boundary edges within a piece of the default scene, seams closed (vertices within 1e-6 of the extent are
    one). ``value`` is their number; ``detail`` holds ``length_m`` and ``area_m2`` of all, the ``largest`` with place,
    length, radius and the area of the fan that closes it, and apart from them the outer ``rims`` of open pieces.
Formula
    Boundary edges are those of one face; they are taken apart into loops that pass no vertex twice. A loop at least
    half as wide as its piece is a rim. Fan area: half the sum of ``|(p - c) x (q - c)|`` over the loop's edges p q,
    c being its mean by length. ``least_area_m2`` is the length of the loop's vector area, below which no fill can be.
Source
    Vector area: Stokes' theorem. Terms: design of the topology counts (`derived.topology`).
Unit
    count.
Confounders
    Eyes, mouths, sleeves and windows are holes on purpose; parts that only touch are not joined.
Not evidence of
    How the surface was made: scans, models and generated meshes have holes alike. No score.
"""

from __future__ import annotations

from sceneproof.derived.holes import holes
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
        return Signal("holes", None, UNIT, confidence=0.0)
    found = holes(scene)
    return Signal("holes", found["count"], UNIT, None, 0.9, pointers_of(found), short(found))
