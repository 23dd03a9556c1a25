"""The ways in which a suspect may be its reference, the simplest that fits first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sceneproof.errors import MissingExtraError

from ._articulate import Articulation, together
from ._connectivity import by_connectivity, by_order
from ._fit import affine, robust, similarity
from ._global import CROPPED, UNCUT, place
from ._icp import Aligned
from ._posed import solve_joints, unposed
from ._rigid import Pair, candidate, pair, refined
from ._types import Body, Candidate, Floats, Ints, applied, inverse

FEWEST = 200  # vertices of a suspect: fewer bear no payload
FEW = 60  # matched vertices below which nothing is built on them
SHARE = 0.05  # of the suspect's vertices, likewise
BELIEVED = 0.02  # of the diagonal: what the best model may leave of matched vertices, noise and all
ALIKE = 1.25  # a simpler model is kept when it leaves no more than this times the residual of the next
ALMOST_ALL = 0.95  # of the suspect's vertices: with fewer matched, joints refined by closest points are tried too
PLACED = 0.3  # share of the suspect that must come to lie on the reference
WHOLE = 0.9  # share from which the suspect is taken to be in the reference's own pose
REACH = 0.03  # of the diagonal: farthest pair when a placement is refined


def candidates(suspect: Body, reference: Body) -> Iterator[Candidate]:
    """The suspect in the reference's frames, by matched vertices where the connectivity tells them, else by shape.

    Raises `MissingExtraError` where only features could place it and Open3D does not load.
    """
    if len(suspect.points) < FEWEST or not (suspect.area > 0.0 and reference.area > 0.0):
        return
    both = pair(suspect, reference)
    matches = matched(suspect, reference)
    found = False
    if len(matches) >= max(FEW, SHARE * len(suspect.points)):
        for one in _from_matches(both, matches):
            found = True
            yield one
    if not found or len(matches) < ALMOST_ALL * len(suspect.points):
        yield from _from_shape(both)


def matched(suspect: Body, reference: Body) -> Ints:
    """Pairs (k, 2) of vertices that are the same by order or by connectivity."""
    by_number = by_order(suspect, reference)
    if len(by_number) > 0.9 * len(suspect.points):
        return by_number
    by_graph = by_connectivity((suspect.faces, len(suspect.points)), (reference.faces, len(reference.points)))
    fresh = ~np.isin(by_graph[:, 0], by_number[:, 0])
    return np.concatenate([by_number, by_graph[fresh]])


def _from_matches(both: Pair, matches: Ints) -> Iterator[Candidate]:
    """By the simplest model that leaves little; none where even the best leaves so much that chance matched."""
    source, target = both.suspect.points[matches[:, 0]], both.reference.points[matches[:, 1]]
    models: list[tuple[str, Floats, float]] = []
    for kind, fit in (("similarity", similarity), ("affine", affine)):
        matrix, _ = robust(fit, source, target)
        models.append((kind, matrix, _left(applied(matrix, source) - target, both.reference.diagonal)))
    if len(both.reference.joints) > 1:
        back = np.linalg.inv(models[0][1])
        joints = solve_joints(both.reference, matches[:, 1], source, back @ both.reference.joints)
        there = _posed_points(both.reference, joints)[matches[:, 1]]
        size = both.reference.diagonal * abs(float(np.linalg.det(back[:3, :3]))) ** (1.0 / 3.0)
        models.append(("pose", joints, _left(there - source, size)))
    best = min(left for _, _, left in models)
    if best > BELIEVED:
        return
    kind, found = next((kind, found) for kind, found, left in models if left <= ALIKE * best + 1e-7)
    name = f"{kind} of matched vertices"
    if kind != "pose":
        yield candidate(both, found, name)
        return
    yield unposed(both, found, matches, name)
    if len(matches) < ALMOST_ALL * len(both.suspect.points):  # closest points tell joints that no matched vertex does
        yield unposed(both, together(both, found), matches, name)


def _left(gap: Floats, size: float) -> float:
    """What a model leaves: the ninth decile of distances, so that an arm that moved is seen."""
    return float(np.quantile(np.linalg.norm(gap, axis=1), 0.9)) / size


def _posed_points(body: Body, joints: Floats) -> Floats:
    from ._posed import pose

    return pose(body, joints).points


def _from_shape(both: Pair) -> Iterator[Candidate]:
    diagonal = both.reference.diagonal
    skinned = any(part.skinned for part in both.reference.parts)
    placed = _placed(both, skinned)
    if skinned and placed.share < WHOLE:
        yield from _from_pose(both, placed.matrix)
    if placed.share > PLACED:
        for kind, aligned in refined(both, placed.matrix, REACH * diagonal):
            if np.isfinite(aligned.rms):
                yield candidate(both, aligned.matrix, kind)


def _placed(both: Pair, skinned: bool) -> Aligned:
    """A skinned reference is looked for whole: its pose makes enough to search."""
    try:
        return place(both.source, both.target, both.reference.diagonal, UNCUT if skinned else CROPPED)
    except MissingExtraError:
        if not skinned:
            raise
        return place(both.source, both.target, both.reference.diagonal, ())


def _from_pose(both: Pair, placed: Floats) -> Iterator[Candidate]:
    """From the start, of a placement that fits in part and the suspect as it stands, that has a region in its place."""
    starts = [Articulation(both, start) for start in (inverse(placed), np.eye(4))]
    joints, _ = max(starts, key=lambda search: search.promise).solve()
    yield unposed(both, joints, np.zeros((0, 2), np.int64), "pose")
