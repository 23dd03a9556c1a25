"""Umbrella smoothing of vertex positions (uniform weights) on welded triangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def _adjacency(edges: Ints, count: int) -> tuple[Ints, Ints]:
    """Neighbours of each vertex, in the order of the edges: ``ends`` (v + 1,) and ids."""
    ends = np.zeros(count + 2, dtype=np.int64)
    for e in range(edges.shape[0]):
        ends[edges[e, 0] + 2] += 1
        ends[edges[e, 1] + 2] += 1
    for i in range(count):
        ends[i + 2] += ends[i + 1]
    ids = np.empty(2 * edges.shape[0], dtype=np.int64)
    for e in range(edges.shape[0]):
        a, b = edges[e, 0], edges[e, 1]
        ids[ends[a + 1]] = b
        ends[a + 1] += 1
        ids[ends[b + 1]] = a
        ends[b + 1] += 1
    return ends[: count + 1], ids


@kernel(parallel=True)
def umbrella(vertices: Floats, edges: Ints, factor: float, steps: int) -> Floats:
    """Move each vertex ``factor`` of the way to the mean of its neighbours, ``steps`` times; ``edges`` (e, 2) distinct.

    Source: G. Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995, section 2.
    """
    n = vertices.shape[0]
    ends, ids = _adjacency(edges, n)
    now = vertices.copy()
    after = np.empty_like(now)
    for _ in range(steps):
        for i in prange(n):
            degree = ends[i + 1] - ends[i]
            x, y, z = 0.0, 0.0, 0.0
            for j in range(ends[i], ends[i + 1]):
                x += now[ids[j], 0]
                y += now[ids[j], 1]
                z += now[ids[j], 2]
            if degree > 0:
                after[i, 0] = now[i, 0] + factor * (x / degree - now[i, 0])
                after[i, 1] = now[i, 1] + factor * (y / degree - now[i, 1])
                after[i, 2] = now[i, 2] + factor * (z / degree - now[i, 2])
            else:
                after[i, 0] = now[i, 0]
                after[i, 1] = now[i, 1]
                after[i, 2] = now[i, 2]
        now, after = after, now
    return now
