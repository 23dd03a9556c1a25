"""Uniform noise on every coordinate.

What it models: a thief who jitters the vertices; scanning and re-export noise.
Definition: each coordinate moves by uniform(-A, A) times the mean distance of the vertices to their centroid; the
amount is A in percent. One draw per welded vertex, so that seams stay closed.
Limits: the distance counts vertices, not area. 0.5 % shows in a shaded picture, 1 % is plain to see.
Source: LIRIS mesh watermarking benchmark (Wang et al. 2010), section on noise; the law there could not be retrieved in
full, so the definition here is the bench's own.
"""

from __future__ import annotations

import numpy as np

from ._amount import number
from ._subject import Geometry

ID = "noise"
KIND = "surface"
AMOUNTS = ("0.05", "0.1", "0.3", "0.5", "1")
SUMMARY = {
    "en": "uniform noise, percent of the mean distance to the centroid",
    "zh": "均匀噪声，幅度为到质心平均距离的百分比",
}


def amplitude(subject: Geometry, percent: float) -> float:
    """The largest move of a coordinate, in the unit of the positions."""
    distance = np.linalg.norm(subject.positions - subject.positions.mean(axis=0), axis=1).mean()
    return float(distance) * percent / 100.0


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """Jittered positions."""
    most = amplitude(subject, number(ID, amount, 0.0, 100.0))
    return Geometry(subject.positions + rng.uniform(-1.0, 1.0, subject.positions.shape) * most, subject.faces)
