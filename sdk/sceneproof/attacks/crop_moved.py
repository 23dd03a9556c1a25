"""A part cut away, the rest centred, turned and scaled.

What it models: a stolen piece in another scene: nothing of the old frame is left.
Definition: as ``crop-recentred``, then a random rotation and a scale uniform in 0.1 to 10 about the origin.
Limits: as ``crop``.
"""

from __future__ import annotations

import numpy as np

from . import crop_recentred
from ._rotation import random_rotation
from ._subject import Geometry

ID = "crop-moved"
KIND = "surface"
AMOUNTS = ("10", "30", "50", "70", "80")
SUMMARY = {"en": "cut by a plane, then centred, turned and scaled", "zh": "平面切除后居中并随机旋转、缩放"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """The rest, in a frame of its own."""
    left = crop_recentred.apply(subject, amount, rng)
    return Geometry(rng.uniform(0.1, 10.0) * left.positions @ random_rotation(rng).T, left.faces)
