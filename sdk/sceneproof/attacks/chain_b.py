"""Chain B: similarity, aniso 5, simplify 90, 10 bit.

What it models: a thief who refits, reduces hard and quantises.
Definition: the attacks named, in this order, with one generator; welded after each.
"""

from __future__ import annotations

import numpy as np

from ._run import chain
from ._subject import Geometry

ID = "chain-b"
KIND = "surface"
AMOUNTS = ("",)
SUMMARY = {"en": "similarity, aniso 5, simplify 90, 10 bit", "zh": "相似变换、5% 非等比缩放、简化 90%、10 位量化"}
STEPS = (("similarity", ""), ("aniso", "5"), ("simplify", "90"), ("quantise", "10"))


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """All steps."""
    return chain(STEPS)(subject, rng)
