"""Is there a body around the joints? Two tests, of which one is enough; cards, spheres and nothing pass neither."""

from __future__ import annotations

import numpy as np

from sceneproof.derived.ray_scene import ray_scene
from sceneproof.scene import Array, Scene
from sceneproof.signals._tools import sample

from ._match import Match, along
from ._rig import Rig

NEAR = 0.09  # of the extent: chain points this near to a vertex are covered
REACH = 0.22  # of the extent: how far a ray across a limb may go to its surface
RAYS, HITS = 12, 9


def body_gate(scene: Scene, rig: Rig, found: Match) -> tuple[float, float]:
    """Shares of the limbs' points (a) near a vertex of the skinned meshes, (b) surrounded by surface.

    (a) is taken at bind time, (b) at rest: points whose 12 rays across the limb meet surface within 0.22 of the
    extent at least 9 times. The end points of the limbs are left out: tips reach out of the surface.
    """
    if found.legs is None or found.arms is None:
        return 0.0, 0.0
    chains = [chain for pair in (found.legs, found.arms) for chain in (pair.left, pair.right)]
    vertices = _vertices(scene, rig)
    bind = np.concatenate([chain.points for chain in chains])
    near = _near_share(bind, vertices, NEAR * rig.extent)
    rest = [along(rig.rest, chain.joints, rig.bind, chain.length)[1:-1] for chain in chains]
    return near, _surrounded(scene, rest, REACH * float(np.linalg.norm(np.ptp(rig.rest, axis=0))))


def _vertices(scene: Scene, rig: Rig) -> Array:
    parts = [p.positions for mesh in rig.meshes for p in scene.meshes[mesh].primitives if len(p.triangles)]
    if not parts:
        return np.zeros((0, 3))
    points = np.concatenate(parts).astype(np.float64)
    points = points[np.isfinite(points).all(axis=1)]
    return points[sample(points, 20_000)] if len(points) else points


def _near_share(points: Array, vertices: Array, reach: float) -> float:
    if not len(vertices):
        return 0.0
    nearest = [float(((vertices - point) ** 2).sum(axis=1).min()) for point in points]
    return float((np.sqrt(nearest) <= reach).mean())


def _surrounded(scene: Scene, chains: list[Array], reach: float) -> float:
    if not reach > 0:
        return 0.0
    rays = ray_scene(scene)
    shares = []
    for points in chains:
        tangent = np.gradient(points, axis=0)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
        aside = np.cross(tangent, np.where(np.abs(tangent[:, :1]) < 0.8, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
        aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-12)
        other = np.cross(tangent, aside)
        angle = np.arange(RAYS) * (2 * np.pi / RAYS)
        directions = aside[:, None] * np.cos(angle)[:, None] + other[:, None] * np.sin(angle)[:, None]
        flat = directions.reshape(-1, 3)
        sound = np.linalg.norm(flat, axis=1) > 0.5
        hits = np.zeros(len(flat), bool)
        starts = np.repeat(points, RAYS, axis=0)
        hits[sound] = rays.cast(starts[sound], flat[sound]).distance <= reach
        shares.append(hits.reshape(-1, RAYS).sum(axis=1) >= HITS)
    return float(np.concatenate(shares).mean())
