"""One level of subdivision.

What it models: a modelling tool's subdivision modifier, tessellation before displacement.
Definition: the amount names the scheme. ``midpoint``: every edge is halved, four faces for one, the surface stays.
``sqrt3``: every face gets a vertex at its centre, inner edges are flipped, old inner vertices are moved by Kobbelt's
rule; borders stay, as in the first of two levels. ``loop``: Loop's rules, with the cubic B-spline rule at borders.
Limits: edges of more than two faces are treated as borders: they stay where they are drawn.
Source: Loop 1987; Kobbelt, "Sqrt(3)-subdivision", SIGGRAPH 2000, sections 2 and 4.
"""

from __future__ import annotations

import numpy as np

from ._amount import choice
from ._subdivision import loop, midpoint, sqrt3
from ._subject import Geometry

ID = "subdivide"
KIND = "surface"
AMOUNTS = ("midpoint", "sqrt3", "loop")
SUMMARY = {"en": "one level of midpoint, sqrt3 or Loop subdivision", "zh": "一级中点、√3 或 Loop 细分"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """The finer surface."""
    return {"midpoint": midpoint, "sqrt3": sqrt3, "loop": loop}[choice(ID, amount, AMOUNTS)](subject)
