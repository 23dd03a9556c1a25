"""Laplacian smoothing.

What it models: clean-up of scans, a thief who smooths.
Definition: n steps of x += 0.1 (mean of the neighbours - x), all vertices at once, plain mean, borders included; the
amount is n.
Limits: shrinks; on an uneven mesh it also slides vertices along the surface.
Source: LIRIS mesh watermarking benchmark (Wang et al. 2010), smoothing with factor 0.1.
"""

from __future__ import annotations

import numpy as np

from ._amount import whole
from ._mesh import edges, umbrella
from ._subject import Geometry

ID = "laplacian"
KIND = "surface"
AMOUNTS = ("5", "10", "30", "50")
SUMMARY = {"en": "umbrella smoothing, factor 0.1, so many steps", "zh": "伞形拉普拉斯平滑，系数 0.1，若干次"}
FACTOR = 0.1


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """Smoothed positions."""
    steps = whole(ID, amount, 0, 10000)
    pairs = edges(subject.faces, len(subject.positions))[0]
    return Geometry(umbrella(subject.positions, pairs, (FACTOR,) * steps), subject.faces)
