"""Statistics of base colour maps that stay put when a map is stored as JPEG: shrunk, blurred, with wide thresholds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.scene import Array

SIDE = 256  # pixels that every map is brought to
BLUR = 0.7  # pixels, standard deviation
FLAT = 1.0  # grey levels between neighbours up to which they count as equal
SPREAD = 2.5  # grey levels: standard deviation of an 8 x 8 block above which it counts as structured


@dataclass(frozen=True)
class MapStatistics:
    """Of one map: share of flat steps, ln of the kurtosis of the steps, share of structured blocks."""

    flat: float
    log_kurtosis: float
    blocks: float


def map_statistics(pixels: Array) -> MapStatistics:
    """Statistics of one picture.

    Parameters
    ----------
    pixels : uint8 [shape=(h, w, 3 or 4)], sRGB.
    """
    grey = _blurred(_shrunk(pixels))
    steps = np.concatenate([np.diff(grey, axis=0).ravel(), np.diff(grey, axis=1).ravel()])
    flat = float((np.abs(steps) < FLAT).mean())
    variance = float(steps.var())
    kurtosis = float(((steps - steps.mean()) ** 4).mean() / variance**2) if variance > 1e-12 else 1e6
    blocks = grey.reshape(SIDE // 8, 8, SIDE // 8, 8).std(axis=(1, 3))
    return MapStatistics(flat, float(np.log(max(kurtosis, 1e-6))), float((blocks > SPREAD).mean()))


def _shrunk(pixels: Array) -> Array:
    """Grey levels, float64 [shape=(256, 256)]."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(pixels[:, :, :3])).convert("L")
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX), np.float64)


def _blurred(grey: Array) -> Array:
    offsets = np.arange(-3, 4)
    weights = np.exp(-(offsets**2) / (2 * BLUR**2))
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(3, 3) if side == axis else (0, 0) for side in (0, 1)]
        wide = np.pad(grey, pad, mode="edge")
        grey = sum(
            (weight * np.take(wide, np.arange(SIDE) + shift, axis=axis) for shift, weight in enumerate(weights)),
            np.zeros_like(grey),
        )
    return grey
