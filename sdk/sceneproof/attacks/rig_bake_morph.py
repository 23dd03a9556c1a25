"""A morph target baked into the shape.

What it models: an expression or body shape applied before export.
Definition: of every part with morph targets one is drawn, and its deltas times the weight given are added to the base;
targets go.
Limits: one target at a time; what it moves is often a small part of a head.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ._amount import number
from ._pose import any_has, without_morphs
from ._subject import AttackError, Geometry, Part, Parts

ID = "rig-bake-morph"
KIND = "scene"
AMOUNTS = ("1",)
SUMMARY = {"en": "one random morph target baked at so much weight", "zh": "以给定权重烘焙一个随机变形目标"}


def apply(subject: Parts, amount: str, rng: np.random.Generator) -> Parts:
    """Shapes with one expression."""
    weight = number(ID, amount, -10.0, 10.0)
    any_has(ID, subject, "targets")
    return Parts(tuple(_baked(part, weight, rng) if part.targets else part for part in subject))


def _baked(part: Part, weight: float, rng: np.random.Generator) -> Part:
    deltas = part.targets[int(rng.integers(len(part.targets)))]
    if deltas.shape != part.geometry.positions.shape:
        raise AttackError(f"{ID}: a morph target of {part.name} does not fit its vertices")
    geometry = Geometry(part.geometry.positions + weight * deltas, part.geometry.faces)
    return replace(without_morphs(part), geometry=geometry)
