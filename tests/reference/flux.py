"""Slow twins of the flux kernels: sums over all points and all centres, one at a time."""

from __future__ import annotations

import math

import numpy as np


def split(corners, limit, share=1.0, weights=None):
    """Barycentric centroids and shares of a triangle bisected at its longest edge, depth first."""
    weights = np.eye(3) if weights is None else weights
    points = weights @ corners
    edges = [np.linalg.norm(points[e] - points[(e + 1) % 3]) for e in range(3)]
    longest = int(np.argmax(edges))
    if edges[longest] <= limit:
        return [(*weights.mean(axis=0), share)]
    other = (longest + 1) % 3
    middle = 0.5 * (weights[longest] + weights[other])
    first, second = weights.copy(), weights.copy()
    first[longest] = middle
    second[other] = middle
    return split(corners, limit, share / 2, second) + split(corners, limit, share / 2, first)


def functional(place, area, centre, wave, radius):
    """Flux and gain of one functional: F = B cos(q.r + phase) q / |q|^2, and its divergence by the product rule."""
    q, phase = np.asarray(wave[:3]), wave[3]
    total, power = 0.0, 0.0
    for x, a in zip(place, area, strict=True):
        r = x - centre
        inside = 1.0 - r @ r / radius**2
        if inside <= 0.0:
            continue
        field = inside**2 * math.cos(q @ r + phase) * q / (q @ q)
        gradient = 2.0 * inside * (-2.0 * r / radius**2)
        divergence = gradient @ q / (q @ q) * math.cos(q @ r + phase) - inside**2 * math.sin(q @ r + phase)
        total += field @ a
        power += divergence**2 * np.linalg.norm(a)
    return total, math.sqrt(power)


def expanded(row, centre, wave, radius, step=1e-4):
    """Flux through one sample by the Taylor series of the scalar wave about its place, derivatives by differences."""
    q, phase = np.asarray(wave[:3]), wave[3]

    def scalar(x):
        r = x - centre
        return (1.0 - r @ r / radius**2) ** 2 * math.cos(q @ r + phase)

    place, through = row[:3], q @ row[4:7]
    unit = np.eye(3) * step
    total = scalar(place) * through
    for k in range(3):
        slope = (scalar(place + unit[k]) - scalar(place - unit[k])) / (2 * step)
        total += slope * (q @ row[7:16].reshape(3, 3)[:, k])
    spread = row[[16, 19, 20, 19, 17, 21, 20, 21, 18]].reshape(3, 3)
    for k in range(3):
        for j in range(3):
            corners = [scalar(place + a * unit[k] + b * unit[j]) * a * b for a in (1, -1) for b in (1, -1)]
            total += 0.5 * through * spread[k, j] * sum(corners) / (4 * step * step)
    return total / (q @ q)


def bump_sum(place, weight, centre, radius):
    """Sum of the bump times the weights."""
    inside = 1.0 - ((place - centre) ** 2).sum(axis=1) / radius**2
    return float((np.maximum(inside, 0.0) ** 2 * weight).sum())


def tensor(place, area, centre, radius):
    """Normal tensor over averages in thirds of a cell."""
    out = np.zeros((3, 3))
    voxel = np.floor(place).astype(int) * 3 + np.minimum(((place - np.floor(place)) * 3).astype(int), 2)
    for key in np.unique(voxel, axis=0):
        mine = (voxel == key).all(axis=1)
        vector = area[mine].sum(axis=0)
        size = np.linalg.norm(area[mine], axis=1)
        length = np.linalg.norm(vector)
        if length == 0.0:
            continue
        r = (place[mine] * size[:, None]).sum(axis=0) / size.sum() - centre
        inside = 1.0 - r @ r / radius**2
        if inside > 0.0:
            out += inside**2 * np.outer(vector, vector) / length
    return out
