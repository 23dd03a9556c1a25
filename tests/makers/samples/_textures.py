"""Textures made by code: each function returns pictures in 0..1 that tile, all from fixed seeds."""

from __future__ import annotations

import numpy as np


def noise(size: tuple[int, int], seed: int, *, slope: float = 1.0, stretch: tuple[float, float] = (1, 1)) -> np.ndarray:
    """Tiling noise of mean 0 and deviation 1, amplitude ~ 1/frequency**slope; ``stretch`` > 1 draws it out (y, x)."""
    white = np.random.default_rng(seed).normal(size=size)
    fy, fx = np.fft.fftfreq(size[0], 1 / size[0])[:, None], np.fft.fftfreq(size[1], 1 / size[1])[None]
    frequency = np.hypot(fy * stretch[0], fx * stretch[1])
    frequency[0, 0] = 1
    field = np.fft.ifft2(np.fft.fft2(white) / frequency**slope * (np.arange(frequency.size).reshape(size) > 0)).real
    return (field - field.mean()) / field.std()


def mix(a: tuple[float, float, float], b: tuple[float, float, float], t: np.ndarray) -> np.ndarray:
    t = np.clip(t, 0, 1)[..., None]
    return np.asarray(a) * (1 - t) + np.asarray(b) * t


def normal_map(height: np.ndarray, strength: float) -> np.ndarray:
    """Tangent-space normals of a tiling height field; green points up the picture, as glTF asks."""
    dx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * strength
    dy = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * strength
    vector = np.stack([-dx, dy, np.ones_like(dx)], -1)
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True) / 2 + 0.5


def orm(rough: np.ndarray, occlusion: np.ndarray | float = 1.0, metal: float = 0.0) -> np.ndarray:
    """Occlusion, roughness, metallic in red, green, blue."""
    layers = np.broadcast_arrays(np.asarray(occlusion, float), rough, np.asarray(metal, float))
    return np.clip(np.stack(layers, -1), 0, 1)


def planks(size: int = 1024, seed: int = 11) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Oak floor boards along x: colour, normal, roughness. One tile stands for 1.8 m."""
    rows = 12
    y, x = np.mgrid[0:size, 0:size] / size
    row = np.floor(y * rows).astype(int)
    rng = np.random.default_rng(seed)
    shift, tint = rng.uniform(0, 1, rows), rng.uniform(-1, 1, (rows, 2))
    along = (x + shift[row]) * 2 % 2
    board = np.floor(along).astype(int)
    grain = noise((size, size), seed + 1, slope=1.2, stretch=(1, 14))
    grain = np.where(board == 0, grain, grain[:, ::-1])
    pores = noise((size, size), seed + 2, slope=0.4, stretch=(1, 24))
    rings = np.sin(2.6 * grain + 26 * (y * rows % 1) + 6 * tint[row, board])
    tone = 0.5 + 0.16 * rings + 0.12 * grain + 0.22 * tint[row, board] - 0.06 * np.clip(pores, 0, 3)
    colour = mix((0.30, 0.17, 0.085), (0.66, 0.45, 0.27), tone)
    edge = np.minimum(np.minimum(y * rows % 1, 1 - y * rows % 1) / rows, np.minimum(along % 1, 1 - along % 1) / 2)
    gap = np.clip(edge * size / 2.2, 0, 1)
    colour *= (0.35 + 0.65 * gap)[..., None]
    height = gap * 1.4 + 0.10 * pores + 0.05 * rings
    return colour, normal_map(height, 0.45), orm(0.42 + 0.05 * pores + 0.25 * (1 - gap), 0.6 + 0.4 * gap)


def wood(size: int = 512, seed: int = 21, dark: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Furniture wood with its grain along x: colour, normal, roughness."""
    y = np.mgrid[0:size, 0:size][0] / size
    grain = noise((size, size), seed, slope=1.3, stretch=(1, 10))
    pores = noise((size, size), seed + 1, slope=0.4, stretch=(1, 22))
    rings = np.sin(3.2 * grain + 2 * np.pi * 5 * y)
    tone = 0.5 + 0.22 * rings + 0.13 * grain - 0.07 * np.clip(pores, 0, 3)
    low, high = ((0.13, 0.065, 0.035), (0.36, 0.20, 0.11)) if dark else ((0.48, 0.34, 0.20), (0.80, 0.64, 0.44))
    height = 0.12 * pores + 0.06 * rings
    return mix(low, high, tone), normal_map(height, 0.4), orm(0.45 + 0.06 * pores - 0.05 * rings)


