"""Vertices doubled along random seams.

What it models: seams of texture coordinates and hard normals, which split vertices in files.
Definition: each face draws one of eight charts by the nearest of eight random seed vertices (straight distance to its
centre); a vertex whose faces are of several charts is stored once for each. Not welded afterwards.
Limits: none; the surface is the same point set.
"""

from __future__ import annotations

import numpy as np

from ._subject import Geometry

ID = "seams"
KIND = "surface"
AMOUNTS = ("",)
WELDS = False
SUMMARY = {"en": "vertices doubled along seams between random charts", "zh": "沿随机分块的接缝复制顶点"}
CHARTS = 8


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """The same triangles on doubled vertices."""
    if not len(subject.faces):
        return subject
    count = len(subject.positions)
    seeds = subject.positions[rng.integers(0, count, CHARTS)]
    centres = subject.corners.mean(axis=1)
    distance = np.stack([np.linalg.norm(centres - seed, axis=1) for seed in seeds], axis=1)
    chart = distance.argmin(axis=1)
    stored, faces = np.unique(chart[:, None] * count + subject.faces, return_inverse=True)
    return Geometry(subject.positions[stored % count], faces.reshape(-1, 3).astype(np.int64))
