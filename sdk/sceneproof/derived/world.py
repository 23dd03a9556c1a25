"""The geometry of the default scene in world space: nodes, instances, default morph weights, skins at rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sceneproof.config import LIMITS
from sceneproof.errors import LimitError
from sceneproof.kernels.rows import finite_rows
from sceneproof.scene import Array, Mode, Node, PointCloud, Primitive, Scene, Splats

from ._memo import derived


@dataclass(frozen=True, eq=False)
class WorldPart:
    """One primitive of one node (or of one of its instances).

    Attributes
    ----------
    node, mesh, primitive : indices into the Scene; `instance` counts from 0.
    slot : word of a node that Sceneproof put in (``label``), else ``None``.
    positions : float64 [shape=(n, 3)], metres, world space.
    triangles : int64 [shape=(t, 3)]; empty for points and lines.
    """

    node: int
    mesh: int
    primitive: int
    instance: int
    slot: str | None
    positions: Array
    triangles: Array


@derived
def world_parts(scene: Scene) -> tuple[WorldPart, ...]:
    """Every drawn primitive of the default scene, in document order."""
    parts: list[WorldPart] = []
    _check_size(scene)
    for index in scene.live_nodes():
        node = scene.nodes[index]
        if node.mesh is None:
            continue
        slot = slot_of(node)
        for number, primitive in enumerate(scene.meshes[node.mesh].primitives):
            local = _morphed(scene, node, primitive)
            if not len(local):
                continue
            for instance, positions in enumerate(_placed(scene, node, primitive, local)):
                parts.append(WorldPart(index, node.mesh, number, instance, slot, positions, primitive.triangles))
    return tuple(parts)


def _check_size(scene: Scene) -> None:
    """A small file can draw one large mesh a million times; that is refused before memory is taken."""
    total = 0
    for index in scene.live_nodes():
        node = scene.nodes[index]
        if node.mesh is not None:
            times = 1 if node.instances is None else len(node.instances)
            total += times * sum(24 * len(primitive.positions) for primitive in scene.meshes[node.mesh].primitives)
            if total > LIMITS.world_bytes:
                reason = f"all drawn vertices together take more than {LIMITS.world_bytes:,} bytes"
                raise LimitError(reason, uri=scene.uri, pointer=node.pointer)


def slot_of(node: Node) -> str | None:
    """The slot word of a node that Sceneproof put in, else ``None``."""
    mark = node.extras.get("sceneproof") if isinstance(node.extras, Mapping) else None
    slot = mark.get("slot") if isinstance(mark, Mapping) else None
    return slot if isinstance(slot, str) else None


def bounds(scene: Scene, *, with_marks: bool = True) -> Array | None:
    """Float64 [shape=(2, 3)], minimum and maximum of all finite world positions, metres; ``None`` when there are none.

    Primitives that are not decoded count with the bounds that their accessors state.
    """
    corners = [
        corner for part in world_parts(scene) if with_marks or not part.slot for corner in _extent(part.positions)
    ]
    corners += _hinted(scene)
    corners += [corner for cloud in loose_clouds(scene) for corner in _extent(cloud.positions)]
    if not corners:
        return None
    stacked = np.asarray(corners, np.float64)
    return np.array([stacked.min(axis=0), stacked.max(axis=0)])


def loose_clouds(scene: Scene) -> tuple[Splats | PointCloud, ...]:
    """Splats and point clouds that are no primitive of a mesh, so that no node places them."""
    placed = {primitive.pointer for mesh in scene.meshes for primitive in mesh.primitives}
    clouds: tuple[Splats | PointCloud, ...] = (*scene.splats, *scene.points)
    return tuple(cloud for cloud in clouds if cloud.pointer not in placed)


def joint_matrices(scene: Scene, skin: int) -> Array:
    """Joint to world for each joint of a skin at rest, float64 [shape=(j, 4, 4)] (glTF 2.0, section 3.7.3.3)."""
    rig = scene.skins[skin]
    worlds = np.array([scene.nodes[joint].world for joint in rig.joints], np.float64).reshape(-1, 4, 4)
    return worlds @ rig.inverse_bind


def _extent(positions: Array) -> list[Array]:
    """Lowest and highest corner of the finite rows, by columns: many times quicker than along short rows."""
    rows = finite_rows(positions)
    kept = positions if rows.all() else positions[rows]
    if not len(kept):
        return []
    columns = range(kept.shape[1])
    return [np.array([kept[:, c].min() for c in columns]), np.array([kept[:, c].max() for c in columns])]


def _hinted(scene: Scene) -> list[Array]:
    corners: list[Array] = []
    for index in scene.live_nodes():
        node = scene.nodes[index]
        if node.mesh is None:
            continue
        for primitive in scene.meshes[node.mesh].primitives:
            if primitive.undecoded and primitive.bounds_hint is not None:
                low, high = primitive.bounds_hint
                box = np.array(
                    [[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
                )
                corners += list(box @ node.world[:3, :3].T + node.world[:3, 3])
    return corners


def _morphed(scene: Scene, node: Node, primitive: Primitive) -> Array:
    """Base positions plus the default morph weights, float64."""
    positions = primitive.positions.astype(np.float64)
    weights = node.weights or (scene.meshes[node.mesh].weights if node.mesh is not None else ())
    for weight, target in zip(weights, primitive.targets, strict=False):
        if weight and "POSITION" in target:
            positions += weight * target["POSITION"].astype(np.float64)
    return positions


def _placed(scene: Scene, node: Node, primitive: Primitive, local: Array) -> list[Array]:
    if node.skin is not None and "JOINTS_0" in primitive.attributes and "WEIGHTS_0" in primitive.attributes:
        return [_skinned(scene, node.skin, primitive, local)]
    matrices = [node.world] if node.instances is None else [node.world @ instance for instance in node.instances]
    with np.errstate(invalid="ignore", over="ignore"):  # a vertex that is not finite stays so; others judge it
        return [local @ matrix[:3, :3].T + matrix[:3, 3] for matrix in matrices]


def _skinned(scene: Scene, skin: int, primitive: Primitive, local: Array) -> Array:
    matrices = joint_matrices(scene, skin)
    if not len(matrices):
        return local
    homogeneous = np.concatenate([local, np.ones((len(local), 1))], axis=1)
    posed = np.zeros((len(local), 3))
    total = np.zeros(len(local))
    for number in range(len(primitive.attributes)):
        joints = primitive.attributes.get(f"JOINTS_{number}")
        weights = primitive.attributes.get(f"WEIGHTS_{number}")
        if joints is None or weights is None:
            break
        for column in range(min(joints.shape[1], weights.shape[1])):
            share = weights[:, column].astype(np.float64)
            chosen = np.clip(joints[:, column].astype(np.int64), 0, len(matrices) - 1)
            posed += share[:, None] * np.einsum("nij,nj->ni", matrices[chosen, :3], homogeneous)
            total += share
    # Weights that do not add up to one are a widespread fault; viewers divide, and so do we where it matters.
    return np.divide(posed, total[:, None], out=local.copy(), where=total[:, None] > 1e-9)


def is_surface(primitive: Primitive) -> bool:
    """Whether a primitive has decoded triangles."""
    return primitive.mode >= Mode.TRIANGLES and len(primitive.triangles) > 0
