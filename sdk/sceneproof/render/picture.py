"""The headless picture of a view: shaded colours, and for each pixel the part of the asset and its depth."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from sceneproof.derived.framing import View
from sceneproof.derived.ray_scene import Hits, RayScene, ray_scene
from sceneproof.scene import Array, Scene

from ._sampling import TO_LINEAR, to_srgb
from ._surface import shade
from .discs import all_discs, draw_discs

LAYERS = 8
BACKGROUND = (0.82, 0.60)  # sRGB grey at the top and at the bottom


@dataclass(frozen=True, eq=False)
class Picture:
    """Attributes
    ----------
    rgb : uint8 [shape=(height, width, 3)], sRGB.
    part : int32 [shape=(height, width)], index into `world_parts` of the first part that covers at least half of what
        is behind it; -1 for none, -2 for points and splats.
    depth : float64 [shape=(height, width)], metres along the view, infinite where there is none.
    """

    rgb: Array
    part: Array
    depth: Array


@dataclass(frozen=True, eq=False)
class Seen:
    """What a set of rays sees: linear `color` [shape=(n, 3)], `part` and `depth` [shape=(n,)] as in `Picture`."""

    color: Array
    part: Array
    depth: Array


def render(scene: Scene, view: View, width: int, height: int, *, samples: int = 1) -> Picture:
    """Draw the default scene (skins and morphs at rest) as `view` shows it.

    Parameters
    ----------
    samples : rays along each side of a pixel; colours are averaged in linear light, `part` and `depth` come from the
        upper left ray.

    Geometry that is not decoded and lines are not drawn. Raises `MissingExtraError` without Embree.
    """
    fine_width, fine_height = width * samples, height * samples
    x, y = np.meshgrid(np.arange(fine_width) + 0.5, np.arange(fine_height) + 0.5)
    seen = look(scene, view, x.ravel() / samples, y.ravel() / samples, width, height)
    shape = (fine_height, fine_width)
    color = seen.color.reshape(*shape, 3)
    part, depth = seen.part.reshape(shape).copy(), seen.depth.reshape(shape).copy()
    draw_discs(scene, view, color, part, depth)
    color = color.reshape(height, samples, width, samples, 3).mean(axis=(1, 3))
    return Picture(to_srgb(color), part[::samples, ::samples], depth[::samples, ::samples])


def look(scene: Scene, view: View, x: Array, y: Array, width: int, height: int) -> Seen:
    """What is seen at places `x`, `y` [shape=(n,)] (pixels from the upper left) of a picture of `width` by `height`.

    Surfaces only. Transparent ones are followed through up to `LAYERS` deep.
    """
    rays = ray_scene(scene)
    origins, directions = view.rays_at(x, y, width, height)
    backward = view.rotation[:, 2]
    color = np.zeros((len(x), 3), np.float32)
    part, depth = np.full(len(x), -1, np.int32), np.full(len(x), np.inf)
    clear = np.ones(len(x), np.float32)
    behind = _background(y / height)
    active, start = np.arange(len(x)), origins
    step = np.full(len(x), rays.radius * 1e-6)
    last = np.full(len(x), -1, np.int64)
    for _ in range(LAYERS):
        hits, own = _cast(rays, start, directions[active])
        at = np.where(np.isfinite(hits.distance), hits.distance, 0.0)[:, None] * directions[active] + start
        far = (view.eye - at) @ backward
        met = (hits.part >= 0) & (far <= (view.zfar or np.inf))
        shaded = shade(scene, hits, directions[active])
        # A ray that goes on can meet the triangle it has just left.
        alpha = np.where(met & (own != last[active]), shaded.alpha, 0.0)
        step[active] = np.where(own == last[active], step[active] * 8, rays.radius * 1e-6)
        color[active] += (clear[active] * alpha)[:, None] * shaded.color
        first = (alpha >= 0.5) & (part[active] < 0)
        part[active[first]], depth[active[first]] = hits.part[first], far[first]
        clear[active] *= 1 - alpha
        last[active] = own
        on = met & (clear[active] > 0.02)
        start = at[on] + directions[active][on] * step[active][on, None]
        active = active[on]
        if not len(active):
            break
    return Seen(color + clear[:, None] * behind, part, depth)


def cover(scene: Scene, view: View, seen: Seen, at: tuple[Array, Array], size: tuple[int, int]) -> None:
    """Lay points and splats over what rays have `seen` at places `at` of a picture of `size` (width, height)."""
    if not any(len(points) for points, *_ in all_discs(scene)):
        return
    shape = (size[1], size[0])
    color, part, depth = np.zeros((*shape, 3), np.float32), np.full(shape, -1, np.int32), np.full(shape, np.inf)
    draw_discs(scene, view, color, part, depth)
    row = np.clip(np.floor(at[1]).astype(np.int64), 0, size[1] - 1)
    column = np.clip(np.floor(at[0]).astype(np.int64), 0, size[0] - 1)
    front = depth[row, column] < seen.depth
    seen.color[front] = color[row, column][front]
    seen.part[front] = part[row, column][front]
    seen.depth[front] = depth[row, column][front]


def to_png(rgb: Array) -> bytes:
    """A PNG of uint8 pixels [shape=(height, width, 3)]; the same bytes every time."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def _cast(rays: RayScene, origins: Array, directions: Array) -> tuple[Hits, Array]:
    """Hits, and one number per triangle so that the same one is known again."""
    hits = rays.cast(origins, directions)
    return hits, np.where(hits.part >= 0, hits.part.astype(np.int64) << 40 | hits.triangle, -1)


def _background(down: Array) -> Array:
    grey = TO_LINEAR[np.rint((BACKGROUND[0] + (BACKGROUND[1] - BACKGROUND[0]) * np.clip(down, 0, 1)) * 255).astype(int)]
    return np.repeat(grey[:, None], 3, axis=1)
