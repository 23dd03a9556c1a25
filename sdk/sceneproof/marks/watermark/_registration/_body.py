"""The parts of a Scene that can bear a mark, with their skins, and their union in world space."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sceneproof.derived._memo import derived
from sceneproof.derived.welded import welded
from sceneproof.derived.world import slot_of
from sceneproof.scene import Scene

from ._skinning import padded, posed
from ._types import Body, Floats, Ints, Part, Rig


@derived
def body(scene: Scene) -> Body:
    """Every mesh with triangles that the default scene shows, Sceneproof's own left out; one part per mesh, placed by
    the first node that shows it, skins at rest."""
    shown = {mesh: index for mesh, index in _shown(scene).items() if len(welded(scene, mesh).faces)}
    joints = sorted({joint for skin in scene.skins for joint in skin.joints})
    row = {joint: number for number, joint in enumerate(joints)}
    above = _Above(scene, row)
    worlds = [scene.nodes[joint].world for joint in joints]
    parents = [above.joint(joint) for joint in joints]
    parts = []
    for mesh, index in shown.items():
        world = _world(scene, index)
        rig = _rig(scene, mesh, scene.nodes[index].skin, row)
        skinned = rig is not None
        if rig is None:
            rig = _whole(len(welded(scene, mesh).positions), len(worlds))
            worlds.append(world)
            parents.append(above.joint(index))
        part = _part(scene, mesh, world, rig, skinned)
        parts += [part] if part is not None else []
    rest = np.array(worlds, np.float64).reshape(-1, 4, 4)
    return joined(parts, rest, np.array(parents, np.int64))


def joined(parts: list[Part], joints: Floats, parents: Ints) -> Body:
    """The union of parts; rigs may leave out the last joints of the list, which are then not theirs."""
    parts = [replace(part, rig=padded(part.rig, len(joints))) for part in parts]
    starts = np.cumsum([0] + [len(part.points) for part in parts]).astype(np.int64)
    face_starts = np.cumsum([0] + [len(part.faces) for part in parts]).astype(np.int64)
    placed = [posed(part.rig, part.points, joints) for part in parts]
    faces = [part.faces + start for part, start in zip(parts, starts, strict=False)]
    return Body(
        tuple(parts),
        np.concatenate(placed or [np.zeros((0, 3))]),
        np.concatenate(faces or [np.zeros((0, 3), np.int64)]),
        starts,
        face_starts,
        joints,
        parents,
    )


def _shown(scene: Scene) -> dict[int, int]:
    """Mesh to the first node that shows it, of the default scene."""
    found: dict[int, int] = {}
    for index in scene.live_nodes():
        node = scene.nodes[index]
        if node.mesh is not None and not slot_of(node):
            found.setdefault(node.mesh, index)
    return found


def _world(scene: Scene, index: int) -> Floats:
    node = scene.nodes[index]
    first = node.world if node.instances is None or not len(node.instances) else node.world @ node.instances[0]
    return np.asarray(first, np.float64)


def _part(scene: Scene, mesh: int, world: Floats, rig: Rig, skinned: bool) -> Part | None:
    whole = welded(scene, mesh)
    finite = np.asarray(np.isfinite(whole.positions).all(axis=1))
    distinct = (whole.faces != np.roll(whole.faces, 1, axis=1)).all(axis=1)
    kept = np.asarray(finite[whole.faces].all(axis=1) & distinct)
    if not kept.any():
        return None
    points = np.where(finite[:, None], whole.positions, 0.0)
    return Part(mesh, points, whole.faces[kept], world, whole.stored_faces, whole.vertex_of, rig, skinned)


def _whole(count: int, joint: int) -> Rig:
    """One joint that moves ``count`` vertices."""
    return Rig(np.full((count, 1), joint, np.int64), np.ones((count, 1)), np.zeros((0, 4, 4)))


def _rig(scene: Scene, mesh: int, skin: int | None, row: dict[int, int]) -> Rig | None:
    """Weights of the first stored vertex of each welded one; ``None`` without a skin or where a primitive has none."""
    if skin is None:
        return None
    whole = welded(scene, mesh)
    joints, weights = [], []
    for number in whole.primitives:
        found = _weights(scene.meshes[mesh].primitives[number].attributes)
        if found is None:
            return None
        joints.append(found[0])
        weights.append(found[1])
    width = max(part.shape[1] for part in joints)
    joint = np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in joints])
    weight = np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in weights])
    first = np.full(len(whole.positions), -1, np.int64)
    first[whole.vertex_of[::-1]] = np.arange(len(whole.vertex_of) - 1, -1, -1)
    joint, weight = joint[first], weight[first]
    rig = scene.skins[skin]
    if not rig.joints:
        return None
    of_skin = np.array([row[node] for node in rig.joints], np.int64)
    bind = np.tile(np.eye(4), (len(row), 1, 1))
    bind[of_skin] = rig.inverse_bind
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 1e-9)
    weight[total[:, 0] <= 1e-9, 0] = 1.0
    return Rig(of_skin[np.clip(joint, 0, len(of_skin) - 1)], weight, bind)


def _weights(attributes: Any) -> tuple[Ints, Floats] | None:
    joints, weights = [], []
    for number in range(len(attributes)):
        joint, weight = attributes.get(f"JOINTS_{number}"), attributes.get(f"WEIGHTS_{number}")
        if joint is None or weight is None:
            break
        width = min(joint.shape[1], weight.shape[1])
        joints.append(joint[:, :width].astype(np.int64))
        weights.append(np.clip(np.nan_to_num(weight[:, :width].astype(np.float64)), 0.0, None))
    return (np.concatenate(joints, axis=1), np.concatenate(weights, axis=1)) if joints else None


class _Above:
    """The nearest joint above a node."""

    def __init__(self, scene: Scene, row: dict[int, int]) -> None:
        self.row = row
        self.parent = {child: index for index, node in enumerate(scene.nodes) for child in node.children}

    def joint(self, node: int) -> int:
        """Its row, or -1."""
        at = self.parent.get(node)
        for _ in range(len(self.parent)):
            if at is None or at in self.row:
                break
            at = self.parent.get(at)
        return self.row.get(at, -1) if at is not None else -1
