"""Slow, obvious twins of the mesh kernels: dictionaries, sets and exact fractions."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction

import numpy as np


def edge_topology(faces: np.ndarray, skip: np.ndarray) -> tuple[int, int, int, int, list[int]]:
    """(edges, boundary, non-manifold, unbalanced, component of each face or -1)."""
    users: dict[frozenset[int], list[tuple[int, int, int]]] = defaultdict(list)
    for number, face in enumerate(faces.tolist()):
        if skip[number] or len(set(face)) < 3:
            continue
        for k in range(3):
            a, b = face[k], face[(k + 1) % 3]
            users[frozenset((a, b))].append((number, a, b))
    neighbours: dict[int, set[int]] = defaultdict(set)
    for uses in users.values():
        for number, _, _ in uses:
            neighbours[number] |= {other for other, _, _ in uses}
    labels = [-1] * len(faces)
    components = 0
    for number in range(len(faces)):
        if number not in neighbours or labels[number] >= 0:
            continue
        stack = [number]
        while stack:
            face_number = stack.pop()
            if labels[face_number] < 0:
                labels[face_number] = components
                stack.extend(neighbours[face_number])
        components += 1
    counts = [len(uses) for uses in users.values()]
    unbalanced = sum(sum(1 if a < b else -1 for _, a, b in uses) != 0 for uses in users.values())
    return len(counts), counts.count(1), sum(n > 2 for n in counts), unbalanced, labels


def weld(positions: np.ndarray) -> tuple[list[int], int]:
    """Ids of distinct positions in the order of first vertices; as tuples compare, -0 is +0 and NaN equals nothing."""
    seen: dict[tuple[float, ...], int] = {}
    ids = []
    count = 0
    for point in positions.astype(np.float32).tolist():
        key = tuple(point)
        if not any(math.isnan(x) for x in key) and key in seen:
            ids.append(seen[key])
            continue
        seen[key] = count
        ids.append(count)
        count += 1
    return ids, count


def roots(links: np.ndarray, count: int) -> list[int]:
    """Smallest member of each component, by repeated merging of sets."""
    groups = [{item} for item in range(count)]
    for a, b in links.tolist():
        merged = groups[a] | groups[b]
        for item in merged:
            groups[item] = merged
    return [min(group) for group in groups]


def face_measure(corners: np.ndarray) -> tuple[float, bool]:
    """(area, degenerate) of one triangle [shape=(3, 3)] in exact rational arithmetic, but for the square root."""
    if not np.isfinite(corners).all():
        return 0.0, True
    a, b, c = ([Fraction(float(x)) for x in corner] for corner in corners)
    u = [q - p for p, q in zip(a, b, strict=True)]
    v = [q - p for p, q in zip(a, c, strict=True)]
    w = [q - p for p, q in zip(b, c, strict=True)]
    n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
    squared = sum(x * x for x in n)
    longest = max(sum(x * x for x in edge) for edge in (u, v, w))
    if squared <= (Fraction(1, 10**12) * longest) ** 2:
        return 0.0, True
    return 0.5 * math.sqrt(squared), False
