"""How densely the drawn surface is sampled.

What it measures
    ``value`` is the median edge length of the default scene, seams closed; ``detail`` holds vertices per m2, the 5 %
    and 95 % edge lengths, their variation (standard deviation over mean), edges above ten medians with the longest
    one's place, and the sparsest and densest part.
Unit
    m.
Confounders
    Built scenes mix large flat faces with fine detail: the median then says little, the variation says so (above 1).
Not evidence of
    Quality: a dense mesh may hold noise. No score.
"""

from __future__ import annotations

from sceneproof.derived.sampling import sampling
from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "mesh"
UNIT = "m"
COST = "normal"
TESTS: tuple[str, ...] = ()


def measure(scene: Scene) -> Signal:
    """No value without a surface."""
    found = sampling(scene)
    if found is None:
        return Signal("sampling-density", None, UNIT, confidence=0.0)
    return Signal("sampling-density", found["edge_m"]["median"], UNIT, None, 0.9, (), found)
