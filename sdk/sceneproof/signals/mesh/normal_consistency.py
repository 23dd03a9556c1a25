"""Whether faces, stored normals and winding agree.

What it measures
    ``value`` is the number of faults: faces whose stored corner normals, summed, point to their back, plus edges whose
    two faces run through them the same way, plus closed pieces whose faces look inwards. ``detail`` holds each with
    places, the vertices whose normal is not of unit length, and how many primitives store no normals.
Source
    glTF 2.0, 3.7.2.1 (unit normals) and 3.7.4 (winding; a mirroring node turns it).
Unit
    count.
Confounders
    Two-sided cards, leaves and hair carry bent normals on purpose; an inner wall looks inwards on purpose.
Not evidence of
    How the surface was made. No score.
"""

from __future__ import annotations

from sceneproof.derived.shading import shading
from sceneproof.findings import Signal
from sceneproof.scene import Scene

from ._folded import pointers_of, short

GROUP = "mesh"
UNIT = "count"
COST = "normal"
TESTS: tuple[str, ...] = ()


def measure(scene: Scene) -> Signal:
    """No value without a surface."""
    found = shading(scene)
    if found is None:
        return Signal("normal-consistency", None, UNIT, confidence=0.0)
    faults = found["against"]["faces"] + found["winding_edges"]["edges"] + found["inside_out"]["count"]
    places = [found[name] for name in ("against", "winding_edges", "inside_out")]
    pointers = tuple(dict.fromkeys(pointer for place in places for pointer in pointers_of(place)))[:16]
    return Signal("normal-consistency", faults, UNIT, None, 0.8, pointers, short(found))
