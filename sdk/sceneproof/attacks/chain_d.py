"""Chain D: simplify 50, crop 50, 10 bit.

What it models: a piece of an asset taken for a small scene.
Definition: the attacks named, in this order, with one generator; welded after each.
"""

from __future__ import annotations

import numpy as np

from ._run import chain
from ._subject import Geometry

ID = "chain-d"
KIND = "surface"
AMOUNTS = ("",)
SUMMARY = {"en": "simplify 50, crop 50, 10 bit", "zh": "简化 50%、切除 50%、10 位量化"}
STEPS = (("simplify", "50"), ("crop", "50"), ("quantise", "10"))


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """All steps."""
    return chain(STEPS)(subject, rng)
