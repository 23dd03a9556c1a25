"""The pose of a suspect without matched points: joints are turned one after another, from the body outwards.

From the region that lies on the suspect already, each neighbour's turn about their common joint is searched among many
rotations and refined; then all joints at once by articulated closest points.
Source of the last step: S. Pellegrini, K. Schindler, D. Nardi, "A generalisation of the ICP algorithm for articulated
bodies", 2008; the joints are held together as in D. Grest, J. Woetzel, R. Koch, "Nonlinear body pose estimation from
depth images", 2005.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ._fit import tukey
from ._icp import rotation
from ._posed import pose
from ._rigid import Pair
from ._samples import Samples, spread
from ._types import Body, Floats, Ints, applied

TURNS = 700  # rotations tried at a joint, the first being none
KEPT = 6  # of them that are refined
LARGE = 0.004  # share of the area from which a joint's region is searched for itself
POINTS = 160  # of a region that are looked at
JOINT_SAMPLES = 16_000  # of the reference
COARSE, CLOSE = 0.025, 0.006  # of the diagonal
FACING = 0.4


@dataclass(frozen=True, eq=False)
class _Regions:
    """Samples of the reference at rest by the joint that moves them most."""

    samples: Samples
    of: tuple[Ints, ...]
    large: tuple[bool, ...]
    pivots: Floats


def regions(body: Body, count: int = JOINT_SAMPLES) -> _Regions:
    """Rows of samples for each joint; those that it moves nearly alone come first."""
    samples = spread(body.points, body.faces, count, 4)
    dense = np.zeros((len(body.points), len(body.joints)))
    for part, start in zip(body.parts, body.starts, strict=False):
        rows = np.repeat(np.arange(len(part.points)), part.rig.joints.shape[1]) + start
        np.add.at(dense, (rows, part.rig.joints.reshape(-1)), part.rig.weights.reshape(-1))
    weight = np.einsum("nk,nkj->nj", samples.shares, dense[body.faces[samples.face]])
    main = weight.argmax(axis=1)
    share = weight.max(axis=1)
    of = []
    for joint in range(len(body.joints)):
        mine = np.flatnonzero(main == joint)
        of.append(mine[np.argsort(-np.round(share[mine], 1), kind="stable")])
    large = tuple(len(rows) >= LARGE * count for rows in of)
    return _Regions(samples, tuple(of), large, body.joints[:, :3, 3].copy())


class Articulation:
    """One search: motions (4, 4) of the joints from rest to the suspect, found outwards from the best region."""

    def __init__(self, pair: Pair, start: Floats) -> None:
        self.pair = pair
        self.body = pair.reference
        self.regions = regions(self.body)
        self.size = pair.suspect.diagonal
        self.motions = np.tile(start, (len(self.body.joints), 1, 1))
        self.turns = _turns()

    def solve(self) -> tuple[Floats, float]:
        """Joints (j, 4, 4) in the suspect's world, and the share of the reference's samples that lie close to it."""
        self._outwards()
        joints = together(self.pair, self.motions @ self.body.joints)
        carried = pose(self.body, joints).sampled(self.regions.samples)
        return joints, self._score(carried.points, carried.normals, CLOSE)

    @cached_property
    def _standing(self) -> Floats:
        """How much of the area lies in its place before anything is turned, by joint, (j,)."""
        found = np.zeros(len(self.motions))
        for joint, rows in enumerate(self.regions.of):
            if self.regions.large[joint]:
                found[joint] = len(rows) * self._region_score(rows, self.motions[joint]) ** 2
        return found / len(self.regions.samples.points)

    @property
    def promise(self) -> float:
        """That of the best region, from which the search goes out."""
        return float(self._standing.max())

    def _outwards(self) -> None:
        root = int(np.argmax(self._standing))
        self._settle(root, self.regions.pivots[root], held=False)
        self.motions[:] = self.motions[root]
        done, queue = {root}, [root]
        while queue:
            at = queue.pop(0)
            for joint, pivot in self._neighbours(at):
                if joint in done:
                    continue
                done.add(joint)
                queue.append(joint)
                self.motions[joint] = self.motions[at]
                if self.regions.large[joint]:
                    self._turn(joint, self.regions.pivots[pivot])

    def _neighbours(self, joint: int) -> list[tuple[int, int]]:
        """Joints beside it, each with the one of the two whose place is their common pivot: the child."""
        parents = self.body.parents
        out = [(int(child), int(child)) for child in np.flatnonzero(parents == joint)]
        if parents[joint] >= 0:
            out.append((int(parents[joint]), joint))
        return out

    def _turn(self, joint: int, pivot: Floats) -> None:
        """Search the rotation about ``pivot`` (3,), in the reference's rest pose, on top of the neighbour's motion."""
        rows = self.regions.of[joint][:POINTS]
        before = self.motions[joint]
        around = [before @ _about(pivot, turn) for turn in self.turns]
        coarse = self._coarse(rows[:: max(len(rows) // 48, 1)], around)
        best, found = -1.0, before
        for row in np.argsort(0.03 * np.linspace(0.0, 1.0, TURNS) - coarse, kind="stable")[:KEPT]:
            self.motions[joint] = around[row]
            self._settle(joint, pivot, held=True)
            score = self._region_score(rows, self.motions[joint])
            if score > best:
                best, found = score, self.motions[joint]
        self.motions[joint] = found

    def _coarse(self, rows: Ints, around: list[Floats]) -> Floats:
        """Score (t,) of a region under each motion, all at once; the smaller turn wins between equals."""
        samples = self.regions.samples
        moved = np.concatenate([applied(motion, samples.points[rows]) for motion in around])
        turned = np.concatenate([_turned(motion, samples.normals[rows]) for motion in around])
        scores: Floats = self._each(moved, turned, COARSE).reshape(len(around), -1).mean(axis=1)
        return scores

    def _settle(self, joint: int, pivot: Floats, *, held: bool) -> None:
        """Rigid closest points for one region; ``held`` keeps the pivot where the neighbour has it."""
        rows = self.regions.of[joint][: 2 * POINTS]
        points, normals = self.regions.samples.points[rows], self.regions.samples.normals[rows]
        motion = self.motions[joint]
        there = applied(motion, pivot[None])[0]
        limit = 2.0 * COARSE * self.size
        for _ in range(12):
            moved, turned = applied(motion, points), _turned(motion, normals)
            near, hit, normal = self._partners(moved, turned, limit)
            if len(near) < 12:
                break
            step = _rigid_step(moved[near], hit, normal, there if held else None, self.size)
            motion = step @ motion
            limit = max(0.75 * limit, CLOSE * self.size)
        self.motions[joint] = motion

    def _partners(self, moved: Floats, turned: Floats, limit: float) -> tuple[Ints, Floats, Floats]:
        distance, row = self.pair.source.nearest(moved, max(limit, 2.0 * self.pair.source.spacing))
        near = np.flatnonzero(np.isfinite(distance))
        near = near[(turned[near] * self.pair.source.normals[row[near]]).sum(axis=1) > FACING]
        return near, self.pair.source.points[row[near]], self.pair.source.normals[row[near]]

    def _region_score(self, rows: Ints, motion: Floats, near: float = CLOSE) -> float:
        samples = self.regions.samples
        chosen = rows[:POINTS]
        return self._score(applied(motion, samples.points[chosen]), _turned(motion, samples.normals[chosen]), near)

    def _score(self, moved: Floats, turned: Floats, near: float) -> float:
        return float(self._each(moved, turned, near).mean())

    def _each(self, moved: Floats, turned: Floats, near: float) -> Floats:
        """How near each sample is to the suspect, 1 to 0, and 0 where it faces the other way."""
        limit = near * self.size + self.pair.source.spacing
        distance, row = self.pair.source.nearest(moved, limit)
        hit = np.isfinite(distance)
        out = np.zeros(len(moved))
        facing = (turned[hit] * self.pair.source.normals[row[hit]]).sum(axis=1)
        out[hit] = np.clip(facing, 0.0, 1.0) * (1.0 - 0.5 * (distance[hit] / limit) ** 2)
        return out


def _turned(motion: Floats, normals: Floats) -> Floats:
    scale = np.cbrt(np.linalg.det(motion[:3, :3])) or 1.0
    out: Floats = normals @ motion[:3, :3].T / scale
    return out


def _about(pivot: Floats, turn: Floats) -> Floats:
    out = np.eye(4)
    out[:3, :3] = turn
    out[:3, 3] = pivot - turn @ pivot
    return out


def _turns() -> Floats:
    """Rotations (t, 3, 3): none, then even over all axes and up to 150 degrees, small ones more often."""
    random = np.random.default_rng(5)
    axes = random.normal(size=(TURNS, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    angles = np.deg2rad(150.0) * np.linspace(0.0, 1.0, TURNS) ** 0.7
    return np.array([rotation(axis * angle) for axis, angle in zip(axes, angles, strict=True)])


def _rigid_step(moved: Floats, hit: Floats, normal: Floats, pivot: Floats | None, size: float) -> Floats:
    """Point to plane, 6 degrees of freedom, about the pivot when one is held."""
    centre = moved.mean(axis=0) if pivot is None else pivot
    local = (moved - centre) / size
    gap = ((hit - moved) * normal).sum(axis=1) / size
    weight = tukey(np.abs(gap), 1e-6)
    rows = np.concatenate([np.cross(local, normal), normal], axis=1)
    gram = rows.T @ (rows * weight[:, None]) + 1e-8 * len(moved) * np.eye(6)
    if pivot is not None:
        gram[3:, 3:] += 0.5 * len(moved) * np.eye(3)
    found = np.linalg.solve(gram, rows.T @ (gap * weight))
    angle = np.linalg.norm(found[:3])
    turn = rotation(found[:3] * min(1.0, 0.5 / max(float(angle), 1e-12)))
    step = np.eye(4)
    step[:3, :3] = turn
    step[:3, 3] = centre - turn @ centre + size * found[3:]
    return step


def together(pair: Pair, joints: Floats, rounds: int = 24) -> Floats:
    """All joints at once: a twist each and one scale, samples on the suspect's planes, joints held together."""
    body, size = pair.reference, pair.suspect.diagonal
    samples = spread(body.points, body.faces, JOINT_SAMPLES, 4)
    limit = COARSE * size
    for number in range(rounds):
        rows, right = _equations(pair, samples, joints, limit)
        ties, wanted = _held(body, joints, size)
        tie = 3.0 * np.sqrt(max(len(right), 1) / max(len(body.joints), 1)) * (0.3 if number > rounds // 2 else 1.0)
        gram = (rows.T @ rows).toarray() + tie**2 * (ties.T @ ties)
        gram += np.diag(np.r_[np.full(len(gram) - 1, 1e-4), 1e-6])
        found = np.linalg.solve(gram, rows.T @ right + tie**2 * (ties.T @ wanted))
        joints = _stepped(joints, found, size, pair.suspect.points.mean(axis=0))
        limit = max(0.8 * limit, 2.5 * pair.source.spacing)
    return joints


def _equations(pair: Pair, samples: Samples, joints: Floats, limit: float) -> tuple[Any, Floats]:
    """Sparse rows (k, 6 j + 1) and right side: each sample moves with its joints to the plane of its partner."""
    from scipy.sparse import coo_matrix

    body, size = pair.reference, pair.suspect.diagonal
    there = pose(body, joints)
    carried = there.sampled(samples)
    distance, row = pair.source.nearest(carried.points, limit)
    near = np.flatnonzero(np.isfinite(distance))
    near = near[(carried.normals[near] * pair.source.normals[row[near]]).sum(axis=1) > FACING]
    normal = pair.source.normals[row[near]]
    gap = ((pair.source.points[row[near]] - carried.points[near]) * normal).sum(axis=1) / size
    weight = np.sqrt(tukey(np.abs(gap), 1e-6))
    joint, share = _influences(body, samples, near)
    at, columns, values = [], [], []
    for k in range(joint.shape[1]):
        local = (carried.points[near] - joints[joint[:, k], :3, 3]) / size
        entry = np.concatenate([np.cross(local, normal), normal], axis=1) * (share[:, k] * weight)[:, None]
        at.append(np.repeat(np.arange(len(near)), 6))
        columns.append((6 * joint[:, k, None] + np.arange(6)).reshape(-1))
        values.append(entry.reshape(-1))
    middle = pair.suspect.points.mean(axis=0)
    at.append(np.arange(len(near)))
    columns.append(np.full(len(near), 6 * len(joints)))
    values.append(((carried.points[near] - middle) / size * normal).sum(axis=1) * weight)
    shape = (len(near), 6 * len(joints) + 1)
    rows = coo_matrix((np.concatenate(values), (np.concatenate(at), np.concatenate(columns))), shape=shape).tocsr()
    return rows, gap * weight


def _influences(body: Body, samples: Samples, near: Ints) -> tuple[Ints, Floats]:
    """Joints (k, w) and their shares of samples, from the nearest corner of each."""
    vertex = body.faces[samples.face[near], samples.shares[near].argmax(axis=1)]
    width = max(part.rig.joints.shape[1] for part in body.parts)
    joint, share = np.zeros((len(near), width), np.int64), np.zeros((len(near), width))
    owner = body.part_of[vertex]
    for number, part in enumerate(body.parts):
        mine = owner == number
        local = vertex[mine] - body.starts[number]
        joint[mine, : part.rig.joints.shape[1]] = part.rig.joints[local]
        share[mine, : part.rig.joints.shape[1]] = part.rig.weights[local]
    return joint, share


def _held(body: Body, joints: Floats, size: float) -> tuple[Floats, Floats]:
    """Rows (3 p, 6 j + 1): a child's place as its parent carries it and as it is itself must agree."""
    count = len(joints)
    children = np.flatnonzero(body.parents >= 0)
    rows, wanted = np.zeros((3 * len(children), 6 * count + 1)), np.zeros(3 * len(children))
    for number, child in enumerate(children):
        parent = int(body.parents[child])
        carried = (joints[parent] @ np.linalg.lstsq(body.joints[parent], body.joints[child], rcond=None)[0])[:3, 3]
        here = slice(3 * number, 3 * number + 3)
        arm = (carried - joints[parent, :3, 3]) / size
        rows[here, 6 * child + 3 : 6 * child + 6] = np.eye(3)
        rows[here, 6 * parent + 3 : 6 * parent + 6] = -np.eye(3)
        rows[here, 6 * parent : 6 * parent + 3] = np.array(
            [[0.0, -arm[2], arm[1]], [arm[2], 0.0, -arm[0]], [-arm[1], arm[0], 0.0]]
        )
        wanted[here] = (carried - joints[child, :3, 3]) / size
    return rows, wanted


def _stepped(joints: Floats, found: Floats, size: float, middle: Floats) -> Floats:
    out = joints.copy()
    growth = float(np.exp(np.clip(found[-1], -0.05, 0.05)))
    for joint in range(len(joints)):
        twist = found[6 * joint : 6 * joint + 6]
        angle = float(np.linalg.norm(twist[:3]))
        turn = rotation(twist[:3] * min(1.0, 0.3 / max(angle, 1e-12)))
        out[joint, :3, :3] = growth * turn @ joints[joint, :3, :3]
        out[joint, :3, 3] = joints[joint, :3, 3] + size * twist[3:] + (growth - 1.0) * (joints[joint, :3, 3] - middle)
    return out
