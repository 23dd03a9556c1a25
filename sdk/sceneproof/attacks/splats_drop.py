"""Random splats removed.

What it models: thinning for a budget, lossy transmission.
Definition: the given percent of the splats, drawn at random, are removed.
Limits: leaves holes where a trained cloud would have been tuned again.
"""

from __future__ import annotations

import numpy as np

from sceneproof.scene import Splats

from ._amount import number
from ._cloud import rows

ID = "splats-drop"
KIND = "splats"
AMOUNTS = ("10", "30", "50")
SUMMARY = {"en": "percent of the splats removed at random", "zh": "随机删除若干百分比的高斯"}


def apply(subject: Splats, amount: str, rng: np.random.Generator) -> Splats:
    """The splats that are left, in their order."""
    share = number(ID, amount, 0.0, 99.99) / 100.0
    count = len(subject.positions)
    return rows(ID, subject, np.sort(rng.permutation(count)[round(share * count) :]))
