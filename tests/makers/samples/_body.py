"""Clothes, shoes and hands of the sample human as distance fields in the figure's frame (metres, A pose, facing +Z)."""

from __future__ import annotations

import numpy as np

from tests.makers.samples import _rig as rig
from tests.makers.samples._sdf import ball, capsule, carve, ellipsoid, join, ring, sculpted, slab
from tests.makers.shapes import Shape, smooth_noise

WAISTBAND = 0.975  # height at which the trousers end, well under the pullover


def mirrored(p: np.ndarray) -> np.ndarray:
    q = p.copy()
    q[..., 0] = np.abs(q[..., 0])
    return q


def sweater(p: np.ndarray) -> np.ndarray:
    q = mirrored(p)
    d = ellipsoid(q, (0, 1.285, -0.008), (0.168, 0.175, 0.112))
    d = join(d, ellipsoid(q, (0.075, 1.315, 0.045), (0.085, 0.075, 0.055)), 0.05)
    d = join(d, ellipsoid(q, (0, 1.09, 0.0), (0.152, 0.175, 0.104)), 0.09)
    d = join(d, ellipsoid(q, (0, 0.945, -0.006), (0.190, 0.200, 0.138)), 0.05)
    d = join(d, ellipsoid(q, (0.072, 0.905, -0.043), (0.098, 0.130, 0.090)), 0.05)
    d = join(d, capsule(q, (0, 1.405, -0.025), rig.SHOULDER - np.array([0.005, 0.012, 0]), 0.066, 0.058), 0.05)
    d = join(d, capsule(q, (0.03, 1.470, -0.030), (0.140, 1.425, -0.028), 0.036, 0.040), 0.04)
    d = join(d, capsule(q, rig.SHOULDER + 0.01 * rig.ARM, rig.ELBOW, 0.060, 0.049), 0.045)
    d = join(d, capsule(q, rig.ELBOW, rig.WRIST - 0.045 * rig.FOREARM, 0.049, 0.038), 0.03)
    d = join(d, capsule(q, rig.WRIST - 0.045 * rig.FOREARM, rig.WRIST - 0.008 * rig.FOREARM, 0.0335, 0.0340), 0.008)
    d = np.maximum(d, (q - rig.WRIST) @ rig.FOREARM - 0.002)
    d = join(d, ring(q, (0, 1.478, -0.024), 0.062, 0.013), 0.03)
    hem = np.exp(-(((p[..., 1] - 0.905) / 0.016) ** 4))
    return np.maximum(d - 0.0035 * hem, 0.888 - p[..., 1])


def knitted(p: np.ndarray) -> np.ndarray:
    return sweater(p) - folds(p, mirrored(p))


