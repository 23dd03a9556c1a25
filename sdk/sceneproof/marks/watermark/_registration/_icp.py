"""Iterative closest points, point to plane, for a similarity or an affine.

Source: Y. Chen and G. Medioni, "Object modelling by registration of multiple range images", 1992; robust weights as in
S. Bouaziz et al., "Sparse iterative closest point", 2013, with a biweight in place of the sparse norm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._fit import tukey
from ._samples import Samples
from ._types import Floats, applied

FACING = 0.5  # cosine of normals from which two points may be the same
SLIP = 0.03  # weight of the distance along the surface: keeps flat and round shapes from sliding for ever


@dataclass(frozen=True, eq=False)
class Aligned:
    """A transform (4, 4) to the target, root mean square distance of the pairs that count, and their share."""

    matrix: Floats
    rms: float
    share: float


def align(source: Samples, target: Samples, start: Floats, model: str, reach: float, rounds: int = 40) -> Aligned:
    """Refine ``start``. ``model`` is ``similarity`` or ``affine``; ``reach`` is the farthest pair at first, in units of
    the target; it falls with the residuals."""
    matrix = start
    limit, least = reach, 3.0 * target.spacing  # nearer than that, a partner is missed that lies between two samples
    before = np.inf
    for _ in range(rounds):
        pairs = _pairs(source, target, matrix, limit)
        if pairs is None:
            return Aligned(matrix, np.inf, 0.0)
        moved, hit, normal, gap, weight, _ = pairs
        matrix = _step(moved, hit, normal, weight, model) @ matrix
        if not _sound(matrix, start):
            return Aligned(start, np.inf, 0.0)
        limit = max(min(0.9 * limit, 8.0 * float(np.median(gap)) + 0.4 * limit), least)
        now = float(np.sqrt((weight * gap**2).sum() / max(float(weight.sum()), 1e-300)))
        if abs(before - now) < 1e-4 * now and limit <= 1.01 * least:
            break
        before = now
    pairs = _pairs(source, target, matrix, limit)
    if pairs is None:
        return Aligned(matrix, np.inf, 0.0)
    _, _, _, gap, weight, share = pairs
    return Aligned(matrix, float(np.sqrt((gap**2)[weight > 0.0].mean())), share)


def _sound(matrix: Floats, start: Floats) -> bool:
    """Whether a transform has not collapsed, mirrored or blown up what it started from."""
    stretch = np.linalg.svd(matrix[:3, :3] @ np.linalg.inv(start[:3, :3]), compute_uv=False)
    turned = np.linalg.det(matrix[:3, :3]) * np.linalg.det(start[:3, :3])
    return bool(np.isfinite(matrix).all() and turned > 0.0 and stretch[0] < 2.0 and stretch[2] > 0.5)


def _pairs(
    source: Samples, target: Samples, matrix: Floats, limit: float
) -> tuple[Floats, Floats, Floats, Floats, Floats, float] | None:
    """Moved points, their partners, the partners' normals, distances to their planes, weights, share of all points."""
    moved = applied(matrix, source.points)
    turned = source.normals @ np.linalg.inv(matrix[:3, :3])
    turned /= np.linalg.norm(turned, axis=1, keepdims=True) + 1e-300
    distance, row = target.nearest(moved, limit)
    near = np.flatnonzero(np.isfinite(distance))
    near = near[(turned[near] * target.normals[row[near]]).sum(axis=1) > FACING]
    if len(near) < 30:
        return None
    hit, normal = target.points[row[near]], target.normals[row[near]]
    gap = np.abs(((moved[near] - hit) * normal).sum(axis=1))
    return moved[near], hit, normal, gap, tukey(gap, 1e-9 * limit), len(near) / len(moved)


def _step(moved: Floats, hit: Floats, normal: Floats, weight: Floats, model: str) -> Floats:
    centre = moved.mean(axis=0)
    local = moved - centre
    size = float(np.sqrt((local**2).sum(axis=1).mean())) or 1.0
    local = local / size
    gap = (hit - moved) / size
    # rows for the distance along the normal, and lightly for each coordinate
    blocks = [(normal, np.sqrt(weight))] + [
        (np.tile(axis, (len(moved), 1)), SLIP * np.sqrt(weight)) for axis in np.eye(3)
    ]
    columns, values = [], []
    for direction, share in blocks:
        if model == "affine":
            parts = [direction[:, k, None] * local for k in range(3)] + [direction]
        else:
            parts = [np.cross(local, direction), (direction * local).sum(axis=1)[:, None], direction]
        columns.append(np.concatenate(parts, axis=1) * share[:, None])
        values.append((direction * gap).sum(axis=1) * share)
    matrix, right = np.concatenate(columns), np.concatenate(values)
    gram = matrix.T @ matrix
    gram += np.eye(len(gram)) * 1e-9 * float(np.trace(gram))
    found = np.linalg.solve(gram, matrix.T @ right)
    step = np.eye(4)
    if model == "affine":
        step[:3, :3] += found[:9].reshape(3, 3)
    else:
        step[:3, :3] = np.exp(np.clip(found[3], -0.2, 0.2)) * rotation(found[:3])
    step[:3, 3] = centre + size * found[-3:] - step[:3, :3] @ centre
    return step


def rotation(vector: Floats) -> Floats:
    """Rotation (3, 3) of a rotation vector (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-15:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    out: Floats = np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
    return out