def plaster(size: int = 512, seed: int = 31) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A painted wall with trowel marks: colour, normal, roughness."""
    broad, fine = noise((size, size), seed, slope=1.4), noise((size, size), seed + 1, slope=0.6)
    colour = mix((0.70, 0.67, 0.61), (0.84, 0.82, 0.77), 0.5 + 0.12 * broad + 0.04 * fine)
    return colour, normal_map(0.6 * broad + 0.25 * fine, 0.35), orm(0.86 + 0.03 * fine)


def weave(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    *,
    size: int = 512,
    threads: int = 64,
    seed: int = 41,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Woven cloth of ``threads`` per tile each way: colour, normal, roughness."""
    y, x = np.mgrid[0:size, 0:size] / size
    warp, weft = np.abs(np.sin(np.pi * threads * x)), np.abs(np.sin(np.pi * threads * y))
    over = (np.floor(x * threads) + np.floor(y * threads)) % 2 > 0.5
    height = np.where(over, warp * (0.6 + 0.4 * weft), weft * (0.6 + 0.4 * warp))
    slub = noise((size, size), seed, slope=0.7, stretch=(1, 8)) + noise(
        (size, size), seed + 1, slope=0.7, stretch=(8, 1)
    )
    blotch = noise((size, size), seed + 2, slope=1.5)
    tone = 0.25 + 0.5 * height + 0.09 * slub + 0.08 * blotch
    return mix(low, high, tone), normal_map(height + 0.15 * slub, 0.5), orm(0.9 - 0.06 * height, 0.75 + 0.25 * height)


