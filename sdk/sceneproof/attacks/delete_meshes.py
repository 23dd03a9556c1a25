"""Meshes taken out of a scene.

What it models: a thief who takes some of the objects; a scene thinned out for a level.
Definition: the given percent of the parts, rounded, at least one and never all, are removed at random.
Limits: counts parts, not triangles. A scene of one part cannot be attacked.
"""

from __future__ import annotations

import numpy as np

from ._amount import number
from ._subject import AttackError, Parts

ID = "delete-meshes"
KIND = "scene"
AMOUNTS = ("25", "50", "75")
SUMMARY = {"en": "percent of the meshes of a scene removed", "zh": "删除场景中若干百分比的网格"}


def apply(subject: Parts, amount: str, rng: np.random.Generator) -> Parts:
    """The parts that are left, in their order."""
    share = number(ID, amount, 0.0, 100.0) / 100.0
    count = len(subject)
    if count < 2:
        raise AttackError(f"{ID}: the scene has {count} part{'' if count == 1 else 's'}; two are needed")
    gone = min(max(round(share * count), 1), count - 1)
    left = np.sort(rng.permutation(count)[gone:])
    return Parts(tuple(subject.parts[index] for index in left))
