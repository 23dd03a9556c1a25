"""Slow, obvious twins of the kernels for loops, crossings and neighbours: every pair, exact fractions, plain lists."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

Point = tuple[Fraction, ...]


def loops(edges: np.ndarray) -> list[tuple[list[int], bool]]:
    """Simple loops and open chains (vertices, closed), by walking edges in their order and cutting at vertices met."""
    left: dict[int, list[int]] = {}
    for number, (a, b) in enumerate(edges.tolist()):
        left.setdefault(a, []).append(number)
        left.setdefault(b, []).append(number)
    odd = {v for v, at in left.items() if len(at) % 2}
    used: set[int] = set()
    found: list[tuple[list[int], bool]] = []
    for start in [*sorted(odd), *sorted(left)]:
        path = [start]
        while True:
            onward = [number for number in left[path[-1]] if number not in used]
            if not onward:
                break
            used.add(onward[0])
            a, b = edges[onward[0]].tolist()
            nxt = b if a == path[-1] else a
            if nxt in path:
                cut = path.index(nxt)
                found.append((path[cut:], True))
                path = path[: cut + 1]
            else:
                path.append(nxt)
        if len(path) > 1:
            found.append((path, False))
    return found


def crossings(positions: np.ndarray, faces: np.ndarray) -> list[set[int]]:
    """For each face, the faces that cross it, in exact arithmetic."""
    corners = [[tuple(Fraction(float(x)) for x in positions[v]) for v in face] for face in faces]
    found: list[set[int]] = [set() for _ in faces]
    for i in range(len(faces)):
        for j in range(i):
            if set(faces[i].tolist()) & set(faces[j].tolist()):
                continue
            if _cross(corners[i], corners[j]) or _cross(corners[j], corners[i]):
                found[i].add(j)
                found[j].add(i)
    return found


def _cross(one: list[Point], two: list[Point]) -> bool:
    """Whether an edge of the first goes through the inside of the second."""
    a, b, c = two
    for k in range(3):
        p, q = one[k], one[(k + 1) % 3]
        if _sign(a, b, c, p) * _sign(a, b, c, q) >= 0:
            continue
        sides = [_sign(p, q, a, b), _sign(p, q, b, c), _sign(p, q, c, a)]
        if abs(sum(sides)) == 3:
            return True
    return False


def _sign(p: Point, q: Point, r: Point, s: Point) -> int:
    u, v, w = ([x - y for x, y in zip(end, p, strict=True)] for end in (q, r, s))
    n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
    volume = sum(x * y for x, y in zip(n, w, strict=True))
    return (volume > 0) - (volume < 0)


def nearest(points: np.ndarray, query: int, k: int) -> list[float]:
    """Distances from one point to its k nearest others; infinite where there are fewer."""
    here: Any = points[query]
    found = sorted(math.dist(here, other) for number, other in enumerate(points) if number != query)
    return (found + [math.inf] * k)[:k]
