"""How completely the materials describe real surfaces: colour, roughness and relief as maps.

What it measures
    For each material the mean of three facts: has a base colour map, a metallic-roughness map, a normal map. ``value``
    is their mean over the drawn area. ``detail`` adds occlusion maps and the physical extensions found
    (clearcoat, transmission, sheen, …).
Score
    the value, towards realistic, with a low weight (alone it parted 0.72 to 0.78 of pairs on the development set).
Unit
    share.
Confounders
    Fixtures and stylised games fill every slot; a photograph on an unlit surface fills one.
Not evidence of
    realism by itself, nor of its lack: vertex-coloured scans and aerial photogrammetry have no such maps.
"""

from __future__ import annotations

from sceneproof.findings import Signal
from sceneproof.scene import Material, Scene

from ._surfaces import material_shares

GROUP = "realism"
UNIT = "1"
COST = "cheap"
TESTS = ("realistic",)

PHYSICAL = (
    "KHR_materials_clearcoat",
    "KHR_materials_transmission",
    "KHR_materials_volume",
    "KHR_materials_sheen",
    "KHR_materials_specular",
    "KHR_materials_ior",
    "KHR_materials_iridescence",
    "KHR_materials_anisotropy",
    "KHR_materials_dispersion",
    "KHR_materials_diffuse_transmission",
)


def measure(scene: Scene) -> Signal:
    """Value ``None`` without any drawn surface."""
    shares = material_shares(scene)
    if not shares:
        return Signal("pbr-completeness", None, UNIT)
    roles: dict[str, float] = dict.fromkeys(("baseColor", "metallicRoughness", "normal", "occlusion"), 0.0)
    physical: set[str] = set()
    for index, share in shares.items():
        if index is None:
            continue
        material = scene.materials[index]
        physical |= set(material.extensions) & set(PHYSICAL)
        for role in roles:
            roles[role] += share * _has(scene, material, role)
    value = (roles["baseColor"] + roles["metallicRoughness"] + roles["normal"]) / 3
    return Signal(
        "pbr-completeness",
        round(value, 4),
        UNIT,
        score=round(value, 4),
        confidence=0.3,
        pointers=tuple(scene.materials[index].pointer for index in sorted(i for i in shares if i is not None))[:16],
        detail={role: round(share, 4) for role, share in roles.items()} | {"physical": sorted(physical)},
    )


def _has(scene: Scene, material: Material, role: str) -> bool:
    reference = material.textures.get(role)
    return reference is not None and reference.image is not None and reference.image < len(scene.images)
