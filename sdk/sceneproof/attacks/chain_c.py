"""Chain C: SDF 200, simplify 80, similarity, 10 bit.

What it models: extraction anew from a distance field, as neural pipelines do, then export.
Definition: the attacks named, in this order, with one generator; welded after each.
"""

from __future__ import annotations

import numpy as np

from ._run import chain
from ._subject import Geometry

ID = "chain-c"
KIND = "surface"
AMOUNTS = ("",)
SUMMARY = {"en": "SDF 200, simplify 80, similarity, 10 bit", "zh": "200 格距离场重建、简化 80%、相似变换、10 位量化"}
STEPS = (("remesh-sdf", "200"), ("simplify", "80"), ("similarity", ""), ("quantise", "10"))


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """All steps."""
    return chain(STEPS)(subject, rng)
