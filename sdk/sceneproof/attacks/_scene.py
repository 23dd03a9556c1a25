"""The parts of a `Scene`, as attacks on scenes take them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sceneproof.derived.welded import Welded, welded
from sceneproof.derived.world import slot_of
from sceneproof.scene import Array, Node, Scene

from ._subject import Floats, Geometry, Part, Parts, Skinned


def parts_of(scene: Scene) -> Parts:
    """Every drawn mesh of the default scene, node by node and instance by instance, welded by position as the watermark
    sees it; Sceneproof's own nodes left out. Of vertices at one place, the first gives weights and morph deltas."""
    parts = []
    for index in scene.live_nodes():
        node = scene.nodes[index]
        if node.mesh is None or slot_of(node):
            continue
        whole = welded(scene, node.mesh)
        if len(whole.faces):
            parts += _drawn(scene, node, node.mesh, whole)
    return Parts(tuple(parts))


def _drawn(scene: Scene, node: Node, mesh: int, whole: Welded) -> list[Part]:
    source = scene.meshes[mesh]
    targets = _targets(scene, mesh, whole)
    part = Part(
        node.name or source.name or source.pointer,
        Geometry(whole.positions, whole.faces),
        np.eye(4) if node.skin is not None else node.world,
        _materials(scene, mesh, whole),
        skin_of(scene, mesh, node.skin, whole) if node.skin is not None else None,
        targets,
        (*(node.weights or source.weights), *(0.0 for _ in targets))[: len(targets)],
    )
    if node.instances is None or node.skin is not None:
        return [part]
    return [
        Part(f"{part.name} {k}", part.geometry, node.world @ matrix, part.material, None, targets, part.weights)
        for k, matrix in enumerate(node.instances)
    ]


def skin_of(scene: Scene, mesh: int, skin: int, whole: Welded) -> Skinned:
    """How the welded vertices of a mesh hang on the joints of a skin."""
    rig = scene.skins[skin]
    joints, weights = (_sets(scene, mesh, whole, name) for name in ("JOINTS", "WEIGHTS"))
    width = min(joints.shape[1], weights.shape[1])
    world = np.array([scene.nodes[joint].world for joint in rig.joints], np.float64).reshape(-1, 4, 4)
    above = {child: index for index, node in enumerate(scene.nodes) for child in node.children}
    row = {joint: number for number, joint in enumerate(rig.joints)}
    parents = np.array([_nearest(joint, above, row) for joint in rig.joints], np.int64)
    bind = np.asarray(rig.inverse_bind, np.float64).reshape(-1, 4, 4)
    return Skinned(joints[:, :width].astype(np.int64), weights[:, :width], bind, world, parents)


def _nearest(joint: int, above: Mapping[int, int], row: Mapping[int, int]) -> int:
    """Row of the nearest joint above, nodes between them passed over; -1 without one."""
    seen = {joint}
    while joint in above and above[joint] not in seen:
        joint = above[joint]
        seen.add(joint)
        if joint in row:
            return row[joint]
    return -1


def _materials(scene: Scene, mesh: int, whole: Welded) -> Array:
    named = [scene.meshes[mesh].primitives[number].material for number in whole.primitives]
    return np.repeat([-1 if m is None else m for m in named], np.diff(whole.face_offsets)).astype(np.int64)


def _sets(scene: Scene, mesh: int, whole: Welded, name: str) -> Floats:
    """``JOINTS_n`` or ``WEIGHTS_n`` side by side, per welded vertex."""
    primitives = [scene.meshes[mesh].primitives[number] for number in whole.primitives]
    count = max((sum(key.startswith(f"{name}_") for key in part.attributes) for part in primitives), default=0)
    found = [
        [part.attributes.get(f"{name}_{k}", np.zeros((len(part.positions), 4))) for k in range(count)]
        for part in primitives
    ]
    stored = [
        np.concatenate(sets, axis=1) if count else np.zeros((len(part.positions), 0))
        for sets, part in zip(found, primitives, strict=True)
    ]
    return _first(np.concatenate(stored).astype(np.float64), whole)


def _targets(scene: Scene, mesh: int, whole: Welded) -> tuple[Floats, ...]:
    primitives = [scene.meshes[mesh].primitives[number] for number in whole.primitives]
    count = max((len(part.targets) for part in primitives), default=0)
    out = []
    for k in range(count):
        empty: list[Array] = [np.zeros((len(part.positions), 3)) for part in primitives]
        deltas = [
            part.targets[k].get("POSITION", none) if k < len(part.targets) else none
            for part, none in zip(primitives, empty, strict=True)
        ]
        out.append(_first(np.concatenate(deltas).astype(np.float64), whole))
    return tuple(out)


def _first(stored: Floats, whole: Welded) -> Floats:
    """Of the stored vertices at each welded one, the first."""
    _, first = np.unique(whole.vertex_of, return_index=True)
    out: Floats = stored[first]
    return out
