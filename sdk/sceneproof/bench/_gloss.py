"""How much a picture changes: before and after, over the subject's pixels, with recomputed normals and a glossy light.

Stored normals would hide what a mark does to the surface, and a matt light most of it. The light is that of the start
pictures (`sceneproof.render`), on a grey surface, with a highlight from the viewer and one from the upper left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.render._surface import AMBIENT, HEAD, SKY

if TYPE_CHECKING:
    from sceneproof.derived.framing import View
    from sceneproof.scene import Array

SIZE, SAMPLES = 512, 2  # pixels along a side, and rays along each side of a pixel
GREY, GLOSS, SHINE = 0.7, 0.25, 40.0
LIGHTS = ((0.0, 0.0, 1.0), (-0.6, 0.7, 0.4))  # right, up and towards the viewer, as the camera sees it
Parts = Sequence[tuple["Array", "Array"]]


def psnr(before: Parts, after: Parts, size: int = SIZE) -> float:
    """Peak signal-to-noise ratio in dB of the square start pictures of two assets, seen from where the first is framed.

    Each is a sequence of (positions [shape=(n, 3)] in world space, faces). Pixels count that both pictures fill with
    the subject; values are sRGB from 0 to 1, not rounded. Infinite for equal pictures, NaN where nothing is seen.
    Raises `MissingExtraError` without Embree.
    """
    from sceneproof.derived.framing import frame

    view = frame(np.concatenate([positions for positions, _ in before]))
    if view is None:
        return float("nan")
    (first, filled), (second, also) = (picture(parts, view, size) for parts in (before, after))
    seen = filled & also
    if not seen.any():
        return float("nan")
    error = float(((first - second)[seen] ** 2).mean())
    return float("inf") if error == 0 else float(-10 * np.log10(error))


def picture(parts: Parts, view: View, size: int = SIZE) -> tuple[Array, Array]:
    """Grey sRGB values [shape=(size, size)] on black, and which pixels the subject fills.

    The highlights are Blinn's (1977); normals are turned to the viewer.
    """
    from sceneproof.derived.ray_scene import ray_scene
    from sceneproof.derived.world import world_parts
    from sceneproof.io import load
    from sceneproof.io._bridges import glb_of

    scene = load(glb_of(list(parts)))
    fine = size * SAMPLES
    across, down = np.meshgrid((np.arange(fine) + 0.5) / SAMPLES, (np.arange(fine) + 0.5) / SAMPLES)
    origins, directions = view.rays_at(across.ravel(), down.ravel(), size, size)
    hits = ray_scene(scene).cast(origins, directions)
    light = np.zeros(fine * fine)
    for number, part in enumerate(world_parts(scene)):
        rows = np.flatnonzero(hits.part == number)
        if len(rows):
            normals = vertex_normals(part.positions, part.triangles)
            corners = normals[part.triangles[hits.triangle[rows]]]
            normal = np.einsum("nk,nkj->nj", hits.barycentric[rows], corners)
            light[rows] = _lit(normal, -directions[rows], view.rotation)
    whole = light.reshape(size, SAMPLES, size, SAMPLES).mean(axis=(1, 3))
    filled = (hits.part >= 0).reshape(size, SAMPLES, size, SAMPLES).all(axis=(1, 3))
    return _srgb(whole), np.asarray(filled)


def vertex_normals(positions: Array, faces: Array) -> Array:
    """Area-weighted normals [shape=(n, 3)], not of unit length."""
    a, b, c = (positions[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    total = [np.bincount(faces.ravel(), np.repeat(across[:, k], 3), len(positions)) for k in range(3)]
    return np.stack(total, axis=1)


def _lit(normal: Array, toward: Array, rotation: Array) -> Array:
    """Linear light of surfaces whose viewer lies in the unit direction `toward`."""
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    facing = np.einsum("ij,ij->i", normal, toward)
    normal = np.where((facing < 0)[:, None], -normal, normal)
    light: Array = GREY * (AMBIENT + SKY * (normal[:, 1] * 0.5 + 0.5) + HEAD * np.abs(facing))
    for place in LIGHTS:
        half = toward + rotation @ (np.array(place) / np.linalg.norm(place))
        half /= np.maximum(np.linalg.norm(half, axis=1, keepdims=True), 1e-30)
        light += GLOSS / len(LIGHTS) * np.clip(np.einsum("ij,ij->i", normal, half), 0.0, None) ** SHINE
    return light


def _srgb(linear: Array) -> Array:
    """IEC 61966-2-1."""
    value = np.clip(linear, 0.0, 1.0)
    return np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
