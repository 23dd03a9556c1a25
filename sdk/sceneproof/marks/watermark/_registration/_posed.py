"""A suspect in another pose: the places of the joints from matched points, and the way back to the bind pose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._fit import tukey
from ._rigid import Pair, registered
from ._samples import Samples, spread
from ._skinning import blended
from ._types import Body, Candidate, Floats, Ints, unit

HOLD = 1e-7  # weight by which a joint follows its parent, against a squared vertex: decides where no vertex speaks
OUTLYING = 0.004  # of the diagonal: nearer than that no match is an outlier, for marks and noise move vertices so far
TORN = 3.0  # longer or shorter by this factor than it was, an edge joins what does not belong together
FACING = 0.3
CLEAR = 0.7  # share of a piece's vertices that lie on one part, from which all of them are taken to
SAMPLES = 150_000


def solve_joints(body: Body, rows: Ints, targets: Floats, start: Floats, rounds: int = 6) -> Floats:
    """Joints (j, 4, 4), affine each, under which vertices ``rows`` (k,) of the reference come to ``targets`` (k, 3).

    Skinning is linear in the joints, so this is one least-squares problem; outliers are weighed down. ``start``
    (j, 4, 4) is what a joint without vertices takes, and the offset of each from its parent.
    """
    from scipy.sparse import vstack

    size = body.diagonal or 1.0
    data = _columns(body, rows, size)
    tie, wanted = _ties(body, start, size)
    weight = np.ones(len(rows))
    found = np.zeros((4 * len(body.joints), 3))
    span = float(np.linalg.norm(np.ptp(targets, axis=0)))
    for _ in range(rounds):
        scaled = vstack([data.multiply(np.sqrt(weight)[:, None]), tie * np.sqrt(HOLD)]).tocsr()
        right = np.concatenate([targets * np.sqrt(weight)[:, None], wanted * np.sqrt(HOLD)])
        gram = (scaled.T @ scaled).toarray()
        found = np.linalg.solve(gram + 1e-13 * np.trace(gram) / len(gram) * np.eye(len(gram)), scaled.T @ right)
        weight = tukey(np.linalg.norm(data @ found - targets, axis=1), OUTLYING * span)
    return _matrices(found, len(body.joints), size)


def _columns(body: Body, rows: Ints, size: float) -> Any:
    """Sparse (k, 4 j): each vertex in the space of its joints, times their weights."""
    from scipy.sparse import coo_matrix

    at, columns, values = [], [], []
    part_of = body.part_of[rows]
    for number, part in enumerate(body.parts):
        mine = np.flatnonzero(part_of == number)
        local = rows[mine] - body.starts[number]
        for k in range(part.rig.joints.shape[1]):
            joint, weight = part.rig.joints[local, k], part.rig.weights[local, k]
            bind = part.rig.bind[joint]
            space = np.einsum("nij,nj->ni", bind[:, :3, :3], part.points[local]) + bind[:, :3, 3]
            entry = np.concatenate([space / size, np.ones((len(mine), 1))], axis=1) * weight[:, None]
            at.append(np.repeat(mine, 4))
            columns.append((4 * joint[:, None] + np.arange(4)).reshape(-1))
            values.append(entry.reshape(-1))
    shape = (len(rows), 4 * len(body.joints))
    return coo_matrix((np.concatenate(values), (np.concatenate(at), np.concatenate(columns))), shape=shape).tocsr()


def _ties(body: Body, start: Floats, size: float) -> tuple[Any, Floats]:
    """Rows (4 j, 4 j) that say joint = parent's motion on its own offset, and what they should give (4 j, 3)."""
    from scipy.sparse import lil_matrix

    count = len(body.joints)
    tie, wanted = lil_matrix((4 * count, 4 * count)), np.zeros((4 * count, 3))
    unit_ = np.diag([size, size, size, 1.0])
    for joint in range(count):
        own = slice(4 * joint, 4 * joint + 4)
        tie[own, own] = np.eye(4)
        parent = int(body.parents[joint])
        if parent < 0:
            wanted[own] = (start[joint] @ unit_)[:3].T
            continue
        offset = np.linalg.lstsq(start[parent], start[joint], rcond=None)[0]
        above = slice(4 * parent, 4 * parent + 4)
        tie[own, above] = -(np.linalg.inv(unit_) @ offset @ unit_).T
    return tie.tocsr(), wanted


def _matrices(found: Floats, count: int, size: float) -> Floats:
    out = np.tile(np.eye(4), (count, 1, 1))
    out[:, :3] = found.reshape(count, 4, 3).transpose(0, 2, 1)
    out[:, :3, :3] /= size
    return out


@dataclass(frozen=True, eq=False)
class Posed:
    """The reference under ``joints``: ``points`` (n, 3) there, ``bind`` (n, 3) node-local, ``blend`` (n, 3, 4)."""

    body: Body
    points: Floats
    bind: Floats
    blend: Floats

    def sampled(self, samples: Samples) -> Samples:
        """Samples of the reference at rest, carried into the pose."""
        corners = self.points[self.body.faces[samples.face]]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        points = np.einsum("nk,nkj->nj", samples.shares, corners)
        return Samples(points, unit(normals), samples.face, samples.shares, samples.area)


def pose(body: Body, joints: Floats) -> Posed:
    """All parts skinned by ``joints`` (j, 4, 4)."""
    blend = np.concatenate([blended(part.rig, joints) for part in body.parts])
    bind = np.concatenate([part.points for part in body.parts])
    points = np.einsum("nij,nj->ni", blend[:, :, :3], bind) + blend[:, :, 3]
    return Posed(body, points, bind, blend)


