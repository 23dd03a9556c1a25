"""A splat cloud turned, scaled and moved.

What it models: a cloud aligned to a scene; another trainer's axes.
Definition: as ``similarity``: random rotation, scale uniform in 0.1 to 10, shift normal with deviation 10 diagonals.
Centres, scales and quaternions follow, and the spherical harmonics turn with the cloud, degree by degree, so that it
looks the same from the side that has turned. The diagonal is that of the centres between their 1st and 99th
percentiles, since trained clouds hold strays far away.
Limits: centres keep their type: in float32 the shift costs up to ten bits.
Source: harmonics of one degree turn among themselves; their matrices are fitted to the basis of Kerbl et al. 2023.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sceneproof.scene import Splats

from ._cloud import as_stored, rows
from ._harmonics import turned
from ._rotation import quaternion, quaternion_product, random_rotation

ID = "splats-similarity"
KIND = "splats"
AMOUNTS = ("",)
SUMMARY = {"en": "splats turned, scaled 0.1 to 10, and moved", "zh": "高斯云随机旋转、缩放与平移"}


def apply(subject: Splats, amount: str, rng: np.random.Generator) -> Splats:  # noqa: ARG001
    """The cloud in another frame."""
    points = np.asarray(rows(ID, subject, np.arange(len(subject.positions))).positions, np.float64)
    rotation = random_rotation(rng)
    scale = rng.uniform(0.1, 10.0)
    size = float(np.linalg.norm(np.subtract(*np.quantile(points, [0.99, 0.01], axis=0))))
    shift = rng.normal(size=3) * 10.0 * size
    turn = quaternion_product(quaternion(rotation), np.asarray(subject.rotations, np.float64))
    return replace(
        subject,
        positions=as_stored(scale * points @ rotation.T + shift, subject.positions),
        scales=as_stored(scale * np.asarray(subject.scales, np.float64), subject.scales),
        rotations=as_stored(turn, subject.rotations),
        harmonics=as_stored(turned(np.asarray(subject.harmonics, np.float64), rotation), subject.harmonics),
    )
