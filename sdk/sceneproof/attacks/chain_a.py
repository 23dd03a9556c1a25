"""Chain A: similarity, simplify 50, 11 bit, noise 0.1.

What it models: a studio's export, then another scene: moved, reduced, quantised, jittered.
Definition: the attacks named, in this order, with one generator; welded after each.
"""

from __future__ import annotations

import numpy as np

from ._run import chain
from ._subject import Geometry

ID = "chain-a"
KIND = "surface"
AMOUNTS = ("",)
SUMMARY = {"en": "similarity, simplify 50, 11 bit, noise 0.1", "zh": "相似变换、简化 50%、11 位量化、0.1% 噪声"}
STEPS = (("similarity", ""), ("simplify", "50"), ("quantise", "11"), ("noise", "0.1"))


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """All steps."""
    return chain(STEPS)(subject, rng)
