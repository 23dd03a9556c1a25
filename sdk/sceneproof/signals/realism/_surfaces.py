"""How much of the drawn area each material covers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.derived._memo import derived
from sceneproof.derived.world import world_parts
from sceneproof.kernels.surface import face_measures
from sceneproof.scene import Scene


@dataclass(frozen=True)
class Area:
    """One drawn part: index into `world_parts`, material index or ``None``, area in square metres."""

    part: int
    material: int | None
    area: float


@derived
def drawn_areas(scene: Scene) -> tuple[Area, ...]:
    """Every drawn surface of the default scene but Sceneproof's own label."""
    found = []
    for number, part in enumerate(world_parts(scene)):
        if part.slot or not len(part.triangles):
            continue
        areas, _, _ = face_measures(part.positions, part.triangles)
        material = scene.meshes[part.mesh].primitives[part.primitive].material
        found.append(Area(number, material, float(areas.sum())))
    return tuple(found)


def material_shares(scene: Scene) -> dict[int | None, float]:
    """Material to its share of the drawn area; empty without any area.

    Where primitives are not decoded the areas are unknown; then every primitive of the file counts alike.
    """
    undecoded = any(p.undecoded for mesh in scene.meshes for p in mesh.primitives)
    shares: dict[int | None, float] = {}
    if undecoded:
        listed = [p.material for mesh in scene.meshes for p in mesh.primitives if p.mode >= 4]
        for material in listed:
            shares[material] = shares.get(material, 0.0) + 1 / len(listed)
        return shares
    areas = drawn_areas(scene)
    total = float(np.sum([area.area for area in areas]))
    for area in areas:
        if total > 0:
            shares[area.material] = shares.get(area.material, 0.0) + area.area / total
    return shares
