"""Taubin's smoothing without shrinkage.

What it models: the smoothing filter of most modelling tools.
Definition: n pairs of umbrella steps with factors 0.5 and -0.53, all vertices at once, borders included; the amount is
n.
Limits: high frequencies are gone after few pairs; vertices slide on uneven meshes.
Source: G. Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995, section 3.
"""

from __future__ import annotations

import numpy as np

from ._amount import whole
from ._mesh import edges, umbrella
from ._subject import Geometry

ID = "taubin"
KIND = "surface"
AMOUNTS = ("10", "50")
SUMMARY = {"en": "so many pairs of Taubin steps (0.5, -0.53)", "zh": "若干对 Taubin 平滑（0.5，-0.53）"}
PAIR = (0.5, -0.53)


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """Smoothed positions."""
    pairs = edges(subject.faces, len(subject.positions))[0]
    return Geometry(umbrella(subject.positions, pairs, PAIR * whole(ID, amount, 0, 10000)), subject.faces)
