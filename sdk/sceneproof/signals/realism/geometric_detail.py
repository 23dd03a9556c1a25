"""How much geometry there is.

What it measures
    ``value`` is log10 of the triangles, points and splats that the file stores (at least 1).
Score
    ``clip((value - 2) / 3)``, towards realistic: nothing below 100 elements, all above 100,000.
Unit
    log10(count)
Confounders
    Detail is cheap to add: subdivided toys and dense test spheres have much of it.
Not evidence of
    realism by itself; it holds the score of two triangles with a photograph down.
"""

from __future__ import annotations

import math

from sceneproof.derived.inspection import inspection
from sceneproof.findings import Signal
from sceneproof.scene import Scene
from sceneproof.signals._tools import clip

GROUP = "realism"
UNIT = "log10(count)"
COST = "cheap"
TESTS = ("realistic",)


def measure(scene: Scene) -> Signal:
    """Value ``None`` when the file stores no element."""
    counts = inspection(scene)
    elements = counts["triangles"] + counts["points"] + counts["splats"]
    if not elements:
        return Signal("geometric-detail", None, UNIT)
    value = math.log10(elements)
    return Signal("geometric-detail", round(value, 4), UNIT, score=round(clip((value - 2) / 3), 4), confidence=0.2)
