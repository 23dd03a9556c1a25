"""The faintest splats removed.

What it models: pruning and compression of splat clouds.
Definition: the given percent of the splats, those of lowest opacity, are removed; of equal ones the later.
Limits: trained clouds hold many faint splats, so 30 % may hardly show.
Source: Kerbl et al. 2023, section 5.2 (culling by opacity).
"""

from __future__ import annotations

import numpy as np

from sceneproof.scene import Splats

from ._amount import number
from ._cloud import rows

ID = "splats-prune"
KIND = "splats"
AMOUNTS = ("10", "30", "50")
SUMMARY = {"en": "percent of the splats removed, lowest opacity first", "zh": "按不透明度由低到高删除若干百分比的高斯"}


def apply(subject: Splats, amount: str, rng: np.random.Generator) -> Splats:  # noqa: ARG001
    """The splats that show most, in their order."""
    share = number(ID, amount, 0.0, 99.99) / 100.0
    count = len(subject.positions)
    strongest = np.argsort(-np.asarray(subject.opacities, np.float64), kind="stable")
    return rows(ID, subject, np.sort(strongest[: count - round(share * count)]))
