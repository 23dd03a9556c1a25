"""Centres of splats quantised.

What it models: packed splat formats (16 bits a coordinate in SOG and KSPLAT, 11 bits in packed PLY).
Definition: each coordinate of the centres is rounded to the nearest of 2^R levels over its own interval; the amount is
R.
Limits: packed formats quantise within blocks of splats, so R bits over the whole cloud is harsher than theirs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sceneproof.scene import Splats

from ._amount import whole
from ._cloud import as_stored, rows
from .quantise import rounded

ID = "splats-quantise"
KIND = "splats"
AMOUNTS = ("16", "11")
SUMMARY = {"en": "centres of splats rounded to R bits", "zh": "高斯中心坐标量化为 R 位"}


def apply(subject: Splats, amount: str, rng: np.random.Generator) -> Splats:  # noqa: ARG001
    """Centres on the grid."""
    bits = whole(ID, amount, 1, 30)
    points = np.asarray(rows(ID, subject, np.arange(len(subject.positions))).positions, np.float64)
    moved = rounded(points, points.min(axis=0), np.ptp(points, axis=0), bits)
    return replace(subject, positions=as_stored(moved, subject.positions))
