"""Skeletons of the assets, as attacks on avatars take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._made import BONES

if TYPE_CHECKING:
    from sceneproof.attacks import Skinned
    from sceneproof.derived.welded import Welded
    from sceneproof.scene import Array, Node, Scene


def of_capsules(bone: Array) -> Skinned:
    """The skeleton of the made figure: one joint at the start of each capsule, all hung on the first.

    `bone` is the capsule of each vertex, int64 [shape=(n,)].
    """
    from sceneproof.attacks import Skinned

    world = np.tile(np.eye(4), (len(BONES), 1, 1))
    world[:, :3, 3] = [start for start, _, _ in BONES.values()]
    parents = np.array([-1] + [0] * (len(BONES) - 1), np.int64)
    bind = np.linalg.inv(world).astype(np.float64)
    return Skinned(bone[:, None], np.ones((len(bone), 1)), bind, world, parents)


def of_node(scene: Scene, node: Node, whole: Welded) -> Skinned | None:
    """The skin of a node for its welded mesh; ``None`` where it has none, or a primitive lacks joints or weights."""
    from sceneproof.attacks import Skinned

    if node.skin is None or node.mesh is None:
        return None
    primitives = [scene.meshes[node.mesh].primitives[number] for number in whole.primitives]
    if any("JOINTS_0" not in part.attributes or "WEIGHTS_0" not in part.attributes for part in primitives):
        return None
    first = np.full(len(whole.positions), -1, np.int64)
    first[whole.vertex_of[::-1]] = np.arange(len(whole.vertex_of))[::-1]  # the first stored vertex of each place
    joints = np.concatenate([part.attributes["JOINTS_0"] for part in primitives])[first].astype(np.int64)
    weights = np.concatenate([part.attributes["WEIGHTS_0"] for part in primitives])[first].astype(np.float64)
    rig = scene.skins[node.skin]
    row = {joint: number for number, joint in enumerate(rig.joints)}
    above = {child: number for number, one in enumerate(scene.nodes) for child in one.children}
    parents = []
    for joint in rig.joints:
        parent = above.get(joint)
        while parent is not None and parent not in row:
            parent = above.get(parent)
        parents.append(-1 if parent is None else row[parent])
    world = np.array([scene.nodes[joint].world for joint in rig.joints], np.float64)
    return Skinned(joints, weights, rig.inverse_bind, world, np.array(parents, np.int64))
