"""Splats and points made by formula, and what may happen to them."""

from __future__ import annotations

import numpy as np

from sceneproof.marks.watermark.codec import Cloud, splat_weights
from sceneproof.scene import Splats

KEY = b"a key that only the tests hold"
PAYLOAD = bytes.fromhex("0123456789abcdef")
SH_0 = 0.28209479177387814


def lump(count: int, seed: int = 3) -> np.ndarray:
    """Points strewn over a closed lump without symmetry, about two units large."""
    draw = np.random.default_rng(seed)
    unit = draw.normal(size=(count, 3))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    x, y, z = unit.T
    size = 1.0 + 0.25 * np.sin(2.0 * x + 1.0) * np.cos(3.0 * y) + 0.2 * z * x + 0.1 * np.sin(5.0 * z + y)
    return np.stack([1.5 * size * x, size * y, 0.8 * size * z + 0.3 * x * x], axis=1)


def splats(count: int = 12000, degree_rest: int = 3, seed: int = 3) -> Splats:
    """Trained-looking splats: colours that vary with the place and from splat to splat, many of them faint."""
    draw = np.random.default_rng(seed)
    points = lump(count, seed) + draw.normal(0.0, 0.004, (count, 3))
    tint = 0.5 + 0.2 * np.sin(points @ draw.normal(0.0, 2.0, (3, 3)) + 1.0)
    colors = np.clip(tint + draw.normal(0.0, 0.08, (count, 1)) + draw.normal(0.0, 0.01, (count, 3)), 0.0, 1.0)
    turns = draw.normal(size=(count, 4))
    rest = draw.normal(0.0, 0.05, (count, degree_rest, 3))
    return Splats(
        "/splats/0",
        points.astype(np.float32),
        np.exp(draw.normal(-4.0, 0.5, (count, 3))).astype(np.float32),
        (turns / np.linalg.norm(turns, axis=1, keepdims=True)).astype(np.float32),
        draw.beta(0.6, 0.6, count).astype(np.float32),
        np.concatenate([((colors - 0.5) / SH_0)[:, None], rest], axis=1).astype(np.float32),
    )


def splat_cloud(count: int = 12000, levels: float | None = None) -> Cloud:
    made = splats(count)
    colors = 0.5 + SH_0 * made.harmonics[:, 0].astype(np.float64)
    if levels:
        colors = 0.5 + np.round((colors - 0.5) * levels - 0.5) / levels + 0.5 / levels
    weights = splat_weights(made.opacities.astype(np.float64), made.scales.astype(np.float64))
    return Cloud(made.positions.astype(np.float64), weights, colors, levels)


def point_cloud(count: int = 16000, noise: float = 0.002) -> Cloud:
    """A scan: points on the lump, with noise."""
    points = lump(count, 5) + np.random.default_rng(6).normal(0.0, noise, (count, 3))
    return Cloud(points.astype(np.float32).astype(np.float64), np.ones(count))
