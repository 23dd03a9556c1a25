"""Chain E: gltfpack -si 0.5 -c, then Draco 11.

What it models: an optimiser, then a second one.
Definition: the attacks named, in this order, with one generator; welded after each.
Limits: gltfpack itself is not run here: ``meshopt si-0.5`` models it (50 % fewer faces by quadric collapse, positions
on a 14-bit grid with one step for all axes, reordered). ``survive`` runs the real tool.
"""

from __future__ import annotations

import numpy as np

from ._run import chain
from ._subject import Geometry

ID = "chain-e"
KIND = "surface"
AMOUNTS = ("",)
SUMMARY = {"en": "gltfpack -si 0.5 -c, then Draco 11", "zh": "gltfpack -si 0.5 -c，再经 Draco 11 位"}
STEPS = (("meshopt", "si-0.5"), ("draco", "11"))


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """All steps."""
    return chain(STEPS)(subject, rng)
