"""How much of the drawn surface passes through itself.

What it measures
    ``value`` is the share of faces of which an edge goes through the inside of another face, or the other way round.
    ``detail`` holds the number, whether it was counted (``exact``) or estimated with its 95 % interval, and the regions
    with the most faces.
Formula
    Every face against a tree of boxes, in a fixed random order, until 600 million steps are spent; the faces seen by
    then are a random sample, and the interval is Wilson's. Faces that share a vertex are not compared; faces that touch
    or lie in one plane (relative tolerance 1e-9) do not cross.
Source
    Edge against face by signed volumes (as in Moeller 1997); Wilson 1927.
Unit
    1 (share of the faces).
Confounders
    Built scenes put parts through one another on purpose (a screw in a plate, a foot in a shoe).
Not evidence of
    Generation. No score.
"""

from __future__ import annotations

from sceneproof.derived.intersections import intersections
from sceneproof.findings import Signal
from sceneproof.scene import Scene

from ._folded import short

GROUP = "mesh"
UNIT = "1"
COST = "deep"
TESTS: tuple[str, ...] = ()


def measure(scene: Scene) -> Signal:
    """No value without a surface."""
    found = intersections(scene)
    if found is None:
        return Signal("self-intersections", None, UNIT, confidence=0.0)
    listed = [pointer for region in found["regions"]["largest"] for pointer in region["pointers"]]
    pointers = tuple(dict.fromkeys(listed))[:16]
    return Signal("self-intersections", found["share"], UNIT, None, 0.9, pointers, short(found))
