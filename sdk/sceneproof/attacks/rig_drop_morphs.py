"""Morph targets dropped.

What it models: mesh libraries and static exports, which keep the base shape alone.
Definition: every part keeps its base positions; targets and weights go.
Limits: a shape that stood in default weights is gone with them.
"""

from __future__ import annotations

import numpy as np

from ._pose import any_has, without_morphs
from ._subject import Parts

ID = "rig-drop-morphs"
KIND = "scene"
AMOUNTS = ("",)
SUMMARY = {"en": "morph targets dropped", "zh": "丢弃变形目标"}


def apply(subject: Parts, amount: str, rng: np.random.Generator) -> Parts:  # noqa: ARG001
    """Base shapes."""
    any_has(ID, subject, "targets")
    return Parts(tuple(without_morphs(part) for part in subject))