def unposed(pair: Pair, joints: Floats, matches: Ints, kind: str) -> Candidate:
    """Every vertex of the suspect taken back by the inverse of the blend at its partner.

    ``matches`` (k, 2) are pairs of suspect and reference vertex; the others go by the nearest point of the reference as
    it is posed. Faces between parts, and those that are torn, are left out.
    """
    suspect, reference = pair.suspect, pair.reference
    there = pose(reference, joints)
    part, home, gap = _anchored(pair, there, matches)
    edges = [
        np.linalg.norm(p[suspect.faces] - np.roll(p[suspect.faces], 1, axis=1), axis=2) for p in (suspect.points, home)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = edges[1] / edges[0]
    middle = np.nanmedian(ratio)
    whole = (part[suspect.faces] == part[suspect.faces[:, :1]]).all(axis=1) & (part[suspect.faces[:, 0]] >= 0)
    whole &= ((ratio < TORN * middle) & (ratio > middle / TORN)).all(axis=1)
    surfaces = []
    for row in range(len(reference.parts)):
        found = registered(pair, row, home, whole & (part[suspect.faces[:, 0]] == row))
        surfaces += [found] if found else []
    rms = float(np.sqrt(np.mean(gap[np.isfinite(gap)] ** 2))) if np.isfinite(gap).any() else float("inf")
    scale = float(np.sqrt(suspect.area / reference.area)) or 1.0
    return Candidate(kind, tuple(surfaces), rms / (scale * reference.diagonal), _covered(pair, there))


def _anchored(pair: Pair, there: Posed, matches: Ints) -> tuple[Ints, Floats, Floats]:
    """Part (n,), node-local place (n, 3) and distance from the posed reference (n,) of each vertex of the suspect."""
    suspect, reference = pair.suspect, pair.reference
    count = len(suspect.points)
    part, anchor = np.full(count, -1, np.int64), np.zeros((count, 3))
    at, blend = suspect.points.copy(), np.tile(np.eye(3, 4), (count, 1, 1))
    left, right = matches[:, 0], matches[:, 1]
    part[left], anchor[left], at[left], blend[left] = (
        reference.part_of[right],
        there.bind[right],
        there.points[right],
        there.blend[right],
    )
    rest = np.setdiff1d(np.unique(suspect.faces), left)
    gap = np.full(count, np.nan)
    samples = spread(reference.points, reference.faces, SAMPLES, 3)
    for mine, other in _shared_out(pair, there.sampled(samples), samples, rest, part):
        some = samples if mine < 0 else samples.chosen(reference.face_part[samples.face] == mine)
        carried = there.sampled(some)
        row, fits = facing_nearest(carried, suspect.points[other], suspect.normals[other])
        corners, shares = reference.faces[some.face[row]], some.shares[row]
        part[other] = np.where(fits, reference.part_of[corners[:, 0]], -1)
        anchor[other] = np.einsum("nk,nkj->nj", shares, there.bind[corners])
        at[other] = carried.points[row]
        blend[other] = np.einsum("nk,nkij->nij", shares, there.blend[corners])
        gap[other] = ((suspect.points[other] - at[other]) * carried.normals[row]).sum(axis=1)
    gap[left] = np.linalg.norm(suspect.points[left] - at[left], axis=1)
    with np.errstate(all="ignore"):
        regular = np.abs(np.linalg.det(blend[:, :, :3])) > 1e-12
        blend[~regular] = np.eye(3, 4)
        back = np.linalg.solve(blend[:, :, :3], (suspect.points - at)[:, :, None])[:, :, 0]
    return np.where(regular, part, -1), anchor + back, gap


def facing_nearest(samples: Samples, points: Floats, normals: Floats) -> tuple[Ints, Any]:
    """Row (n,) of the nearest sample that faces the same way, of the nearest twelve, and whether there is one."""
    _, rows = samples.tree.query(points, k=12)
    fits = np.einsum("nkj,nj->nk", samples.normals[rows], normals) > FACING
    first = np.argmax(fits, axis=1)
    return rows[np.arange(len(rows)), first].astype(np.int64), fits.any(axis=1)


def _shared_out(pair: Pair, carried: Samples, samples: Samples, rest: Ints, part: Ints) -> Iterator[tuple[int, Ints]]:
    """Vertices ``rest`` by the part that they must lie on: what most of their connected piece lies on, for clothes are
    near the body; -1 where a piece has no clear one. ``part`` (n,) holds what matched vertices say."""
    suspect, reference = pair.suspect, pair.reference
    if not len(rest):
        return
    if len(reference.parts) == 1:
        yield -1, rest
        return
    piece = _pieces(suspect)
    vote = part.copy()
    row, fits = facing_nearest(carried, suspect.points[rest], suspect.normals[rest])
    vote[rest] = np.where(fits, reference.face_part[samples.face[row]], -1)
    known = vote >= 0
    count = len(reference.parts)
    votes = np.bincount(piece[known] * count + vote[known], minlength=(piece.max() + 1) * count).reshape(-1, count)
    clear = votes.max(axis=1) >= CLEAR * np.maximum(votes.sum(axis=1), 1)
    chosen = np.where(clear, votes.argmax(axis=1), -1)[piece[rest]]
    for mine in np.unique(chosen):
        yield int(mine), rest[chosen == mine]


def _pieces(body: Body) -> Ints:
    """Number of the connected piece of each vertex, (n,)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = body.faces.reshape(-1), np.roll(body.faces, 1, axis=1).reshape(-1)
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(len(body.points),) * 2)
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _covered(pair: Pair, there: Posed) -> float:
    """Share of the posed reference near which the suspect lies."""
    looked = there.sampled(pair.target.some(4000))
    reach = 0.01 * pair.suspect.diagonal + 3.0 * pair.source.spacing
    distance, _ = pair.source.nearest(looked.points, reach)
    return float(np.isfinite(distance).mean())
