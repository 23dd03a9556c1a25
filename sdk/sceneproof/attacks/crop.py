"""A part cut away, the rest where it was.

What it models: a thief who takes the head of a statue, a scene cut to the visible part; coordinates kept.
Definition: along a random direction, the vertices above the p-quantile of all vertices stay, with the faces that have
all corners among them; the amount is p in percent.
Limits: the quantile counts vertices, not area. Cuts run along edges, triangles are not split.
"""

from __future__ import annotations

import numpy as np

from ._amount import number
from ._mesh import kept_vertices
from ._rotation import random_direction
from ._subject import AttackError, Geometry

ID = "crop"
KIND = "surface"
AMOUNTS = ("10", "30", "50", "70", "80")
SUMMARY = {
    "en": "percent of the vertices cut away by a plane, frame kept",
    "zh": "沿随机平面切去若干百分比的顶点，坐标系不变",
}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """What lies beyond the plane."""
    share = number(ID, amount, 0.0, 99.9) / 100.0
    along = subject.positions @ random_direction(rng)
    left = kept_vertices(subject, along >= np.quantile(along, share))
    if not len(left.faces):
        raise AttackError(f"{ID}: no whole triangle is left of {len(subject.faces)} after {amount} %")
    return left
