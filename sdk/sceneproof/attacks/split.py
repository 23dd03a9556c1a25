"""Every mesh split by material.

What it models: importers that make one object of each material.
Definition: a part whose faces have several materials becomes one part for each, in the order of the materials, with the
vertices that it needs; its transform, skin and morph targets stay. Other parts stay as they are.
Limits: a scene with one material in each part stays as it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ._subject import AttackError, Geometry, Part, Parts
from ._weld import renumber

ID = "split"
KIND = "scene"
AMOUNTS = ("",)
SUMMARY = {"en": "meshes split by material", "zh": "按材质拆分网格"}


def apply(subject: Parts, amount: str, rng: np.random.Generator) -> Parts:  # noqa: ARG001
    """More parts."""
    return Parts(tuple(piece for part in subject for piece in _pieces(part)))


def _pieces(part: Part) -> list[Part]:
    if part.material is None:
        return [part]
    if len(part.material) != len(part.geometry.faces):
        count = len(part.geometry.faces)
        raise AttackError(f"{ID}: {part.name} names materials of {len(part.material)} faces; it has {count}")
    found = np.unique(part.material)
    return [part] if len(found) < 2 else [_with_material(part, int(material)) for material in found]


def _with_material(part: Part, material: int) -> Part:
    chosen = part.material == material
    faces = part.geometry.faces[chosen]
    used = np.zeros(len(part.geometry.positions), dtype=bool)
    used[faces.reshape(-1)] = True
    skin = part.skin
    return replace(
        part,
        name=f"{part.name} {material}",
        geometry=Geometry(part.geometry.positions[used], renumber(used)[faces]),
        material=np.full(len(faces), material, np.int64),
        skin=None if skin is None else replace(skin, joints=skin.joints[used], weights=skin.weights[used]),
        targets=tuple(deltas[used] for deltas in part.targets),
    )