def rug(size: tuple[int, int] = (512, 768), seed: int = 51) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A knotted rug with borders and a field of diamonds: colour, normal, roughness. It does not tile."""
    h, w = size
    y, x = np.mgrid[0:h, 0:w]
    y, x = y * 2.0 / h, x * 3.0 / w
    edge = np.minimum(np.minimum(x, 3 - x), np.minimum(y, 2 - y))
    diamond = np.abs((x * 2.5 + y * 2.5) % 1 - 0.5) + np.abs((x * 2.5 - y * 2.5) % 1 - 0.5)
    medal = np.hypot((x - 1.5) / 1.1, (y - 1) / 0.62) + 0.06 * np.cos(12 * np.arctan2(y - 1, x - 1.5))
    red, navy, cream, gold = (
        np.array(c) for c in ((0.36, 0.07, 0.06), (0.06, 0.09, 0.17), (0.74, 0.66, 0.52), (0.58, 0.38, 0.14))
    )
    colour = np.where((diamond < 0.42)[..., None], navy, red)
    colour = np.where((np.abs(diamond - 0.46) < 0.06)[..., None], gold, colour)
    for limit, tone in ((0.78, cream), (0.72, navy), (0.5, red), (0.44, gold), (0.36, navy), (0.16, cream)):
        colour = np.where((medal < limit)[..., None], tone, colour)
    teeth = np.abs((np.where(np.minimum(x, 3 - x) < np.minimum(y, 2 - y), y, x) * 10) % 1 - 0.5) * 0.10
    for limit, tone in ((0.30, cream), (0.27, navy), (0.13 + 0, red), (0.05, navy)):
        colour = np.where((edge < limit)[..., None], tone, colour)
    colour = np.where((np.abs(edge - 0.20) < teeth)[..., None], gold, colour)
    pile = noise(size, seed, slope=0.25)
    wear = noise(size, seed + 1, slope=1.4)
    knots = np.sin(np.pi * x * 90) * np.sin(np.pi * y * 90)
    colour = colour * (1 + 0.10 * pile + 0.07 * wear + 0.08 * knots)[..., None]
    height = 0.5 * knots + 0.35 * pile
    return np.clip(colour, 0, 1), normal_map(height, 0.35), orm(0.95 - 0.02 * pile)


def glaze(size: int = 512, seed: int = 61) -> tuple[np.ndarray, np.ndarray]:
    """A reactive ceramic glaze that runs from dark rim to pale foot: colour, roughness. Tiles in x."""
    v = np.mgrid[0:size, 0:size][0] / size
    run = noise((size, size), seed, slope=1.3, stretch=(0.35, 1)) * 0.09
    speck = np.clip(noise((size, size), seed + 1, slope=0.5) - 1.9, 0, 1)
    fall = np.clip((v + run - 0.15) * 1.5, 0, 1)
    colour = mix((0.03, 0.10, 0.13), (0.10, 0.36, 0.38), fall * 1.8)
    colour = colour + (np.array((0.74, 0.68, 0.55)) - colour) * np.clip(fall * 1.9 - 1.0, 0, 1)[..., None]
    colour = colour * (1 - 0.6 * speck[..., None])
    return np.clip(colour, 0, 1), orm(0.22 + 0.25 * np.clip(fall * 1.9 - 1, 0, 1) + 0.2 * speck)


def stone(size: int = 512, seed: int = 71) -> tuple[np.ndarray, np.ndarray]:
    """Veined pale marble: colour, roughness."""
    warp, fine = noise((size, size), seed, slope=1.5), noise((size, size), seed + 1, slope=0.8)
    vein = np.exp(-np.abs(noise((size, size), seed + 2, slope=1.6) + 0.35 * warp) * 9)
    colour = mix((0.80, 0.78, 0.74), (0.46, 0.45, 0.45), 0.75 * vein + 0.04 * fine + 0.05)
    return colour, orm(0.38 + 0.10 * vein + 0.02 * fine)


def landscape(kind: int, size: tuple[int, int] = (384, 512)) -> np.ndarray:
    """A painting of hills under a sky; ``kind`` picks palette and seed."""
    h, w = size
    y, x = np.mgrid[0:h, 0:w] / h
    sky, glow, near = (
        ((0.22, 0.34, 0.52), (0.93, 0.72, 0.50), (0.10, 0.20, 0.14)),
        ((0.62, 0.66, 0.70), (0.90, 0.88, 0.80), (0.22, 0.20, 0.24)),
        ((0.35, 0.55, 0.78), (0.86, 0.92, 0.96), (0.18, 0.34, 0.12)),
    )[kind % 3]
    stroke = noise(size, 80 + kind, slope=0.9, stretch=(2.5, 1))
    picture = mix(sky, glow, y * 1.6 + 0.05 * stroke)
    sun = np.exp(-(((x - 0.9) ** 2 + (y - 0.33) ** 2) / 0.004))
    picture += sun[..., None] * (0.35, 0.28, 0.15)
    line = np.arange(w) / h
    for layer in range(5):
        rng = np.random.default_rng(100 + 10 * kind + layer)
        waves = sum(np.sin(line * f * 2.3 + rng.uniform(0, 7)) / f for f in (1.0, 2.3, 4.1, 8.7, 17.0))
        ridge = 0.45 + 0.105 * layer - 0.055 * waves
        t = np.full(size, (layer + 1) / 5) + 0.06 * stroke
        picture = np.where((y > ridge)[..., None], mix(glow, near, t), picture)
    return np.clip(picture * (1 + 0.035 * stroke[..., None]), 0, 1)


def book_spines(size: tuple[int, int] = (256, 512), seed: int = 91) -> np.ndarray:
    """A row of 24 plain book spines with bands, no text; each takes 1/24 of the width."""
    h, w = size
    y, x = np.mgrid[0:h, 0:w] / np.array([h, w])[:, None, None]
    index = np.minimum((x * 24).astype(int), 23)
    rng = np.random.default_rng(seed)
    base = rng.choice(
        np.array(
            [
                [0.40, 0.09, 0.08],
                [0.08, 0.14, 0.26],
                [0.12, 0.25, 0.15],
                [0.62, 0.54, 0.40],
                [0.22, 0.15, 0.10],
                [0.55, 0.35, 0.10],
                [0.10, 0.10, 0.11],
            ]
        ),
        24,
    )
    colour = base[index] * (1 + 0.08 * noise(size, seed, slope=0.6)[..., None])
    band = rng.uniform(0.06, 0.2, 24)[index]
    lines = (np.abs(y - band) < 0.012) | (np.abs(y - 1 + band) < 0.012) | ((np.abs(y - 0.36) < 0.07) & (index % 3 == 0))
    colour = np.where(lines[..., None], (0.70, 0.58, 0.30), colour)
    curve = np.sin(np.pi * (x * 24 % 1))
    return np.clip(colour * (0.45 + 0.55 * curve**0.5)[..., None], 0, 1)


def leaf(size: int = 256) -> np.ndarray:
    """A leaf with a midrib and side veins, along y."""
    y, x = np.mgrid[0:size, 0:size] / size
    side = np.abs(x - 0.5)
    vein = np.exp(-(side * 60)) + 0.45 * np.exp(-np.abs(((y + side * 0.9) * 9) % 1 - 0.5) * 18)
    tone = 0.45 + 0.2 * noise((size, size), 95, slope=1.2) * 0.5 + 0.5 * np.clip(vein, 0, 1)
    return mix((0.03, 0.12, 0.03), (0.22, 0.42, 0.12), tone)
