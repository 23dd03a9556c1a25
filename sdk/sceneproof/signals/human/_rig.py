"""A skin as a tree of those joints that move the surface, with their places at bind time and at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.scene import Array, Scene

FEWEST = 8  # joints that move a surface


@dataclass(frozen=True, eq=False)
class Rig:
    """Kept joints and hubs, in no particular order.

    Attributes
    ----------
    bind : float64 [shape=(j, 3)], places from the inverse bind matrices, in the mesh's space.
    rest : float64 [shape=(j, 3)], places of the joint nodes, world space, metres.
    parent : index of the parent, -1 for the root. children : for each joint, indices of its children.
    weighted : whether surface weights were found (else all joints are kept).
    meshes : indices of the meshes that the skin moves.
    """

    bind: Array
    rest: Array
    parent: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    weighted: bool
    meshes: tuple[int, ...]

    @property
    def extent(self) -> float:
        """Diagonal of the bounding box of the bind places."""
        return float(np.linalg.norm(np.ptp(self.bind, axis=0))) if len(self.bind) else 0.0


def rig_of(scene: Scene, skin: int) -> Rig | None:
    """The rig of one skin, or ``None`` when fewer than eight joints move a surface.

    Joints without surface weights are mechanism: they go, and their children hang on the next kept ancestor. One that
    branches to several weighted joints stays as a hub, at the mean of the nearest of these, since exporters leave such
    joints anywhere. Where no joint bears weights at all, every joint stays.
    """
    stored = scene.skins[skin]
    bind, sound = _bind_places(stored.inverse_bind)
    rest = np.array([scene.nodes[node].world[:3, 3] for node in stored.joints], np.float64).reshape(-1, 3)
    weights, meshes = _weights(scene, skin, len(stored.joints))
    weighted = bool((weights > 1e-6).any())
    moving = sound & ((weights > 1e-6) | (not weighted))
    if np.count_nonzero(moving) < FEWEST:
        return None
    tops, hubs, below = _collapsed(_joint_children(scene, stored.joints), moving)
    kept = [int(joint) for joint in np.flatnonzero(moving)] + sorted(hubs)
    if len(tops) > 1:
        kept.append(len(stored.joints))
        hubs[len(stored.joints)] = [item for top in tops for item in hubs.get(top, [top])]
        below[len(stored.joints)] = tops
    number = {joint: k for k, joint in enumerate(kept)}
    places = np.array([bind[hubs.get(joint, [joint])].mean(axis=0) for joint in kept])
    stands = np.array([rest[hubs.get(joint, [joint])].mean(axis=0) for joint in kept])
    children = tuple(tuple(number[child] for child in below[joint]) for joint in kept)
    parent = [-1] * len(kept)
    for above, items in enumerate(children):
        for child in items:
            parent[child] = above
    return Rig(places, stands, tuple(parent), children, weighted, meshes)


def _collapsed(
    children: list[list[int]], moving: Array
) -> tuple[list[int], dict[int, list[int]], dict[int, list[int]]]:
    """The tree without its mechanism: its tops, its hubs with their nearest moving joints, and who hangs on whom.

    `children` has one more entry than there are joints: the roots.
    """
    order = list(children[-1])
    for joint in order:
        order.extend(children[joint])
    tops: dict[int, list[int]] = {}
    hubs: dict[int, list[int]] = {}
    below: dict[int, list[int]] = {}
    for joint in reversed(order):
        branches = [tops[child] for child in children[joint] if tops[child]]
        hanging = [item for branch in branches for item in branch]
        if moving[joint]:
            below[joint], tops[joint] = hanging, [joint]
        elif len(branches) > 1:
            hubs[joint] = [item for top in hanging for item in hubs.get(top, [top])]
            below[joint], tops[joint] = hanging, [joint]
        else:
            tops[joint] = hanging
    return [item for root in children[-1] for item in tops[root]], hubs, below


def _joint_children(scene: Scene, joints: tuple[int, ...]) -> list[list[int]]:
    """For each joint the joints that hang on it, other nodes skipped; last the joints that hang on none."""
    parents = {child: index for index, node in enumerate(scene.nodes) for child in node.children}
    slot = {node: joint for joint, node in reversed(list(enumerate(joints)))}
    children: list[list[int]] = [[] for _ in range(len(joints) + 1)]
    for joint, node in enumerate(joints):
        if slot[node] != joint:
            continue  # a node that is listed twice stands once
        seen, above = {node}, parents.get(node)
        while above is not None and above not in slot and above not in seen:
            seen.add(above)
            above = parents.get(above)
        children[slot[above] if above is not None and above in slot else -1].append(joint)
    return children


def _bind_places(inverse_bind: Array) -> tuple[Array, Array]:
    """Origins of the joints in the mesh's space, and which of the matrices could be inverted."""
    linear, shift = inverse_bind[:, :3, :3].astype(np.float64), inverse_bind[:, :3, 3].astype(np.float64)
    with np.errstate(all="ignore"):
        sound = np.abs(np.linalg.det(linear)) > 1e-30
    safe = np.where(sound[:, None, None], linear, np.eye(3))
    places = -np.linalg.solve(safe, shift[:, :, None])[:, :, 0]
    return places, sound & np.isfinite(places).all(axis=1)


def _weights(scene: Scene, skin: int, joints: int) -> tuple[Array, tuple[int, ...]]:
    """Sum of surface weights for each joint, and the meshes that bear them."""
    total = np.zeros(joints)
    meshes = sorted({node.mesh for node in scene.nodes if node.skin == skin and node.mesh is not None})
    for mesh in meshes:
        for part in scene.meshes[mesh].primitives:
            for layer in range(len(part.attributes)):
                chosen, weights = part.attributes.get(f"JOINTS_{layer}"), part.attributes.get(f"WEIGHTS_{layer}")
                if chosen is None or weights is None:
                    break
                flat, share = chosen.astype(np.int64).ravel(), np.nan_to_num(weights.astype(np.float64)).ravel()
                inside = flat < joints
                total += np.bincount(flat[inside], share[inside], minlength=joints)
    return total, tuple(meshes)
