"""Points and splats as discs, drawn into a picture with its depth."""

from __future__ import annotations

import numpy as np

from ..derived.framing import View
from ..derived.ray_scene import hidden_nodes
from ..derived.world import world_parts
from ..scene import Array, Mode, Scene
from ._sampling import TO_LINEAR

POINT_RADIUS = 1.5  # pixels at least, so that a sparse cloud is seen
LARGEST = 12
SH_0 = 0.28209479177387814  # the constant of the first spherical harmonic
GREY = float(TO_LINEAR[140])


def draw_discs(scene: Scene, view: View, color: Array, part: Array, depth: Array) -> None:
    """Draw POINTS primitives, point clouds and splats into linear `color` [h, w, 3], `part` and `depth` [h, w], in place."""
    hidden = hidden_nodes(scene)
    for number, item in enumerate(world_parts(scene)):
        primitive = scene.meshes[item.mesh].primitives[item.primitive]
        if primitive.mode == Mode.POINTS and item.node not in hidden and not _is_splat(primitive.extensions):
            tint = primitive.attributes.get("COLOR_0")
            _draw(view, item.positions, tint, np.zeros(len(item.positions)), number, color, part, depth)
    for cloud in scene.points:
        _draw(view, cloud.positions, cloud.colors, np.zeros(len(cloud.positions)), -2, color, part, depth)
    for splats in scene.splats:
        solid = splats.opacities > 0.25
        tint = TO_LINEAR[np.rint(np.clip(0.5 + SH_0 * splats.harmonics[solid, 0], 0, 1) * 255).astype(np.int64)]
        _draw(view, splats.positions[solid], tint, splats.scales[solid].mean(axis=1) * 1.5, -2, color, part, depth)


def _is_splat(extensions: object) -> bool:
    return isinstance(extensions, dict) and "KHR_gaussian_splatting" in extensions


def _draw(
    view: View, points: Array, tint: Array | None, radii: Array, number: int, color: Array, part: Array, depth: Array
) -> None:
    height, width = depth.shape
    seen = view.project(np.asarray(points, np.float64), width, height)
    half = view.half(width / height)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = seen[:, 2] if view.kind == "perspective" else 1.0
        size = np.maximum(radii * height / (2 * half * reach), POINT_RADIUS * max(1.0, height / 720))
    keep = np.isfinite(seen).all(axis=1) & (seen[:, 2] >= view.znear) & (seen[:, 2] <= (view.zfar or np.inf))
    keep &= (np.abs(seen[:, 0]) < 4 * width) & (np.abs(seen[:, 1]) < 4 * height)
    order = np.flatnonzero(keep)
    order = order[np.argsort(-seen[order, 2], kind="stable")]  # far first: of several writes to a pixel the last stays
    if not len(order):
        return
    x, y, z = seen[order].T
    size = np.minimum(size[order], LARGEST)
    source = np.full(height * width, -1, np.int64)
    nearest = np.full(height * width, np.inf)
    reach_px = int(np.ceil(size.max()))
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    for dy in range(-reach_px, reach_px + 1):
        for dx in range(-reach_px, reach_px + 1):
            inside = dx * dx + dy * dy <= size * size
            px, py = column + dx, row + dy
            inside &= (px >= 0) & (px < width) & (py >= 0) & (py < height)
            chosen = np.flatnonzero(inside)
            pixel = py[chosen] * width + px[chosen]
            _put(source, nearest, pixel, chosen, z)
    hit = np.flatnonzero((source >= 0) & (nearest < depth.ravel()))
    rows = order[source[hit]]
    colors = np.full((len(hit), 3), GREY) if tint is None else np.clip(tint[rows, :3], 0, 1)
    color.reshape(-1, 3)[hit] = colors
    part.reshape(-1)[hit] = number
    depth.reshape(-1)[hit] = nearest[hit]


def _put(source: Array, nearest: Array, pixel: Array, chosen: Array, z: Array) -> None:
    """Keep for each pixel the nearest of its discs; `chosen` runs from far to near."""
    if not len(pixel):
        return
    winner = np.full(len(source), -1, np.int64)
    winner[pixel] = np.arange(len(pixel))
    last = winner[pixel] == np.arange(len(pixel))
    pixel, chosen = pixel[last], chosen[last]
    closer = z[chosen] < nearest[pixel]
    nearest[pixel[closer]] = z[chosen[closer]]
    source[pixel[closer]] = chosen[closer]
