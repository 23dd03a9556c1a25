"""Whether the asset's numbers can be metres.

What it measures
    ``value`` is the longest side of the bounding box, read as metres. ``detail`` holds the guessed ``unit`` with its
    reason, the distance from the origin, and the step of float32 at the farthest coordinate (``precise`` while it is
    finer than 1e-4 of the extent).
Formula
    0.02 to 200 m: metres. A longest side of 1 or 2 within 1 %: fitted to a box. Above 200: millimetres or centimetres
    where the result is 0.02 to 20 m. Set by hand.
Source
    glTF 2.0, 3.4 (metres); IEEE 754 (step).
Unit
    m.
Confounders
    PLY, OBJ, STL and splats name no unit. A landscape is large on purpose; a dice of 1 m looks fitted.
Not evidence of
    Generation, though generators fit their output to a box. No score.
"""

from __future__ import annotations

from sceneproof.derived.scale import scale
from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "mesh"
UNIT = "m"
COST = "cheap"
TESTS: tuple[str, ...] = ()


def measure(scene: Scene) -> Signal:
    """No value when nothing has a place."""
    found = scale(scene)
    if found is None:
        return Signal("scale-plausibility", None, UNIT, confidence=0.0)
    return Signal("scale-plausibility", found["extent_m"], UNIT, None, 0.5, (), found)
