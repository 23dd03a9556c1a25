"""Subdivision schemes on welded triangles, borders and non-manifold edges included."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._mesh import edges
from ._subject import Floats, Geometry, Ints


def midpoint(surface: Geometry) -> Geometry:
    """Four faces for one; the surface stays."""
    pairs, sides, _ = edges(surface.faces, len(surface.positions))
    middle = surface.positions[pairs].mean(axis=1)
    return _four(surface, middle, sides, surface.positions)


def loop(surface: Geometry) -> Geometry:
    """Loop's scheme: edge points 3/8 3/8 1/8 1/8, old vertices by beta(n); at borders 1/2 1/2 and 1/8 3/4 1/8."""
    points, faces = surface.positions, surface.faces
    pairs, sides, uses = edges(faces, len(points))
    inner = uses == 2
    facing = np.zeros((len(pairs), 3))
    for k in range(3):  # the corner across side k
        across = points[faces[:, (k + 2) % 3]]
        for c in range(3):
            facing[:, c] += np.bincount(sides[:, k], across[:, c], len(pairs))
    ends = points[pairs].sum(axis=1)
    middle = np.where(inner[:, None], 0.375 * ends + 0.125 * facing, 0.5 * ends)
    return _four(surface, middle, sides, _loop_old(points, pairs, inner))


def sqrt3(surface: Geometry) -> Geometry:
    """Kobbelt's scheme: a vertex in each face, inner edges flipped, old inner vertices relaxed."""
    points, faces = surface.positions, surface.faces
    count, m = len(points), len(faces)
    pairs, sides, uses = edges(faces, count)
    degree, total = _neighbours(points, pairs)
    alpha = (4.0 - 2.0 * np.cos(2.0 * np.pi / np.maximum(degree, 1))) / 9.0
    relaxed = (1.0 - alpha)[:, None] * points + (alpha / np.maximum(degree, 1))[:, None] * total
    on_border = np.zeros(count, dtype=bool)
    on_border[pairs[uses != 2].reshape(-1)] = True
    old = np.where(on_border[:, None], points, relaxed)
    centres = points[faces].mean(axis=1)
    owner, side = np.divmod(np.arange(3 * m), 3)
    edge = sides.reshape(-1)
    start, end = faces[owner, side], faces[owner, (side + 1) % 3]
    order = np.argsort(edge, kind="stable")
    other = np.full(3 * m, -1, np.int64)  # the face across an inner side
    inner = order[uses[edge[order]] == 2].reshape(-1, 2)
    inner = inner[start[inner[:, 0]] == end[inner[:, 1]]]  # faces wound alike; others keep the edge
    other[inner[:, 0]], other[inner[:, 1]] = owner[inner[:, 1]], owner[inner[:, 0]]
    flipped = other >= 0
    # the side start-end between faces f and g becomes the edge f-g: this face's half is (start, g, f)
    with_flip = np.stack([start[flipped], count + other[flipped], count + owner[flipped]], axis=1)
    without = np.stack([start[~flipped], end[~flipped], count + owner[~flipped]], axis=1)
    return Geometry(np.concatenate([old, centres]), np.concatenate([with_flip, without]))


def _four(surface: Geometry, middle: Floats, sides: Ints, old: Floats) -> Geometry:
    a, b, c = (surface.faces[:, k] for k in range(3))
    ab, bc, ca = (sides[:, k] + len(old) for k in range(3))
    faces = np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], axis=1).reshape(-1, 3)
    return Geometry(np.concatenate([old, middle]), faces)


def _loop_old(points: Floats, pairs: Ints, inner: NDArray[np.bool_]) -> Floats:
    degree, total = _neighbours(points, pairs)
    n = np.maximum(degree, 1)
    beta = (0.625 - (0.375 + 0.25 * np.cos(2.0 * np.pi / n)) ** 2) / n
    smooth = (1.0 - n * beta)[:, None] * points + beta[:, None] * total
    border_degree, border_total = _neighbours(points, pairs[~inner])
    curve = 0.75 * points + 0.125 * border_total
    out = np.where((border_degree == 2)[:, None], curve, points)  # corners and meeting borders stay
    out = np.where((border_degree == 0)[:, None], smooth, out)
    return np.where((degree == 0)[:, None], points, out)


def _neighbours(points: Floats, pairs: Ints) -> tuple[Ints, Floats]:
    """Number of neighbours [shape=(n,)] and the sum of their places [shape=(n, 3)]."""
    count = len(points)
    ends = np.concatenate([pairs[:, 0], pairs[:, 1]])
    others = np.concatenate([pairs[:, 1], pairs[:, 0]])
    total = np.stack([np.bincount(ends, points[others, k], count) for k in range(3)], axis=1)
    return np.bincount(ends, minlength=count).astype(np.int64), np.asarray(total, np.float64)
