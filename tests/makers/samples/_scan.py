"""What a scan sees: an object's distance field with its colours, and a PLY writer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.makers.samples._sdf import ball, capsule, carve, join, slab
from tests.makers.shapes import smooth_noise


def jug(p: np.ndarray) -> np.ndarray:
    """A clay jug on a turntable with a pear and an old book beside it, about 0.4 m across; y = 0 is the table."""
    flat = np.linalg.norm(p[..., [0, 2]] - (0, -0.02), axis=-1)
    y = p[..., 1]
    profile = np.interp(y, [0.0, 0.02, 0.10, 0.17, 0.23, 0.27, 0.30], [0.050, 0.062, 0.088, 0.080, 0.046, 0.040, 0.050])
    body = np.maximum((flat - profile) * 0.75, np.maximum(y - 0.30, -y))
    body = carve(body, capsule(p, (0, 0.08, -0.02), (0, 0.34, -0.02), 0.034, 0.030), 0.01)
    angle = np.linspace(-1.35, 1.95, 9)
    arc = np.stack([0.062 + 0.065 * np.cos(angle), 0.185 + 0.070 * np.sin(angle), np.full(9, -0.02)], -1)
    handle = np.min([capsule(p, arc[k], arc[k + 1], 0.0105) for k in range(8)], axis=0)
    body = join(body, handle, 0.014)
    return np.minimum(np.minimum(body, pear(p)), np.minimum(book(p), stand(p)))


def pear(p: np.ndarray) -> np.ndarray:
    fruit = join(ball(p, (-0.115, 0.062, 0.055), 0.037), ball(p, (-0.112, 0.108, 0.060), 0.020), 0.06)
    return join(fruit, capsule(p, (-0.112, 0.120, 0.060), (-0.105, 0.150, 0.066), 0.003), 0.006)


def book(p: np.ndarray) -> np.ndarray:
    turn = np.array([[0.94, 0, 0.342], [0, 1, 0], [-0.342, 0, 0.94]])
    cover = slab(p, (-0.075, 0.0130, 0.070), (0.085, 0.0125, 0.058), 0.003, turn)
    pages = slab(p, (-0.069, 0.0130, 0.078), (0.088, 0.0085, 0.058), 0.002, turn)
    return join(carve(cover, pages, 0.002), pages + 0.004, 0.001)


def stand(p: np.ndarray) -> np.ndarray:
    flat = np.linalg.norm(p[..., [0, 2]], axis=-1)
    return np.maximum(flat - 0.20, np.abs(p[..., 1] + 0.010) - 0.010)


def colours(p: np.ndarray) -> np.ndarray:
    """Linear colour in 0..1 of the nearest thing at each point, with the soft shade of a cloudy day baked in."""
    parts = np.stack([pear(p), book(p), stand(p)], -1)
    whole = jug(p)
    which = np.where(parts.min(-1) < whole + 1.5e-3, parts.argmin(-1), 3)
    grain = smooth_noise(p * 55, seed=201)
    tone = np.array([(0.52, 0.50, 0.10), (0.20, 0.045, 0.04), (0.34, 0.33, 0.31), (0.42, 0.19, 0.095)])[which]
    glaze = (which == 3) & (p[..., 1] > 0.155 + 0.012 * smooth_noise(p * 22, seed=202))
    tone = np.where(glaze[..., None], (0.10, 0.20, 0.21), tone)
    bloom = ((which == 0) * np.clip(0.5 + 0.7 * smooth_noise(p * 16, seed=203), 0, 1))[..., None]
    tone = tone * (1 - 0.6 * bloom) + np.array((0.42, 0.13, 0.05)) * 0.6 * bloom
    low = np.clip((p[..., 1] + 0.02) / 0.12, 0, 1)
    return np.clip(tone * (1 + 0.10 * grain)[..., None] * (0.55 + 0.45 * low)[..., None], 0, 1)


def srgb(linear: np.ndarray) -> np.ndarray:
    """8-bit sRGB of linear colour."""
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.rint(np.clip(curve, 0, 1) * 255).astype(np.uint8)


def ply(columns: Sequence[tuple[str, np.ndarray]], comments: Sequence[str] = ()) -> bytes:
    """A binary little-endian PLY of one ``vertex`` element; float columns become ``float``, bytes ``uchar``."""
    names = {"f": ("float", "<f4"), "u": ("uchar", "u1")}
    kinds = [(name, *names[array.dtype.kind], array) for name, array in columns]
    rows = np.empty(len(columns[0][1]), [(name, code) for name, _, code, _ in kinds])
    for name, _, _, array in kinds:
        rows[name] = array
    head = ["ply", "format binary_little_endian 1.0", *(f"comment {line}" for line in comments)]
    head += [f"element vertex {len(rows)}", *(f"property {kind} {name}" for name, kind, _, _ in kinds), "end_header"]
    return "\n".join(head).encode() + b"\n" + rows.tobytes()
