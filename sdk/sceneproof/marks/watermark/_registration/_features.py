"""Where points of two surfaces look alike: FPFH descriptors of Open3D, and the similarities that many pairs agree on.

Source: R. B. Rusu, N. Blodow, M. Beetz, "Fast point feature histograms (FPFH) for 3D registration", 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sceneproof.derived.bridges import open3d

from ._fit import similarity
from ._samples import Samples
from ._types import Floats, Ints, applied

POINTS = 3000  # samples of the reference
WIDTH = 1.6  # radius of a descriptor, in sqrt(area / 260)
STRETCH = 1.15  # between the sizes that are tried, and how far a pair of pairs may deviate
TRIPLES = 60000
SCORED = 400
REFITTED = 24


@dataclass(frozen=True, eq=False)
class Described:
    """Samples with a descriptor (n, 33) each, of a surface ``scale`` times as large as it stands in its file."""

    samples: Samples
    features: Floats
    scale: float


def described(samples: Samples, radius: float, scale: float = 1.0) -> Described:
    """Descriptors of samples as they lie when the surface is ``scale`` times as large.

    Raises `MissingExtraError` without Open3D.
    """
    o3d = open3d()
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(samples.points * scale))
    cloud.normals = o3d.utility.Vector3dVector(samples.normals)
    search = o3d.geometry.KDTreeSearchParamHybrid(radius=radius, max_nn=120)
    features = np.asarray(o3d.pipelines.registration.compute_fpfh_feature(cloud, search).data, np.float64).T
    return Described(samples, np.ascontiguousarray(features), scale)


def pairs(source: Described, target: Described) -> Ints:
    """Pairs (k, 2) of samples: each one's best two of the other side, where either looks back among its best two."""
    gap = -2.0 * source.features @ target.features.T
    gap += (source.features**2).sum(axis=1)[:, None]
    gap += (target.features**2).sum(axis=1)[None, :]
    forth = np.argpartition(gap, 1, axis=1)[:, :2]
    back = np.argpartition(gap, 1, axis=0)[:2].T
    row = np.repeat(np.arange(len(forth)), 2)
    other = forth.reshape(-1)
    mutual = (back[other] == row[:, None]).any(axis=1)
    return np.stack([row[mutual], other[mutual]], axis=1).astype(np.int64)


def agreeing(source: Floats, target: Floats, near: float, size: float, keep: int = 3) -> list[tuple[float, Floats]]:
    """Similarities (score, (4, 4)) on which pairs ``source`` (k, 3) to ``target`` agree within ``near``, best first.

    Triples whose sides have one ratio, within `STRETCH` of ``size``, are fitted at once; each is scored by all pairs.
    """
    if len(source) < 6:
        return []
    random = np.random.default_rng(0)
    triple = random.integers(0, len(source), (TRIPLES, 3))
    left, right = source[triple], target[triple]
    sides = [np.linalg.norm(side - np.roll(side, 1, axis=1), axis=2) for side in (left, right)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sides[1] / sides[0]
        even = ratio.max(axis=1) / ratio.min(axis=1)
    middle = np.median(ratio, axis=1)
    long = sides[1].min(axis=1) > 8.0 * near
    good = np.flatnonzero(long & (even < 1.12) & (middle > size / STRETCH) & (middle < size * STRETCH))
    if not len(good):
        return []
    good = good[np.argsort(even[good], kind="stable")][: 4 * SCORED]
    good = good[random.permutation(len(good))][:SCORED]
    matrices = _fitted(left[good], right[good], middle[good])
    scores = np.array([_score(matrix, source, target, near) for matrix in matrices])
    first = np.argsort(-scores, kind="stable")[:REFITTED]
    matrices = np.array([_refitted(matrices[row], source, target, near) for row in first])
    scores = np.array([_score(matrix, source, target, near) for matrix in matrices])
    out: list[tuple[float, Floats]] = []
    for row in np.argsort(-scores, kind="stable"):
        if all(_apart(matrices[row], other, target, near) for _, other in out):
            out.append((float(scores[row]), matrices[row]))
        if len(out) == keep:
            break
    return out


def _score(matrix: Floats, source: Floats, target: Floats, near: float) -> float:
    gap = ((applied(matrix, source) - target) ** 2).sum(axis=1) / (2.0 * near) ** 2
    return float(np.clip(1.0 - gap, 0.0, None).sum())


def _refitted(matrix: Floats, source: Floats, target: Floats, near: float) -> Floats:
    """The same by all pairs that agree with it, which are more with every round."""
    for _ in range(4):
        gap = ((applied(matrix, source) - target) ** 2).sum(axis=1) / (3.0 * near) ** 2
        weight = np.clip(1.0 - gap, 0.0, None) ** 2
        if (weight > 0.0).sum() < 4:
            break
        matrix = similarity(source, target, weight)
    return matrix


def _apart(matrix: Floats, other: Floats, target: Floats, near: float) -> bool:
    """Whether two similarities put the target's points at different places."""
    back = applied(other @ np.linalg.inv(matrix), target)
    return bool(np.median(np.linalg.norm(back - target, axis=1)) > 4.0 * near)


def _fitted(left: Floats, right: Floats, scale: Floats) -> Floats:
    """Similarities (n, 4, 4) of triples (n, 3, 3): the frame of each triangle onto the other's."""
    frames = []
    for corners in (left, right):
        first = corners[:, 1] - corners[:, 0]
        first = first / np.linalg.norm(first, axis=1, keepdims=True)
        up = np.cross(first, corners[:, 2] - corners[:, 0])
        up = up / (np.linalg.norm(up, axis=1, keepdims=True) + 1e-300)
        frames.append(np.stack([first, np.cross(up, first), up], axis=2))
    turn = frames[1] @ frames[0].transpose(0, 2, 1) * scale[:, None, None]
    out = np.tile(np.eye(4), (len(left), 1, 1))
    out[:, :3, :3] = turn
    out[:, :3, 3] = right.mean(axis=1) - np.einsum("nij,nj->ni", turn, left.mean(axis=1))
    return out
