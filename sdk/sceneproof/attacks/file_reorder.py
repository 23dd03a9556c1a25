"""Vertices and faces in another order.

What it models: any tool that writes a mesh anew, or sorts it for the vertex cache.
Definition: a random permutation of the vertices, of the faces, and of the corner that each face starts at (its winding
stays). The surface is not welded before or after.
Limits: none; the surface is the same point set.
Source: LIRIS mesh watermarking benchmark (Wang et al. 2010), "file attack".
"""

from __future__ import annotations

import numpy as np

from ._subject import Geometry

ID = "file-reorder"
KIND = "surface"
AMOUNTS = ("",)
WELDS = False
SUMMARY = {"en": "vertices and faces in random order", "zh": "随机打乱顶点与面的顺序"}


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """The same surface under new numbers."""
    order = rng.permutation(len(subject.positions))
    new = np.empty(len(order), np.int64)
    new[order] = np.arange(len(order))
    faces = new[subject.faces][rng.permutation(len(subject.faces))]
    turn = (np.arange(3)[None, :] + rng.integers(0, 3, (len(faces), 1))) % 3
    return Geometry(subject.positions[order], np.take_along_axis(faces, turn, axis=1))
