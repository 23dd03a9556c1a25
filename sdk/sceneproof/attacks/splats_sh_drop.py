"""Spherical harmonics cut to a lower degree.

What it models: viewers and formats that keep the base colour alone (.splat, low quality levels).
Definition: the coefficients of the degrees up to the one given stay; degree 0 is the base colour.
Limits: nothing changes for a cloud that has no more.
Source: Kerbl et al. 2023 (degree 3).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sceneproof.scene import Splats

from ._amount import whole

ID = "splats-sh-drop"
KIND = "splats"
AMOUNTS = ("0",)
SUMMARY = {"en": "spherical harmonics kept up to a degree", "zh": "球谐系数只保留到给定阶"}


def apply(subject: Splats, amount: str, rng: np.random.Generator) -> Splats:  # noqa: ARG001
    """Fewer coefficients."""
    degree = whole(ID, amount, 0, 4)
    return replace(subject, harmonics=subject.harmonics[:, : (degree + 1) ** 2])
