"""Colour and opacity of surfaces where rays meet them: materials, textures, vertex colours and a simple light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sceneproof.derived._memo import derived
from sceneproof.derived.ray_scene import Hits
from sceneproof.derived.world import WorldPart, world_parts
from sceneproof.scene import Array, Material, Primitive, Scene

from ._sampling import sample

AMBIENT, SKY, HEAD = 0.30, 0.25, 0.50


@dataclass(frozen=True, eq=False)
class Shaded:
    """`color` float32 [shape=(n, 3)], linear; `alpha` float32 [shape=(n,)]: 0 for a back face that is not drawn."""

    color: Array
    alpha: Array


@lru_cache(maxsize=1)
def _plain() -> Material:
    return Material("", "default")


def shade(scene: Scene, hits: Hits, directions: Array) -> Shaded:
    """Colour and opacity of every hit; rays that met nothing get opacity 0.

    A headlight and light from above stand in for the viewer's own, so that shape shows; metals show their base colour.
    """
    color = np.zeros((len(hits.part), 3), np.float32)
    alpha = np.zeros(len(hits.part), np.float32)
    order = np.argsort(hits.part, kind="stable")
    ends = np.flatnonzero(np.diff(hits.part[order], append=np.iinfo(np.int32).max)) + 1
    start = 0
    for end in ends:
        rows = order[start:end]
        start = int(end)
        number = int(hits.part[rows[0]])
        if number >= 0:
            color[rows], alpha[rows] = _shade_part(scene, number, hits, rows, directions[rows])
    return Shaded(color, alpha)


def _shade_part(scene: Scene, number: int, hits: Hits, rows: Array, directions: Array) -> tuple[Array, Array]:
    part = world_parts(scene)[number]
    primitive = scene.meshes[part.mesh].primitives[part.primitive]
    material = scene.materials[primitive.material] if primitive.material is not None else _plain()
    corners = part.triangles[hits.triangle[rows]]
    weights = hits.barycentric[rows]
    base = _base(scene, material, primitive, corners, weights)
    across = np.cross(
        part.positions[corners[:, 1]] - part.positions[corners[:, 0]],
        part.positions[corners[:, 2]] - part.positions[corners[:, 0]],
    )
    facing = -np.einsum("ij,ij->i", across, directions) * _winding(scene, part)
    alpha = _opacity(material, base[:, 3])
    if not material.double_sided:
        alpha = np.where(facing > 0, alpha, 0.0)
    if material.unlit:
        return base[:, :3], alpha
    normals = _normals(scene, number)
    normal = across if normals is None else np.einsum("nk,nkj->nj", weights, normals[corners])
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    toward = -np.einsum("ij,ij->i", normal, directions)
    normal = np.where((toward < 0)[:, None], -normal, normal)
    light = AMBIENT + SKY * (normal[:, 1] * 0.5 + 0.5) + HEAD * np.abs(toward)
    return base[:, :3] * light[:, None] + _glow(scene, material, primitive, corners, weights), alpha


def _base(scene: Scene, material: Material, primitive: Primitive, corners: Array, weights: Array) -> Array:
    base = np.tile(np.asarray(_factor(material), np.float32), (len(corners), 1))
    look = material.textures.get("baseColor")
    if look is not None:
        uv = _interpolated(primitive, f"TEXCOORD_{look.texcoord}", corners, weights)
        texels = None if uv is None else sample(scene, look, uv)
        if texels is not None:
            base *= texels
    tint = _interpolated(primitive, "COLOR_0", corners, weights)
    if tint is not None:
        base[:, : tint.shape[1]] *= np.clip(np.nan_to_num(tint), 0.0, 1.0)
    return base


def _factor(material: Material) -> tuple[float, ...]:
    """The base colour, from KHR_materials_pbrSpecularGlossiness where a material has that instead."""
    older = material.extensions.get("KHR_materials_pbrSpecularGlossiness")
    diffuse = older.get("diffuseFactor") if isinstance(older, dict) else None
    if isinstance(diffuse, list) and len(diffuse) == 4 and all(isinstance(v, int | float) for v in diffuse):
        return tuple(diffuse)
    return material.base_color


def _opacity(material: Material, alpha: Array) -> Array:
    if material.alpha_mode == "MASK":
        return np.where(alpha >= material.alpha_cutoff, np.float32(1), np.float32(0))
    if material.alpha_mode == "BLEND":
        return np.clip(alpha, 0.0, 1.0)
    clear = material.extensions.get("KHR_materials_transmission")
    share = clear.get("transmissionFactor", 0) if isinstance(clear, dict) else 0
    return np.full(len(alpha), 1 - 0.75 * float(share) if isinstance(share, int | float) else 1.0, np.float32)


def _glow(scene: Scene, material: Material, primitive: Primitive, corners: Array, weights: Array) -> Array:
    if not any(material.emissive):
        return np.zeros((1, 3), np.float32)
    glow = np.asarray(material.emissive, np.float32)[None, :]
    look = material.textures.get("emissive")
    uv = None if look is None else _interpolated(primitive, f"TEXCOORD_{look.texcoord}", corners, weights)
    texels = None if look is None or uv is None else sample(scene, look, uv)
    return glow if texels is None else glow * texels[:, :3]


def _interpolated(primitive: Primitive, name: str, corners: Array, weights: Array) -> Array | None:
    values = primitive.attributes.get(name)
    if values is None or len(values) != len(primitive.positions):
        return None
    return np.asarray(np.einsum("nk,nkj->nj", weights, values[corners].astype(np.float64)))


def _matrix(scene: Scene, part: WorldPart) -> Array:
    node = scene.nodes[part.node]
    return node.world if node.instances is None else np.asarray(node.world @ node.instances[part.instance])


def _winding(scene: Scene, part: WorldPart) -> float:
    """-1 where a mirroring transform turns front faces over (glTF 2.0, section 3.7.4)."""
    if scene.nodes[part.node].skin is not None:
        return 1.0
    return -1.0 if np.linalg.det(_matrix(scene, part)[:3, :3]) < 0 else 1.0


@derived
def _normals(scene: Scene, number: int) -> Array | None:
    """World vertex normals, float32 [shape=(n, 3)]; ``None`` where the file has none (faces are flat then).

    A skinned part gets area-weighted ones of its posed triangles.
    """
    part = world_parts(scene)[number]
    stored = scene.meshes[part.mesh].primitives[part.primitive].attributes.get("NORMAL")
    if stored is None or len(stored) != len(part.positions):
        return None
    if scene.nodes[part.node].skin is None:
        linear = _matrix(scene, part)[:3, :3]
        # The cofactor matrix is the inverse transpose up to scale, and exists for singular matrices too.
        cofactor = np.stack([np.cross(linear[k - 2], linear[k - 1]) for k in range(3)])
        return np.asarray(stored @ cofactor.T, np.float32)
    corners = part.positions[part.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = [np.bincount(part.triangles.ravel(), np.repeat(faces[:, k], 3), len(part.positions)) for k in range(3)]
    return np.asarray(np.stack(total, axis=1), np.float32)
