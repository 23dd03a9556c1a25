"""A skeleton built like a human's, with a body around it, found without reading a single name.

What it measures
    Joint places come from the inverse bind matrices; joints that move no surface are left out. Every pair of limbs that
    mirror each other (within 6 % of the extent, lengths at least 62 % alike) is tried as legs and as arms. *Match*
    (``detail.match``): legs point away from the shoulders, proportions, a head beyond them, knees and elbows near the
    middle; halved when the legs stand across the trunk, as a quadruped's do. *Body* (``detail.near``,
    ``detail.surrounded``): limbs near the vertices or surrounded by surface. ``value`` is the match.
Score
    ``match * (0.2 + 0.8 body)``, towards digital human; body is 1 when 80 % of the limb points lie within 9 % of the
    extent of a vertex, or when 60 % of them meet surface in 9 of 12 directions across the limb.
Unit
    1
Confounders
    Upright animals (a cello-playing bear reaches 0.86) and robots with a human build; a rig re-exported without its
    skin scores 0. It says "a humanoid rig with a body", not "realistic" and not "a person".
Not evidence of
    no human: heads and bodies without a rig are not seen at all.
"""

from __future__ import annotations

from sceneproof.findings import Signal
from sceneproof.scene import Scene

from ._body import body_gate
from ._match import match
from ._rig import rig_of

GROUP = "human"
UNIT = "1"
COST = "normal"
TESTS = ("digital_human",)

BODY_NEAR, BODY_SURROUNDED = 0.8, 0.6
SKINS = 16  # the largest ones


def measure(scene: Scene) -> Signal:
    """The best skin; value ``None`` without any skin."""
    if not scene.skins:
        return Signal("humanoid-skeleton", None, UNIT)
    best = Signal("humanoid-skeleton", 0.0, UNIT, 0.0, 0.5, (scene.skins[0].pointer,))
    order = sorted(range(len(scene.skins)), key=lambda index: (-len(scene.skins[index].joints), index))
    for index in order[:SKINS]:
        rig = rig_of(scene, index)
        if rig is None:
            continue
        found = match(rig)
        near, surrounded = body_gate(scene, rig, found)
        body = near >= BODY_NEAR or surrounded >= BODY_SURROUNDED
        score = found.score * (1.0 if body else 0.2)
        if score > (best.score or 0.0):
            detail = {
                "match": round(found.score, 4),
                "near": round(near, 4),
                "surrounded": round(surrounded, 4),
                "body": body,
                "joints": len(scene.skins[index].joints),
                "joints_with_surface": len(rig.parent),
            }
            pointers = (scene.skins[index].pointer,)
            best = Signal("humanoid-skeleton", round(found.score, 4), UNIT, round(score, 4), 0.7, pointers, detail)
    return best
