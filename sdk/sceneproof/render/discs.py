"""Points and splats as discs, drawn into a picture with its depth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sceneproof.derived._memo import derived
from sceneproof.derived.framing import View
from sceneproof.derived.ray_scene import hidden_nodes
from sceneproof.derived.world import loose_clouds, world_parts
from sceneproof.kernels.discs import nearest_discs
from sceneproof.scene import Array, Mode, Scene, Splats

from ._sampling import TO_LINEAR

POINT_RADIUS = 1.5  # pixels at least, so that a sparse cloud is seen
LARGEST = 12
SPREAD = 1.5  # a splat's disc, in standard deviations
SOLID = 0.25  # splats that are clearer than this are left out
SH_0 = 0.28209479177387814  # the constant of the first spherical harmonic
GREY = float(TO_LINEAR[140])
Discs = tuple[Array, Array | None, Array, int]  # positions, linear colours, radii in metres, number of the part


def draw_discs(scene: Scene, view: View, color: Array, part: Array, depth: Array) -> None:
    """Draw points and splats into linear `color` [h, w, 3], `part` and `depth` [h, w], in place.

    Splats are opaque discs of their mean size and first colour; that shows where a cloud is and what it looks like.
    """
    for discs in all_discs(scene):
        _draw(view, discs, color, part, depth)


@derived
def all_discs(scene: Scene) -> tuple[Discs, ...]:
    """Every cloud that a viewer draws: world positions, linear colours, radii in metres, and the part's number."""
    return tuple(_clouds(scene))


def _clouds(scene: Scene) -> Iterator[Discs]:
    hidden = hidden_nodes(scene)
    splats = {cloud.pointer: cloud for cloud in scene.splats}
    for number, item in enumerate(world_parts(scene)):
        primitive = scene.meshes[item.mesh].primitives[item.primitive]
        if primitive.mode != Mode.POINTS or item.node in hidden:
            continue
        cloud = splats.get(primitive.pointer)
        if cloud is not None:
            size = float(np.abs(np.linalg.det(scene.nodes[item.node].world[:3, :3]))) ** (1 / 3)
            yield _splat_discs(cloud, item.positions, size, number)
        else:
            yield item.positions, primitive.attributes.get("COLOR_0"), np.zeros(len(item.positions)), number
    for loose in loose_clouds(scene):
        if isinstance(loose, Splats):
            yield _splat_discs(loose, np.asarray(loose.positions), 1.0, -2)
        else:
            yield loose.positions, loose.colors, np.zeros(len(loose.positions)), -2


def _splat_discs(cloud: Splats, positions: Array, size: float, number: int) -> Discs:
    solid = cloud.opacities > SOLID
    tint = None
    if cloud.harmonics.shape[1]:
        encoded = np.clip(np.nan_to_num(0.5 + SH_0 * cloud.harmonics[solid, 0]), 0, 1)
        tint = TO_LINEAR[np.rint(encoded * 255).astype(np.int64)]
    return positions[solid], tint, cloud.scales[solid].mean(axis=1) * SPREAD * size, number


def _draw(view: View, discs: Discs, color: Array, part: Array, depth: Array) -> None:
    points, tint, radii, number = discs
    height, width = depth.shape
    seen = view.project(np.asarray(points, np.float64), width, height)
    half = view.half(width / height)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = seen[:, 2] if view.kind == "perspective" else 1.0
        size = np.maximum(radii * height / (2 * half * distance), POINT_RADIUS * max(1.0, height / 720))
        keep = np.isfinite(seen).all(axis=1) & (seen[:, 2] >= view.znear) & (seen[:, 2] <= (view.zfar or np.inf))
        keep &= np.isfinite(size) & (np.abs(seen[:, 0]) < 4 * width) & (np.abs(seen[:, 1]) < 4 * height)
    order = np.flatnonzero(keep)
    seen, size = seen[order], np.minimum(size[order], LARGEST)
    source, nearest = nearest_discs(np.floor(seen[:, :2]).astype(np.int64), seen[:, 2], size, (height, width))
    hit = (source >= 0) & (nearest < depth)
    rows = order[source[hit]]
    color[hit] = GREY if tint is None else np.clip(np.nan_to_num(tint[rows, :3]), 0, 1)
    part[hit] = number
    depth[hit] = nearest[hit]
