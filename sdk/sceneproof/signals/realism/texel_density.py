"""How finely the surfaces are textured: base colour pixels per metre.

What it measures
    For each triangle with a base colour map: the square root of its area in the map (pixels, after the texture
    transform) over its area in the world. ``value`` is the median over the triangles, weighted by world area.
    ``detail.per_size`` is the same per length of the scene's diagonal, which does not depend on the unit.
Unit
    px/m. No score: too few assets with known units stood behind it.
Confounders
    Wrong units (millimetres, centimetres) scale it; tiling maps are counted as often as they repeat.
Not evidence of
    realism by itself.
"""

from __future__ import annotations

import numpy as np

from sceneproof.derived.textures import texture
from sceneproof.derived.world import WorldPart, bounds, world_parts
from sceneproof.findings import Signal
from sceneproof.kernels.surface import face_measures
from sceneproof.scene import Array, Scene, TextureRef

GROUP = "realism"
UNIT = "px/m"
COST = "normal"
TESTS: tuple[str, ...] = ()


def measure(scene: Scene) -> Signal:
    """Value ``None`` when no drawn surface has a map and texture coordinates."""
    densities, weights, pointers = [], [], []
    for part in world_parts(scene):
        found = None if part.slot else _part(scene, part)
        if found is not None:
            densities.append(found[0])
            weights.append(found[1])
            pointers.append(scene.meshes[part.mesh].primitives[part.primitive].pointer)
    if not densities or not np.concatenate(weights).sum() > 0:
        return Signal("texel-density", None, UNIT)
    all_densities, all_weights = np.concatenate(densities), np.concatenate(weights)
    order = np.argsort(all_densities, kind="stable")
    running = np.cumsum(all_weights[order])
    low, median, high = (
        float(all_densities[order][min(np.searchsorted(running, q * running[-1]), len(order) - 1)])
        for q in (0.1, 0.5, 0.9)
    )
    box = bounds(scene, with_marks=False)
    size = float(np.linalg.norm(box[1] - box[0])) if box is not None else 0.0
    return Signal(
        "texel-density",
        round(median, 3),
        UNIT,
        confidence=0.5,
        pointers=tuple(dict.fromkeys(pointers))[:16],
        detail={"p10": low, "p90": high, "per_size": median * size},
    )


def _part(scene: Scene, part: WorldPart) -> tuple[Array, Array] | None:
    """Densities and world areas of the triangles of one part, those without area in map or world left out."""
    primitive = scene.meshes[part.mesh].primitives[part.primitive]
    if primitive.material is None or not len(part.triangles):
        return None
    reference = scene.materials[primitive.material].textures.get("baseColor")
    if reference is None or reference.image is None:
        return None
    uvs = primitive.attributes.get(f"TEXCOORD_{reference.texcoord}")
    pixels = texture(scene, reference.image).pixels
    if uvs is None or pixels is None:
        return None
    areas, _, _ = face_measures(part.positions, part.triangles)
    corners = np.asarray(uvs, np.float64)[part.triangles] * _scale(reference) * pixels.shape[1::-1]
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    covered = 0.5 * np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    sound = (areas > 0) & (covered > 0) & np.isfinite(covered)
    return np.sqrt(covered[sound] / areas[sound]), areas[sound]


def _scale(reference: TextureRef) -> Array:
    return np.asarray(reference.scale, np.float64)  # offset and rotation keep areas
