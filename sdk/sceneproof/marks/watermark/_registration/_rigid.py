"""A suspect that was moved, scaled, stretched or cropped: one transform for all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._fit import affine, robust
from ._icp import Aligned, align
from ._samples import Samples, spread
from ._types import Body, Candidate, Floats, Ints, Registered, applied, inverse

TARGET_SAMPLES = 120_000
SOURCE_SAMPLES = 9_000
STRETCHED = 0.8  # an affine is taken for the better model when it leaves less than this of a similarity's residual


@dataclass(frozen=True, eq=False)
class Pair:
    """A suspect and its reference with samples of both."""

    suspect: Body
    reference: Body
    source: Samples
    target: Samples


def pair(suspect: Body, reference: Body) -> Pair:
    """Samples of both, the same on every run."""
    return Pair(
        suspect,
        reference,
        spread(suspect.points, suspect.faces, SOURCE_SAMPLES, 1),
        spread(reference.points, reference.faces, TARGET_SAMPLES, 2),
    )


def refined(pair: Pair, start: Floats, reach: float) -> list[tuple[str, Aligned]]:
    """The better of similarity and affine first; the other only where they differ enough to matter."""
    first = align(pair.source, pair.target, nearest_similarity(start), "similarity", reach)
    bent = first.matrix if np.isfinite(first.rms) and first.rms < 0.1 * reach else start
    second = align(pair.source, pair.target, bent, "affine", reach / 2.0)
    models = [("similarity", first), ("affine", second)]
    return models[::-1] if second.rms < STRETCHED * first.rms else models


def nearest_similarity(matrix: Floats) -> Floats:
    """Without the stretch of an affine."""
    u, s, vt = np.linalg.svd(matrix[:3, :3])
    out = matrix.copy()
    out[:3, :3] = float(np.prod(s) ** (1.0 / 3.0)) * u @ vt
    return out


def candidate(pair: Pair, matrix: Floats, kind: str) -> Candidate:
    """The suspect moved by ``matrix`` into the reference's world, its faces shared out to the nearest parts."""
    moved = applied(matrix, pair.suspect.points)
    owner = _owners(pair, moved)
    surfaces = []
    for row, part in enumerate(pair.reference.parts):
        found = registered(pair, row, _home(pair.reference, row, moved, inverse(part.world)), owner == row)
        surfaces += [found] if found else []
    rms, overlap = quality(pair, pair.source.moved(matrix))
    return Candidate(kind, tuple(surfaces), rms, overlap)


def registered(pair: Pair, row: int, points: Floats, mine: NDArray[np.bool_]) -> Registered | None:
    """The faces ``mine`` (m,) of the suspect with its ``points`` (n, 3) as they lie in the reference's part ``row``."""
    if not mine.any():
        return None
    source = int(np.bincount(pair.suspect.face_part[mine]).argmax())
    used, flat = np.unique(pair.suspect.faces[mine], return_inverse=True)
    faces = np.ascontiguousarray(flat.reshape(-1, 3).astype(np.int64))
    return Registered(row, source, np.ascontiguousarray(points[used]), faces)


def _home(reference: Body, row: int, moved: Floats, back: Floats) -> Floats:
    """World to node-local; a skinned part at rest goes by the affine that takes its rest pose to its bind pose."""
    part = reference.parts[row]
    if not part.skinned:
        return applied(back, moved)
    rest = reference.points[reference.starts[row] : reference.starts[row + 1]]
    matrix, _ = robust(affine, rest, part.points)
    return applied(matrix, moved)


def _owners(pair: Pair, moved: Floats) -> Ints:
    """Row of the reference's part (f,) that each face of the suspect lies on."""
    if len(pair.reference.parts) == 1:
        return np.zeros(len(pair.suspect.faces), np.int64)
    middle = moved[pair.suspect.faces].mean(axis=1)
    _, row = pair.target.nearest(middle)
    return pair.reference.face_part[pair.target.face[row]]


def quality(pair: Pair, moved: Samples) -> tuple[float, float]:
    """Root mean square distance of what lies on the reference, as a fraction of its diagonal, and the share of the
    reference that is covered."""
    diagonal = pair.reference.diagonal
    distance, row = pair.target.nearest(moved.points, 0.02 * diagonal)
    hit = np.isfinite(distance)
    if not hit.any():
        return float("inf"), 0.0
    gap = ((moved.points[hit] - pair.target.points[row[hit]]) * pair.target.normals[row[hit]]).sum(axis=1)
    looked = pair.target.some(4000)
    spacing = 3.0 * np.sqrt(moved.area / max(len(moved.points), 1))
    covered, _ = moved.nearest(looked.points, max(0.01 * diagonal, float(spacing)))
    return float(np.sqrt((gap**2).mean())) / diagonal, float(np.isfinite(covered).mean())
