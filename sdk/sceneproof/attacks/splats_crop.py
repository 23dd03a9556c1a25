"""A part of a splat cloud cut away, the rest where it was.

What it models: clean-up of floaters, an object cut out of a captured scene.
Definition: along a random direction, the splats whose centres lie above the p-quantile stay; the amount is p in
percent.
Limits: counts splats, not area.
"""

from __future__ import annotations

import numpy as np

from sceneproof.scene import Splats

from ._amount import number
from ._cloud import rows
from ._rotation import random_direction

ID = "splats-crop"
KIND = "splats"
AMOUNTS = ("10", "30", "50")
SUMMARY = {"en": "percent of the splats cut away by a plane", "zh": "沿随机平面切去若干百分比的高斯"}


def apply(subject: Splats, amount: str, rng: np.random.Generator) -> Splats:
    """What lies beyond the plane."""
    share = number(ID, amount, 0.0, 99.9) / 100.0
    whole = rows(ID, subject, np.arange(len(subject.positions)))
    along = np.asarray(whole.positions, np.float64) @ random_direction(rng)
    return rows(ID, subject, along >= np.quantile(along, share))
