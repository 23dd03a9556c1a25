"""All meshes joined into one, in world space.

What it models: "join" and "flatten" of optimisers, static batching of engines, OBJ and STL export.
Definition: every part goes through its transform (skins at rest, morph targets dropped) and all become one part at the
origin; mirrored parts keep their outside. Faces keep their materials.
Limits: part after part; instances are parts of their own only where the caller made them so.
"""

from __future__ import annotations

import numpy as np

from ._pose import in_world
from ._subject import AttackError, Geometry, Ints, Part, Parts

ID = "merge"
KIND = "scene"
AMOUNTS = ("",)
SUMMARY = {"en": "all meshes of a scene joined into one in world space", "zh": "将场景全部网格在世界坐标中合并为一个"}


def apply(subject: Parts, amount: str, rng: np.random.Generator) -> Parts:  # noqa: ARG001
    """One part."""
    if not len(subject):
        raise AttackError(f"{ID}: the scene has no part")
    placed = [in_world(part) for part in subject]
    starts = np.cumsum([0, *(len(surface.positions) for surface in placed)])
    points = np.concatenate([surface.positions for surface in placed])
    faces = np.concatenate([surface.faces + start for surface, start in zip(placed, starts, strict=False)])
    materials = np.concatenate([_materials(part) for part in subject])
    return Parts((Part("merged", Geometry(points, faces), material=materials),))


def _materials(part: Part) -> Ints:
    """Material of each face, -1 where it is not known."""
    return np.full(len(part.geometry.faces), -1, np.int64) if part.material is None else part.material
