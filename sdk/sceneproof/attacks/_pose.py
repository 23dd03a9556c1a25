"""Parts in the world: transforms, skins at rest or posed, morph targets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ._rotation import axis_rotation, random_direction
from ._subject import AttackError, Floats, Geometry, Ints, Part, Parts, Skinned

Pose = dict[bytes, Floats]  # a joint's place at rest to its turn [shape=(4, 4)]: skins of one skeleton turn alike


def moved(surface: Geometry, matrix: Floats) -> Geometry:
    """The surface under a 4x4 matrix; a mirroring one turns the faces, as glTF asks (2.0, section 3.7.4)."""
    points = surface.positions @ matrix[:3, :3].T + matrix[:3, 3]
    mirrored = float(np.linalg.det(matrix[:3, :3])) < 0.0
    return Geometry(points, surface.faces[:, ::-1] if mirrored else surface.faces)


def in_world(part: Part) -> Geometry:
    """The surface of a part in the world, its skin at rest."""
    if part.skin is None:
        return moved(part.geometry, part.matrix)
    return Geometry(blended(part, part.skin.world), part.geometry.faces)


def blended(part: Part, world: Floats) -> Floats:
    """Linear blend skinning with joints at `world` [shape=(j, 4, 4)]; a vertex that nothing holds stays.

    Source: glTF 2.0, section 3.7.3. Raises `AttackError` when the arrays of the skin do not fit the vertices.
    """
    skin = part.skin
    points = part.geometry.positions
    if skin is None or skin.joints.shape != skin.weights.shape or len(skin.joints) != len(points):
        raise AttackError(f"{part.name}: joints and weights do not fit its {len(points)} vertices")
    if skin.joints.size and not 0 <= skin.joints.min() <= skin.joints.max() < len(world):
        raise AttackError(f"{part.name}: a vertex hangs on joint {skin.joints.max()}; there are {len(world)}")
    matrices = world @ skin.bind
    out = np.zeros_like(points)
    for joints, weights in zip(skin.joints.T, skin.weights.T, strict=True):
        chosen = matrices[joints]
        out += weights[:, None] * (np.einsum("nij,nj->ni", chosen[:, :3, :3], points) + chosen[:, :3, 3])
    total = skin.weights.sum(axis=1, keepdims=True)
    held: Floats = np.where(total > 0.0, out / np.where(total > 0.0, total, 1.0), points)
    return held


def posed(skin: Skinned, degrees: float, rng: np.random.Generator, pose: Pose) -> Floats:
    """The joints [shape=(j, 4, 4)] with each but the roots turned about its own place, by an angle uniform within
    +-degrees about a random axis; children follow. Turns drawn are kept in `pose`."""
    out = skin.world.copy()
    for joint in _parents_first(skin.parents):
        above = skin.parents[joint]
        if above < 0:
            continue
        key = skin.world[joint].tobytes()
        if key not in pose:
            turn = np.eye(4)
            angle = np.radians(rng.uniform(-degrees, degrees))
            turn[:3, :3] = axis_rotation(random_direction(rng), angle)
            pose[key] = turn
        out[joint] = out[above] @ np.linalg.solve(skin.world[above], skin.world[joint]) @ pose[key]
    return out


def _parents_first(parents: Ints) -> list[int]:
    order: list[int] = []
    done = np.zeros(len(parents), dtype=bool)
    while len(order) < len(parents):
        ready = [j for j in range(len(parents)) if not done[j] and (parents[j] < 0 or done[parents[j]])]
        if not ready:
            raise AttackError("the joints of a skin are their own ancestors")
        done[ready] = True
        order += ready
    return order


def without_morphs(part: Part) -> Part:
    """The base shape alone."""
    return replace(part, targets=(), weights=())


def any_has(identifier: str, parts: Parts, what: str) -> None:
    """Raise `AttackError` when no part has a ``skin``, or no part has ``targets``."""
    if not any(getattr(part, what) for part in parts):
        raise AttackError(f"{identifier}: no part has {'a skin' if what == 'skin' else 'morph targets'}")
