"""Polygons to triangles: a fan where they are convex, the other diagonal of a concave quad, ears for the rest."""

from __future__ import annotations

import numpy as np

from sceneproof.scene import Array

MOST_CORNERS = 20_000  # of a polygon that is cut by ears, which takes time with its square; larger ones are fans
MOST_TIME = 20e6  # about microseconds of such cutting in one file, concave polygons beyond it are fans too
_BATCH = 1 << 18  # corners looked at together
FOLDED = 1e-3  # how far two halves must turn against each other to count: rounding and tiny moves decide nothing


def triangulate(points: Array, counts: Array) -> tuple[Array, Array]:
    """Cut polygons, in their order.

    Parameters
    ----------
    points : float64 [shape=(n, 3)], the corners of all polygons, one after another.
    counts : int64 [shape=(m,)], corners of each, at least 3.

    Returns
    -------
    triangles : int64 [shape=(t, 3)] into `points`, `counts` - 2 per polygon, with its winding.
    owner : int64 [shape=(t,)], polygon of each.
    """
    starts = np.cumsum(counts) - counts
    made: list[tuple[Array, Array]] = []
    threes = np.flatnonzero(counts == 3)
    if len(threes):
        made.append((starts[threes][:, None] + np.arange(3), threes))
    fours = np.flatnonzero(counts == 4)
    if len(fours):
        made.append((_quads(points, starts[fours]), np.repeat(fours, 2)))
    more = np.flatnonzero(counts > 4)
    if len(more):
        made += _larger(points, starts[more], counts[more], more)
    if not made:
        return np.zeros((0, 3), np.int64), np.zeros(0, np.int64)
    triangles = np.concatenate([part for part, _ in made])
    owner = np.concatenate([part for _, part in made])
    order = np.argsort(owner, kind="stable")
    return np.ascontiguousarray(triangles[order]), owner[order]


def _quads(points: Array, starts: Array) -> Array:
    a, b, c, d = (points[starts + k] for k in range(4))
    with np.errstate(invalid="ignore", over="ignore"):
        turned = _against(np.cross(b - a, c - a), np.cross(c - a, d - a))
        other = _against(np.cross(c - b, d - b), np.cross(d - b, a - b))
    pattern = np.where((turned & ~other)[:, None], (0, 1, 3, 1, 2, 3), (0, 1, 2, 0, 2, 3))
    return (starts[:, None] + pattern).reshape(-1, 3)


def _against(first: Array, second: Array) -> Array:
    size = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    against: Array = np.einsum("ij,ij->i", first, second) < -FOLDED * size
    return against


def _larger(points: Array, starts: Array, counts: Array, owner: Array) -> list[tuple[Array, Array]]:
    concave = np.zeros(len(counts), bool)
    normals = np.zeros((len(counts), 3))
    small = np.flatnonzero(counts <= MOST_CORNERS)
    pieces = np.cumsum(counts[small]) // _BATCH
    for part in np.split(small, np.flatnonzero(np.diff(pieces)) + 1):
        if len(part):
            concave[part], normals[part] = _concave(points, starts[part], counts[part])
    cost = np.where(concave, 60.0 + counts * (1.0 + counts / 1000.0), 0.0)
    fans = ~concave | (np.cumsum(cost) > MOST_TIME)
    sizes = counts[fans] - 2
    step = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    base = np.repeat(starts[fans], sizes)
    made = [(np.stack([base, base + step + 1, base + step + 2], axis=1), np.repeat(owner[fans], sizes))]
    for number in np.flatnonzero(~fans).tolist():
        begin, count = int(starts[number]), int(counts[number])
        cut = _ears(points[begin : begin + count], normals[number]) + begin
        made.append((cut, np.full(len(cut), owner[number])))
    return made


def _concave(points: Array, starts: Array, counts: Array) -> tuple[Array, Array]:
    """Which polygons have a corner that turns against their normal (Newell's), and that normal."""
    total = int(counts.sum())
    polygon = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    within = np.arange(total) - first[polygon]
    here = points[starts[polygon] + within]
    here = here - here[first][polygon]  # large coordinates lose nothing then
    following = here[first[polygon] + (within + 1) % counts[polygon]]
    before = here[first[polygon] + (within - 1) % counts[polygon]]
    with np.errstate(invalid="ignore", over="ignore"):
        normals = np.add.reduceat(np.cross(here, following), first, axis=0)
        bend = np.cross(here - before, following - here)
        size = np.linalg.norm(bend, axis=1) * np.linalg.norm(normals, axis=1)[polygon]
        wrong = np.einsum("ij,ij->i", bend, normals[polygon]) < -FOLDED * size
    return np.logical_or.reduceat(wrong, first), normals


def _ears(corners: Array, normal: Array) -> Array:
    """Ear clipping (mapbox_earcut) in the plane across `normal`; a fan where that leaves corners out."""
    import mapbox_earcut

    count = len(corners)
    unit = normal / (np.linalg.norm(normal) or 1.0)
    across = np.cross(np.eye(3)[np.abs(unit).argmin()], unit)
    flat = np.ascontiguousarray((corners - corners[0]) @ np.stack([across, np.cross(unit, across)], axis=1))
    cut = np.asarray(mapbox_earcut.triangulate_float64(flat, np.array([count], np.uint32)), np.int64).reshape(-1, 3)
    if len(cut) < count - 2:  # it touches or crosses itself, and no cut is right; a corner must not be lost
        inner = np.arange(1, count - 1)
        return np.stack([np.zeros_like(inner), inner, inner + 1], axis=1)
    a, b, c = (flat[cut[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return cut if area.sum() > 0 else cut[:, ::-1]
