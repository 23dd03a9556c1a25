"""Where a suspect has the vertices of its reference: on the line along each normal."""

from __future__ import annotations

import numpy as np

from ._samples import spread
from ._types import Floats, Ints, vertex_normals

SAMPLES = 150_000  # of the suspect, by area; and the middle of every face
NEAREST = 8  # of them, whose faces are cut with the line
REACH = 0.008  # of the diagonal of a part: how far its surface may have moved
FACING = 0.4  # cosine of normals from which two places may be the same
SLACK = 1e-3  # of a triangle, by which a line may miss it: there are no gaps between faces


def seen(points: Floats, faces: Ints, suspect: tuple[Floats, Ints], reach: float) -> Floats:
    """Places (n, 3) on the suspect (``points``, ``faces``) of the vertices of a surface; NaN where there is none
    within ``reach``.

    Each is on the line through the vertex along its normal, so it says how far the surface moved along that, and
    nothing of how vertices slid.
    """
    out = np.full(points.shape, np.nan)
    there, corners = suspect
    if not len(corners) or not len(points):
        return out
    from scipy.spatial import cKDTree

    samples = spread(there, corners, SAMPLES, 6)
    tree = cKDTree(np.concatenate([samples.points, there[corners].mean(axis=1)]))
    of = np.concatenate([samples.face, np.arange(len(corners))])
    normals = vertex_normals(points, faces)
    apart = reach + 2.0 * samples.spacing
    low, high = there[corners].reshape(-1, 3).min(axis=0) - apart, there[corners].reshape(-1, 3).max(axis=0) + apart
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1) & (normals != 0.0).any(axis=1))
    _, rows = tree.query(points[near], k=NEAREST, distance_upper_bound=apart)
    best = np.full(len(near), np.inf)
    for column in rows.T:
        hit = np.flatnonzero(column < len(of))
        far = np.full(len(near), np.inf)
        far[hit] = _cut(points[near[hit]], normals[near[hit]], there[corners[of[column[hit]]]])
        best = np.where(np.abs(far) < np.abs(best), far, best)
    good = np.abs(best) < reach
    out[near[good]] = points[near[good]] + best[good, None] * normals[near[good]]
    return out


def _cut(points: Floats, normals: Floats, triangles: Floats) -> Floats:
    """Distances (n,) along unit normals to triangles (n, 3, 3) that face the same way; infinite where they are missed.

    Source: T. Möller, B. Trumbore, "Fast, minimum storage ray/triangle intersection", 1997.
    """
    one, two = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    across = np.cross(one, two)
    length = np.linalg.norm(across, axis=1)
    slope = (across * normals).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = points - triangles[:, 0]
        turned = np.cross(normals, offset)
        u = (two * turned).sum(axis=1) / slope
        v = -(one * turned).sum(axis=1) / slope
        far = -(offset * across).sum(axis=1) / slope
        inside = (u > -SLACK) & (v > -SLACK) & (u + v < 1.0 + SLACK) & (slope > FACING * length) & (length > 0.0)
    out: Floats = np.where(inside, far, np.inf)
    return out
