"""Signs of a drawn style: toon or unlit shading, and plain colours without any map.

What it measures
    The share of the drawn area whose material is a toon material (MToon of VRM), unlit without being photographic
    by its own map, or a plain colour. ``value`` is the share of toon area plus half the share of plain colour.
Score
    towards realistic: ``1 - value`` when something stylised is found, else ``None``: that nothing is stylised says
    nothing for realism.
Unit
    share of the drawn area.
Confounders
    Aerial photogrammetry is unlit too, so unlit alone counts nothing here; clay renders and untextured scans are plain.
Not evidence of
    handwork: generated avatars are toon as well. Never a verdict alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from sceneproof.findings import Signal
from sceneproof.scene import Material, Scene

from ._surfaces import material_shares

GROUP = "realism"
UNIT = "1"
COST = "cheap"
TESTS = ("realistic",)


def measure(scene: Scene) -> Signal:
    """Value ``None`` without any drawn surface."""
    shares = material_shares(scene)
    if not shares:
        return Signal("stylisation", None, UNIT)
    toon = unlit = plain = 0.0
    for index, share in shares.items():
        material = None if index is None else scene.materials[index]
        toon += share * (index is not None and is_toon(scene, index))
        unlit += share * (material is not None and material.unlit)
        plain += share * (material is None or not material.textures)
    colored = any("COLOR_0" in part.attributes for mesh in scene.meshes for part in mesh.primitives)
    value = min(1.0, toon + (0.0 if colored else 0.5 * plain))
    return Signal(
        "stylisation",
        round(value, 4),
        UNIT,
        score=round(1 - value, 4) if value > 0 else None,
        confidence=0.4 if toon else 0.2,
        pointers=tuple(m.pointer for i, m in enumerate(scene.materials) if i in shares and is_toon(scene, i))[:16],
        detail={"toon": round(toon, 4), "unlit": round(unlit, 4), "plain": round(plain, 4), "vertex_colors": colored},
    )


def is_toon(scene: Scene, index: int) -> bool:
    """Whether a material is MToon: VRM 1.0 says so on the material, VRM 0.x in a list of the same order."""
    material: Material = scene.materials[index]
    if "VRMC_materials_mtoon" in material.extensions:
        return True
    root = scene.extensions.get("VRM")
    listed = root.get("materialProperties") if isinstance(root, Mapping) else None
    entry = listed[index] if isinstance(listed, list) and index < len(listed) else None
    return isinstance(entry, Mapping) and "MToon" in str(entry.get("shader", ""))
