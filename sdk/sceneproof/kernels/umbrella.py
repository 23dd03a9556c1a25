"""Umbrella smoothing of vertex positions (uniform weights) on welded triangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def umbrella(vertices: Floats, edges: Ints, factor: float, steps: int) -> Floats:
    """Move each vertex ``factor`` of the way to the mean of its neighbours, ``steps`` times; ``edges`` (e, 2) distinct.

    Source: G. Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995, section 2.
    """
    n = vertices.shape[0]
    degree = np.zeros(n)
    for e in range(edges.shape[0]):
        degree[edges[e, 0]] += 1.0
        degree[edges[e, 1]] += 1.0
    now = vertices.copy()
    for _ in range(steps):
        total = np.zeros((n, 3))
        for e in range(edges.shape[0]):
            a, b = edges[e, 0], edges[e, 1]
            for k in range(3):
                total[a, k] += now[b, k]
                total[b, k] += now[a, k]
        for i in range(n):
            if degree[i] > 0.0:
                for k in range(3):
                    now[i, k] += factor * (total[i, k] / degree[i] - now[i, k])
    return now
