"""Does a tree of joints have the build of a human, whatever its joints are called?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sceneproof.scene import Array

from ._rig import Rig

SAMPLES = 13
ALIKE = 0.62  # lengths of the two chains of a pair, shorter over longer: a prop in one hand may lengthen one
MIRRORED = 0.06  # of the extent: how far the one chain's mirror image may lie from the other
WIDEST = 12  # children of one hub that are paired, longest chains first: hair and skirts have many
PAIRS = 6  # pairs kept of one hub
MOST_PAIRS = 96  # pairs kept of a rig, the longest limbs first


@dataclass(frozen=True, eq=False)
class Chain:
    """A limb: joints from its hub outwards, cut at `length`; `points` are even samples at bind time."""

    joints: tuple[int, ...]
    length: float
    points: Array

    @property
    def direction(self) -> Array:
        """Unit vector from its hub to its end."""
        way = self.points[-1] - self.points[0]
        unit: Array = way / (np.linalg.norm(way) or 1.0)
        return unit


@dataclass(frozen=True, eq=False)
class Pair:
    """Two limbs at one hub that mirror each other; `normal` is that of the mirror plane."""

    hub: int
    left: Chain
    right: Chain
    normal: Array


@dataclass(frozen=True, eq=False)
class Match:
    """How well legs and arms fit a human, 0..1, and the limbs that were taken for them."""

    score: float
    legs: Pair | None = None
    arms: Pair | None = None


def match(rig: Rig) -> Match:
    """The best pair of legs and pair of arms in a rig."""
    if rig.extent <= 0:
        return Match(0.0)
    tree = _tree(rig)
    pairs = [pair for hub in range(len(rig.parent)) for pair in _pairs(rig, tree, hub)]
    pairs = sorted(pairs, key=lambda pair: (-pair.left.length, pair.hub))[:MOST_PAIRS]
    best = Match(0.0)
    for legs in pairs:
        for arms in pairs:
            if legs.hub == arms.hub or not _apart(legs, arms, tree):
                continue
            if abs(float(legs.normal @ arms.normal)) < np.cos(np.radians(26)):
                continue
            score = _score(rig, legs, arms, tree)
            if score > best.score + 1e-9:
                best = Match(score, legs, arms)
    return Match(min(best.score, 1.0), best.legs, best.arms)


def along(places: Array, joints: tuple[int, ...], bind: Array, length: float, count: int = SAMPLES) -> Array:
    """Even samples of a chain [shape=(count, 3)], in any pose: the shares of arc length are those at bind time."""
    steps = np.linalg.norm(np.diff(bind[list(joints)], axis=0), axis=1)
    marks = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0, min(length, marks[-1]), count)
    rows = places[list(joints)]
    return np.stack([np.interp(wanted, marks, rows[:, axis]) for axis in range(3)], axis=1)


@dataclass(frozen=True, eq=False)
class _Tree:
    """For each joint: length of the longest way to an end and its next joint, and its place in a depth-first walk.

    The joints at and below joint j are ``walk[first[j] : last[j]]``.
    """

    reach: Array
    onward: list[int]
    walk: Array
    first: Array
    last: Array

    def limb(self, pair: Pair) -> Array:
        """Joints of both limbs."""
        return np.concatenate([self.below(pair.left.joints[1]), self.below(pair.right.joints[1])])

    def below(self, joint: int) -> Array:
        """The joints at and below a joint."""
        found: Array = self.walk[self.first[joint] : self.last[joint]]
        return found

    def holds(self, joint: int, other: int) -> bool:
        """Whether `other` lies at or below `joint`."""
        return bool(self.first[joint] <= self.first[other] < self.last[joint])


def _tree(rig: Rig) -> _Tree:
    count = len(rig.parent)
    walk: list[int] = []
    stack = [joint for joint, above in enumerate(rig.parent) if above < 0]
    while stack:
        joint = stack.pop()
        walk.append(joint)
        stack.extend(rig.children[joint])
    first = np.zeros(count, np.int64)
    first[walk] = np.arange(len(walk))
    size = np.ones(count, np.int64)
    reach, onward = np.zeros(count), [-1] * count
    for joint in reversed(walk):
        for child in rig.children[joint]:
            size[joint] += size[child]
            way = float(reach[child] + np.linalg.norm(rig.bind[child] - rig.bind[joint]))
            if way > reach[joint] or onward[joint] < 0:
                reach[joint], onward[joint] = way, child
    return _Tree(reach, onward, np.array(walk), first, first + size)


def _main_chain(rig: Rig, tree: _Tree, hub: int, start: int) -> tuple[tuple[int, ...], float]:
    """The longest way by arc length from a hub through one of its children to an end, and its length."""
    joints, joint = [hub, start], start
    while tree.onward[joint] >= 0:
        joint = tree.onward[joint]
        joints.append(joint)
    return tuple(joints), float(tree.reach[start] + np.linalg.norm(rig.bind[start] - rig.bind[hub]))


def _pairs(rig: Rig, tree: _Tree, hub: int) -> list[Pair]:
    if len(rig.children[hub]) < 2:
        return []
    near = sorted(rig.children[hub], key=lambda child: (-tree.reach[child], child))[: 2 * WIDEST]
    chains = [_main_chain(rig, tree, hub, child) for child in near]
    chains = [chain for chain in chains if len(chain[0]) > 3]
    chains = sorted((c for c in chains if c[1] > 0.05 * rig.extent), key=lambda c: (-c[1], c[0]))[:WIDEST]
    found = []
    for (first, long), (second, short) in combinations(chains, 2):
        if short < ALIKE * long:
            continue
        left = Chain(first, short, along(rig.bind, first, rig.bind, short))
        right = Chain(second, short, along(rig.bind, second, rig.bind, short))
        normal = _mirror(left.points, right.points, MIRRORED * rig.extent)
        if normal is not None:
            found.append(Pair(hub, left, right, normal))
    return found[:PAIRS]


def _mirror(left: Array, right: Array, tolerance: float) -> Array | None:
    """Normal of the plane that mirrors one chain onto the other, or ``None`` when none comes near."""
    across = (left - right).mean(axis=0)
    width = float(np.linalg.norm(across))
    if width < tolerance / 3:
        return None
    normal: Array = across / width
    middle = (left + right).mean(axis=0) / 2
    image = left - 2 * ((left - middle) @ normal)[:, None] * normal
    return normal if float(np.linalg.norm(image - right, axis=1).max()) <= tolerance else None


def _apart(legs: Pair, arms: Pair, tree: _Tree) -> bool:
    """Neither pair, nor its hub, lies inside a limb of the other."""
    for pair, other in ((legs, arms), (arms, legs)):
        for limb in (pair.left, pair.right):
            inside = (other.hub, other.left.joints[1], other.right.joints[1])
            if any(tree.holds(limb.joints[1], joint) for joint in inside):
                return False
    return True


def _score(rig: Rig, legs: Pair, arms: Pair, tree: _Tree) -> float:
    trunk = _root(rig, arms) - _root(rig, legs)
    length = float(np.linalg.norm(trunk))
    if length <= 1e-6 * rig.extent:
        return 0.0
    trunk = trunk / length
    leg = legs.left.direction + legs.right.direction
    down = -float(leg @ trunk) / (float(np.linalg.norm(leg)) or 1.0)
    ratio, stretch = legs.left.length / arms.left.length, length / legs.left.length
    score = (
        0.25 * (down > 0)
        + 0.15 * (0.5 <= ratio <= 2.2)
        + 0.15 * (0.25 <= stretch <= 1.4)
        + 0.15 * _has_head(rig, arms, trunk, length, tree)
        + 0.1 * _bends(rig, legs)
        + 0.1 * _bends(rig, arms)
        + 0.1 * (0.08 <= length / rig.extent <= 0.6)
    )
    # The quadruped rule: legs across the trunk.
    score = score * 0.45 if down < 0.7 else score
    # Between equal matches the longer limbs are the likelier ones.
    return float(score + 0.01 * min(1.0, legs.left.length / rig.extent) - 0.01)


def _root(rig: Rig, pair: Pair) -> Array:
    """The middle between the first joints of two limbs; the hub itself may lie anywhere."""
    middle: Array = rig.bind[[pair.left.joints[1], pair.right.joints[1]]].mean(axis=0)
    return middle


def _has_head(rig: Rig, arms: Pair, trunk: Array, length: float, tree: _Tree) -> bool:
    """Whether something beyond the shoulders goes on along the trunk."""
    beyond = np.setdiff1d(tree.below(arms.hub), np.append(tree.limb(arms), arms.hub))
    if not len(beyond):
        return False
    way = (rig.bind[beyond] - _root(rig, arms)) @ trunk
    return float(way.max()) > 0.15 * length


def _bends(rig: Rig, pair: Pair) -> bool:
    """Whether each limb has a joint near its middle."""
    for chain in (pair.left, pair.right):
        steps = np.linalg.norm(np.diff(rig.bind[list(chain.joints)], axis=0), axis=1)
        marks = np.cumsum(steps) / chain.length
        if not ((marks > 0.28) & (marks < 0.68)).any():
            return False
    return True
