"""A first placement of the suspect on the reference, from nothing: as it stands, by principal axes, by features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ._features import POINTS, STRETCH, WIDTH, agreeing, described, pairs
from ._icp import FACING, Aligned, align
from ._samples import Samples
from ._types import Floats

CROPPED = range(-1, 7)  # powers of 1 / 1.15 below the size of a whole copy: to .43, what a crop of 80 % leaves
UNCUT = (0, 1, -1)
CLOSE = 0.006  # of the diagonal: within which a sample lies on the reference
SURE = 0.1  # share of the pairs that agree, from which a placement is looked at before other sizes are
MOST = 8  # of the others that are looked at
PARTLY = 0.25  # share from which a placement is bent to see whether more comes to lie on the reference
GOOD = 0.9  # share of samples that close, from which no further placement is looked for


def place(source: Samples, target: Samples, diagonal: float, sizes: Sequence[int] = CROPPED) -> Aligned:
    """Best similarity (4, 4) from ``source`` to ``target``, or an affine where that fits much better.

    Its share counts the samples that come to lie close to the target. ``sizes`` are the powers of 1 / 1.15 of a whole
    copy's size at which features are compared; without any, none are.
    """
    some = source.some(1500)
    best = Aligned(np.eye(4), np.inf, 0.0)
    for starts in (_simple(source, target), _by_features(source, target, sizes)):
        for start in starts:
            aligned = align(some, target, start, "similarity", 0.08 * diagonal, 25)
            share = closeness(some, target, aligned.matrix, CLOSE * diagonal)
            if PARTLY < share <= GOOD:  # a stretched copy fits only in part
                bent = align(some, target, aligned.matrix, "affine", 0.04 * diagonal, 25)
                bent_share = closeness(some, target, bent.matrix, CLOSE * diagonal)
                if bent_share > GOOD:
                    return Aligned(bent.matrix, bent.rms, bent_share)
            if share > best.share:
                best = Aligned(aligned.matrix, aligned.rms, share)
            if best.share > GOOD:
                return best
    return best


def closeness(source: Samples, target: Samples, matrix: Floats, near: float) -> float:
    """Share of the samples that lie within ``near`` of the target and face the same way."""
    turned = source.moved(matrix)
    distance, row = target.nearest(turned.points, near)
    hit = np.flatnonzero(np.isfinite(distance))
    facing = (turned.normals[hit] * target.normals[row[hit]]).sum(axis=1) > FACING
    return float(facing.sum()) / len(turned.points)


def _simple(source: Samples, target: Samples) -> Iterator[Floats]:
    """As it stands, and along the principal axes of a whole copy, in their four proper signs."""
    yield np.eye(4)
    centres = source.points.mean(axis=0), target.points.mean(axis=0)
    axes = [np.linalg.eigh(np.cov((s.points - c).T))[1] for s, c in zip((source, target), centres, strict=True)]
    scale = np.sqrt(target.area / source.area)
    for signs in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)):
        turn = axes[1] @ np.diag(signs) @ axes[0].T
        if np.linalg.det(turn) < 0.0:
            turn = axes[1] @ np.diag(-np.array(signs)) @ axes[0].T
        matrix = np.eye(4)
        matrix[:3, :3] = scale * turn
        matrix[:3, 3] = centres[1] - scale * turn @ centres[0]
        yield matrix


def _by_features(source: Samples, target: Samples, sizes: Sequence[int]) -> Iterator[Floats]:
    """Over sizes from that of a whole copy downwards: what is left of a crop is larger than its area says."""
    if not sizes:
        return
    radius = WIDTH * np.sqrt(target.area / 260.0)
    near = 0.35 * np.sqrt(target.area / POINTS) + 0.08 * radius
    fixed = described(target.some(POINTS), radius)
    whole = float(np.sqrt(target.area / source.area))
    left_over: list[tuple[float, Floats]] = []
    for step in sizes:
        size = whole * STRETCH**-step
        few = source.some(max(int(POINTS * source.area * size**2 / target.area), 200))
        moving = described(few, radius, size)
        matched = pairs(moving, fixed)
        found = agreeing(few.points[matched[:, 0]], fixed.samples.points[matched[:, 1]], near, size)
        if found and found[0][0] > SURE * len(matched):
            yield found.pop(0)[1]
        left_over += found
    left_over.sort(key=lambda item: -item[0])
    yield from (matrix for _, matrix in left_over[:MOST])
