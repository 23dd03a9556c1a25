"""Transforms from pairs of points in closed form, and the same against outliers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._types import Floats, applied

Fit = Callable[[Floats, Floats, Floats], Floats]
DRAWS = 96  # minimal samples of a robust fit: with half of the pairs wrong, one in sixteen is clean


def similarity(source: Floats, target: Floats, weight: Floats) -> Floats:
    """Rotation, scale and shift (4, 4) that take ``source`` (n, 3) nearest to ``target``.

    Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991.
    """
    total = max(float(weight.sum()), 1e-300)
    low = (source * weight[:, None]).sum(axis=0) / total
    high = (target * weight[:, None]).sum(axis=0) / total
    left, right = source - low, target - high
    u, s, vt = np.linalg.svd((right * weight[:, None]).T @ left / total)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])
    spread = float((weight * (left**2).sum(axis=1)).sum()) / total
    scale = float((s * sign).sum()) / spread if spread > 0.0 else 1.0
    out = np.eye(4)
    out[:3, :3] = scale * (u * sign) @ vt
    out[:3, 3] = high - out[:3, :3] @ low
    return out


def affine(source: Floats, target: Floats, weight: Floats) -> Floats:
    """Affine (4, 4) by weighted least squares."""
    total = max(float(weight.sum()), 1e-300)
    low = (source * weight[:, None]).sum(axis=0) / total
    high = (target * weight[:, None]).sum(axis=0) / total
    left, right = source - low, target - high
    size = np.sqrt(float((weight * (left**2).sum(axis=1)).sum()) / total) or 1.0
    gram = (left * weight[:, None]).T @ left / (total * size**2) + 1e-9 * np.eye(3)
    cross = (left * weight[:, None]).T @ right / (total * size**2)
    out = np.eye(4)
    out[:3, :3] = np.linalg.solve(gram, cross).T
    out[:3, 3] = high - out[:3, :3] @ low
    return out


def robust(fit: Fit, source: Floats, target: Floats, least: int = 4) -> tuple[Floats, Floats]:
    """A transform that most pairs agree on, and the weight (n,) of each: least median of squares over deterministic
    draws, then reweighted (Tukey's biweight, scale from the median)."""
    random = np.random.default_rng(0)
    count = len(source)
    looked = random.choice(count, min(count, 2000), replace=False)
    best, matrix = np.inf, fit(source, target, np.ones(count))
    for draw in range(DRAWS + 1):
        if draw:
            chosen = random.choice(count, min(count, least + 4), replace=False)
            trial = fit(source[chosen], target[chosen], np.ones(len(chosen)))
        else:
            trial = matrix
        middle = float(np.median(((applied(trial, source[looked]) - target[looked]) ** 2).sum(axis=1)))
        if middle < best:
            best, matrix = middle, trial
    weight = np.ones(count)
    for _ in range(12):
        distance = np.linalg.norm(applied(matrix, source) - target, axis=1)
        weight = tukey(distance)
        matrix = fit(source, target, weight)
    return matrix, weight


def tukey(distance: Floats, floor: float = 1e-12) -> Floats:
    """Weights of residuals: 1 near nothing, 0 beyond 4.7 robust standard deviations."""
    limit = max(4.685 * 1.4826 * float(np.median(distance)), floor) if len(distance) else floor
    inside = np.clip(1.0 - (distance / limit) ** 2, 0.0, None)
    weight: Floats = inside**2
    return weight


def rms(distance: Floats, weight: Floats) -> float:
    """Root mean square of what has weight."""
    kept = weight > 0.0
    return float(np.sqrt((distance[kept] ** 2).mean())) if kept.any() else float("inf")
