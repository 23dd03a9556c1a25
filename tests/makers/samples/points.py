"""A laser scan of a room's corner as coloured points: walls, floor, a crate, a ball and a potted column; with noise."""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.makers.builder import POINTS, Builder
from tests.makers.samples import _textures as textures
from tests.makers.samples._scan import ply, srgb
from tests.makers.samples._sdf import ball, capsule, slab
from tests.makers.shapes import rotation, smooth_noise, unit

COUNT = 30_000
STATION = np.array([2.1, 1.45, 1.9])


def corner(p: np.ndarray) -> np.ndarray:
    """Distance to each thing [shape=(..., 6)]: floor, two walls, crate, ball, column."""
    turn = rotation("y", -0.4)
    return np.stack(
        [
            p[..., 1],
            p[..., 0],
            p[..., 2],
            slab(p, (0.85, 0.30, 0.75), (0.30, 0.30, 0.30), 0.02, turn),
            ball(p, (1.55, 0.22, 0.55), 0.22),
            capsule(p, (0.35, 0.0, 1.6), (0.35, 1.15, 1.6), 0.14, 0.10),
        ],
        -1,
    )


def swept() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the scanner's rays end, along which rays, and on which thing."""
    k = np.arange(int(COUNT * 3.1)) + 0.5
    height, turn = 1 - 2 * k / len(k), np.pi * (1 + 5**0.5) * k
    rays = np.stack([np.sqrt(1 - height**2) * np.cos(turn), height, np.sqrt(1 - height**2) * np.sin(turn)], -1)
    reach = np.zeros(len(rays))
    for _ in range(50):
        reach += 0.98 * corner(STATION + reach[:, None] * rays).min(-1)
        reach = np.minimum(reach, 9.0)
    ends = STATION + reach[:, None] * rays
    gap = corner(ends)
    seen = (gap.min(-1) < 0.003) & (ends[:, 1] < 2.5) & (ends[:, 0] < 2.9) & (ends[:, 2] < 2.7)
    return ends[seen], rays[seen], gap[seen].argmin(-1)


@cache
def scan() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions and normals [float32, rounded to 0.01 mm and 1e-4], colours [uint8 sRGB]; exactly ``COUNT`` points."""
    ends, rays, thing = swept()
    rng = np.random.default_rng(301)
    pick = np.sort(rng.permutation(len(ends))[: COUNT - 120])
    ends, rays, thing = ends[pick], rays[pick], thing[pick]
    step = 1e-3 * np.eye(3)
    slope = [np.take_along_axis(corner(ends + s) - corner(ends - s), thing[:, None], 1)[:, 0] for s in step]
    normals = unit(np.stack(slope, -1))
    base = np.array(
        [
            (0.32, 0.20, 0.11),
            (0.62, 0.59, 0.52),
            (0.60, 0.60, 0.56),
            (0.40, 0.26, 0.12),
            (0.55, 0.07, 0.05),
            (0.30, 0.34, 0.32),
        ]
    )
    tint = base[thing] * (0.62 + 0.38 * np.clip(normals @ unit(np.array([0.5, 0.8, 0.35])), 0, 1))[:, None]
    board = np.abs((ends[:, 2] * 7) % 1 - 0.5) > 0.46
    plank = np.abs((ends[:, 1] * 8) % 1 - 0.5) > 0.44
    tint[(thing == 0) & board] *= 0.5
    tint[(thing == 3) & plank] *= 0.45
    poster = (thing == 1) & (np.abs(ends[:, 1] - 1.55) < 0.33) & (np.abs(ends[:, 2] - 1.2) < 0.45)
    art = textures.landscape(0, (192, 256))
    row = np.clip((1.88 - ends[:, 1]) / 0.66 * 191, 0, 191).astype(int)
    column = np.clip((1.65 - ends[:, 2]) / 0.9 * 255, 0, 255).astype(int)
    tint = np.where(poster[:, None], art[row, column] ** 2.2, tint)
    shade = np.clip(np.sort(corner(ends), axis=1)[:, 1] / 0.16, 0, 1)
    tint = tint * (0.5 + 0.5 * shade)[:, None] * (1 + 0.06 * smooth_noise(ends * 9, seed=302))[:, None]
    points = ends + rays * rng.normal(0, 0.0025, (len(ends), 1)) + rng.normal(0, 0.0006, ends.shape)
    stray = rng.uniform((0.1, 0.1, 0.1), (2.6, 2.3, 2.4), (120, 3))
    points = np.concatenate([points, stray])
    normals = np.concatenate([normals, unit(STATION - stray)])
    tint = np.concatenate([tint, np.tile((0.5, 0.5, 0.5), (120, 1))])
    return np.round(points, 5).astype(np.float32), np.round(normals, 4).astype(np.float32), srgb(np.clip(tint, 0, 1))


def make_ply() -> bytes:
    points, normals, rgb = scan()
    columns = [*zip("xyz", points.T, strict=True), *zip(("nx", "ny", "nz"), normals.T, strict=True)]
    columns += list(zip(("red", "green", "blue"), rgb.T, strict=True))
    return ply(columns, ["a made-up scan of a room corner in metres, y up", "CC0-1.0, the sceneproof authors"])


def make() -> bytes:
    """The same points as a GLB of one POINTS primitive; glTF's colours are linear."""
    points, normals, rgb = scan()
    linear = np.rint((rgb / 255.0) ** 2.2 * 255)
    rgba = np.concatenate([linear, np.full((len(points), 1), 255)], 1).astype(np.uint8)
    b = Builder(rights="CC0-1.0, the sceneproof authors")
    material = b.material("points", roughness=1.0)
    cloud = b.primitive({"POSITION": points, "NORMAL": normals, "COLOR_0": rgba}, material=material, mode=POINTS)
    b.node("scan", mesh=b.mesh([cloud], name="scan"))
    return b.glb()
