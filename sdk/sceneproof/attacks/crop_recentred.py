"""A part cut away, the rest moved to the origin.

What it models: a cut-out piece that a tool centres on import.
Definition: as ``crop`` (same direction for the same seed), then the middle of the bounding box is moved to the origin.
Limits: as ``crop``.
"""

from __future__ import annotations

import numpy as np

from . import crop
from ._subject import Geometry

ID = "crop-recentred"
KIND = "surface"
AMOUNTS = ("10", "30", "50", "70", "80")
SUMMARY = {"en": "cut by a plane, then centred at the origin", "zh": "平面切除后重新居中到原点"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """The rest, centred."""
    left = crop.apply(subject, amount, rng)
    middle = 0.5 * (left.positions.min(axis=0) + left.positions.max(axis=0))
    return Geometry(left.positions - middle, left.faces)
