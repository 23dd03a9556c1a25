"""Anisotropic scale: a symmetric stretch along random axes.

What it models: a model fitted to a place by unequal scale.
Definition: x becomes Q diag(1 + a, 1 - a, 1 + u a) Q' x about the origin, Q a random rotation, u uniform in -1 to 1;
the amount is a in percent.
Limits: beyond 10 % the change is plain to see on known shapes.
"""

from __future__ import annotations

import numpy as np

from ._amount import number
from ._rotation import random_rotation
from ._subject import Geometry

ID = "aniso"
KIND = "surface"
AMOUNTS = ("2", "5", "10")
SUMMARY = {"en": "stretch by a percent along random axes", "zh": "沿随机正交轴按百分比非等比缩放"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """Stretched about the origin."""
    a = number(ID, amount, 0.0, 90.0) / 100.0
    axes = random_rotation(rng)
    factors = np.array([1.0 + a, 1.0 - a, 1.0 + rng.uniform(-1.0, 1.0) * a])
    return Geometry(subject.positions @ ((axes * factors) @ axes.T), subject.faces)
