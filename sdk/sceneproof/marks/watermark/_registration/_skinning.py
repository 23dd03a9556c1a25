"""Linear blend skinning of one part and its inverse (glTF 2.0, section 3.7.3.3)."""

from __future__ import annotations

import numpy as np

from ._types import Floats, Rig


def blended(rig: Rig, joints: Floats) -> Floats:
    """Affine (n, 3, 4) of each vertex from node-local to the space of ``joints`` (j, 4, 4)."""
    matrices = joints[:, :3] @ rig.bind
    out = np.zeros((len(rig.joints), 3, 4))
    for column in range(rig.joints.shape[1]):
        out += rig.weights[:, column, None, None] * matrices[rig.joints[:, column]]
    return out


def posed(rig: Rig, points: Floats, joints: Floats) -> Floats:
    """Points (n, 3) node-local, skinned by ``joints`` (j, 4, 4)."""
    matrices = blended(rig, joints)
    moved: Floats = np.einsum("nij,nj->ni", matrices[:, :, :3], points) + matrices[:, :, 3]
    return moved


def padded(rig: Rig, count: int) -> Rig:
    """The same with a bind matrix for each of ``count`` joints; the identity for those that it does not know."""
    more = np.tile(np.eye(4), (count - len(rig.bind), 1, 1))
    return Rig(rig.joints, rig.weights, np.concatenate([rig.bind, more]))
