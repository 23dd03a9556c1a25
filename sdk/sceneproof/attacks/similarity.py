"""A random similarity transform.

What it models: another pose, unit or origin: the file put into another scene and exported.
Definition: x becomes s R x + t with R from the QR decomposition of a normal matrix (signs of the diagonal fixed,
determinant +1: uniform over rotations), s uniform in 0.1 to 10, and t normal with deviation 10 bounding-box diagonals
per coordinate.
Limits: in a float32 file the shift costs up to ten bits of the mantissa; the bench keeps float64 unless a step of a
chain writes float32.
"""

from __future__ import annotations

import numpy as np

from ._rotation import random_rotation
from ._subject import Geometry

ID = "similarity"
KIND = "surface"
AMOUNTS = ("",)
SUMMARY = {"en": "random rotation, scale 0.1 to 10, and shift", "zh": "随机旋转、0.1 至 10 倍缩放与平移"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """Turned, scaled and moved."""
    rotation = random_rotation(rng)
    scale = rng.uniform(0.1, 10.0)
    shift = rng.normal(size=3) * 10.0 * subject.diagonal
    return Geometry(scale * subject.positions @ rotation.T + shift, subject.faces)