def folds(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Creases: round the waist, across the elbows and out of the armpits."""
    waist = np.exp(-(((p[..., 1] - 1.02) / 0.07) ** 2)) * np.clip(1.3 - q[..., 0] / 0.2, 0, 1)
    elbow = np.exp(-((np.linalg.norm(q - rig.ELBOW, axis=-1) / 0.08) ** 2))
    pit = np.exp(-((np.linalg.norm(q - (0.15, 1.31, 0.02), axis=-1) / 0.09) ** 2))
    across = np.sin(95 * (q @ rig.ARM) + 3 * smooth_noise(p * 6, seed=61))
    level = np.sin(80 * p[..., 1] + 3.5 * smooth_noise(p * 5, seed=62) + 9 * q[..., 0])
    slant = np.sin(70 * (q[..., 0] - 0.9 * p[..., 1]) + 2 * smooth_noise(p * 6, seed=63))
    return (
        0.0035 * waist * level + 0.0032 * elbow * across + 0.0035 * pit * slant + 0.0016 * smooth_noise(p * 9, seed=64)
    )


def trousers(p: np.ndarray) -> np.ndarray:
    q = mirrored(p)
    d = ellipsoid(q, (0, 0.945, -0.006), (0.158, 0.090, 0.112))
    d = join(d, ellipsoid(q, (0.072, 0.895, -0.045), (0.082, 0.085, 0.078)), 0.05)
    leg = capsule(q, (0.088, 0.880, -0.008), (0.100, 0.505, 0.004), 0.088, 0.064)
    shin = capsule(q, (0.100, 0.505, 0.004), (0.108, 0.105, -0.026), 0.064, 0.056)
    d = join(d, join(leg, shin, 0.03), 0.05)
    return np.maximum(d, np.maximum(0.062 - p[..., 1], p[..., 1] - WAISTBAND))


def worn(p: np.ndarray) -> np.ndarray:
    """The trousers with their creases at knee, ankle and groin, and a pressed seam."""
    q = mirrored(p)
    knee = np.exp(-((np.linalg.norm(q - (0.100, 0.50, -0.03), axis=-1) / 0.10) ** 2))
    ankle = np.exp(-(((p[..., 1] - 0.11) / 0.055) ** 2))
    groin = np.exp(-((np.linalg.norm(q - (0.05, 0.86, 0.08), axis=-1) / 0.08) ** 2))
    wave = smooth_noise(p * 5, seed=71)
    crease = 0.0030 * knee * np.sin(85 * p[..., 1] + 3 * wave) + 0.0045 * ankle * np.sin(125 * p[..., 1] + 3 * wave)
    fan = 0.0028 * groin * np.sin(75 * (q[..., 0] + 0.8 * p[..., 1]) + 2 * wave)
    seam = (
        0.0012
        * np.exp(-(((q[..., 0] - 0.098) / 0.006) ** 2))
        * (p[..., 2] > 0)
        * np.clip((0.8 - p[..., 1]) / 0.1, 0, 1)
    )
    return trousers(p) - crease - fan - seam - 0.0015 * smooth_noise(p * 8, seed=72)


def shoes(p: np.ndarray) -> np.ndarray:
    q = mirrored(p)
    toe_out = q - (0.108, 0, 0)
    q = np.stack([toe_out[..., 0] - 0.10 * toe_out[..., 2], q[..., 1], q[..., 2]], -1)
    upper = capsule(q, (0, 0.052, -0.058), (0, 0.030, 0.118), 0.038, 0.037)
    upper = join(upper, capsule(q, (0, 0.085, -0.045), (0, 0.062, 0.03), 0.040, 0.034), 0.03)
    upper = join(upper, ellipsoid(q, (0.003, 0.030, 0.120), (0.046, 0.032, 0.052)), 0.02)
    upper = carve(upper, ball(q, (0, 0.145, -0.04), 0.030), 0.01)
    upper = np.maximum(upper, 0.010 - p[..., 1])
    sole = join(
        slab(q, (0, 0.012, -0.045), (0.037, 0.012, 0.058), 0.010),
        slab(q, (0.003, 0.011, 0.090), (0.040, 0.011, 0.076), 0.010),
        0.02,
    )
    return join(upper, sole, 0.004)


def hand(p: np.ndarray) -> np.ndarray:
    """The left hand, with a stump of wrist that hides in the sleeve."""
    out, ahead, flat = rig.FOREARM, rig.FRONT, rig.PALM
    axes = np.stack([out, ahead, flat])
    d = slab(p, rig.WRIST + 0.050 * out, (0.043, 0.039, 0.0135), 0.013, axes)
    d = join(d, capsule(p, rig.WRIST - 0.05 * out, rig.WRIST + 0.01 * out, 0.0255, 0.0265), 0.022)
    d = join(d, capsule(p, rig.WRIST + 0.02 * out + 0.018 * ahead, rig.finger("Thumb")[1], 0.0155, 0.012), 0.018)
    for name, radius in zip(rig.FINGERS, (0.0105, 0.0092, 0.0095, 0.0090, 0.0080), strict=True):
        places = rig.finger(name)
        digit = capsule(p, places[0], places[1], radius * 1.06, radius)
        digit = join(digit, capsule(p, places[1], places[2], radius, radius * 0.93), 0.002)
        digit = join(
            digit, capsule(p, places[2], places[3] - 0.3 * (places[3] - places[2]), radius * 0.95, radius * 0.82), 0.002
        )
        d = join(d, digit, 0.007 if name != "Thumb" else 0.012)
    return d - 0.0004 * smooth_noise(p * 60, seed=81)


def left_hand() -> Shape:
    reach = np.stack([rig.WRIST - 0.07 * rig.FOREARM, *(rig.finger(n)[3] for n in rig.FINGERS), rig.finger("Thumb")[1]])
    return sculpted(hand, reach.min(0) - 0.04, reach.max(0) + 0.04, 0.0042)


def clothes() -> dict[str, Shape]:
    return {
        "sweater": sculpted(knitted, (-0.66, 0.86, -0.20), (0.66, 1.54, 0.20), 0.0098, rough=sweater),
        "trousers": sculpted(worn, (-0.24, 0.04, -0.18), (0.24, 1.08, 0.16), 0.0098, rough=trousers),
        "shoes": sculpted(shoes, (-0.19, -0.02, -0.13), (0.19, 0.16, 0.20), 0.0066),
    }
