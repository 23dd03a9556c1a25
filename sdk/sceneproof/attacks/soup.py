"""Every triangle on its own: no vertex is shared.

What it models: STL, flat-shaded exports, and engines that unweld.
Definition: three vertices per face, faces in their order. The surface is not welded afterwards, so a detector sees the
soup.
Limits: none; the surface is the same point set.
"""

from __future__ import annotations

import numpy as np

from ._subject import Geometry

ID = "soup"
KIND = "surface"
AMOUNTS = ("",)
WELDS = False
SUMMARY = {"en": "no two triangles share a vertex", "zh": "三角形之间不共享顶点"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """Three vertices per face."""
    count = len(subject.faces)
    return Geometry(subject.corners.reshape(-1, 3), np.arange(3 * count, dtype=np.int64).reshape(count, 3))
