"""What may have been done to the surface, undone: a list in order of cost, each entry one variant to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sceneproof.kernels.umbrella import umbrella

from ._mesh import Welded, moved, vertex_normals

SHARPENINGS = 5  # iterations of van Cittert: a wave is amplified by at most one more than that


@dataclass(frozen=True)
class Undo:
    """A named variant of the received surface; ``effort`` is the lowest effort at which it is tried."""

    id: str
    apply: Callable[[Welded], Welded]
    effort: str = "normal"


def _same(welded: Welded) -> Welded:
    return welded


def _unsmooth(welded: Welded, time: float) -> Welded:
    """Invert diffusion over the mesh's own edges by van Cittert's iteration, no wave amplified more than sixfold.

    ``time`` is what n umbrella steps of factor f amount to, n f. Source: P. H. van Cittert, Z. Physik 69, 1931.
    """
    steps = max(1, round(time / 0.5))
    guess = welded.vertices
    for _ in range(SHARPENINGS):
        guess = guess + welded.vertices - umbrella(guess, welded.edges, time / steps, steps)
    return moved(welded, guess)


def _untaubin(welded: Welded) -> Welded:
    """The same for Taubin's smoothing, fifty pairs of (0.5, -0.53), which takes away a band and leaves the rest."""
    guess = welded.vertices
    for _ in range(3):
        after = guess
        for _ in range(50):
            after = umbrella(umbrella(after, welded.edges, 0.5, 1), welded.edges, -0.53, 1)
        guess = guess + welded.vertices - after
    return moved(welded, guess)


def _curved(welded: Welded) -> Welded:
    """Round off a coarse mesh: split every triangle in four, edge middles lifted by the normals of their ends.

    Source: A. Vlachos et al., "Curved PN triangles", I3D 2001 (the cubic's middle, with three quarters of its lift).
    """
    normals, _ = vertex_normals(welded.vertices, welded.faces)
    a, b = welded.edges[:, 0], welded.edges[:, 1]
    edge = welded.vertices[b] - welded.vertices[a]
    lift = normals[b] * (edge * normals[b]).sum(axis=1)[:, None] - normals[a] * (edge * normals[a]).sum(axis=1)[:, None]
    count = len(welded.vertices)
    middle = 0.5 * (welded.vertices[a] + welded.vertices[b]) + 0.75 / 8.0 * lift
    keys = a * count + b  # sorted, as the edges are
    corners = welded.faces

    def between(i: int, j: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        low, high = np.minimum(corners[:, i], corners[:, j]), np.maximum(corners[:, i], corners[:, j])
        return count + np.searchsorted(keys, low * count + high)

    ab, bc, ca = between(0, 1), between(1, 2), between(2, 0)
    p, q, r = corners.T
    faces = np.concatenate([np.stack(t, axis=1) for t in ((p, ab, ca), (ab, q, bc), (ca, bc, r), (ab, bc, ca))])
    at = count + np.arange(len(a))
    inner = [np.stack(pair, axis=1) for pair in ((ab, bc), (bc, ca), (ca, ab))]
    edges = np.concatenate([np.stack([a, at], axis=1), np.stack([b, at], axis=1), *inner])
    rounded = replace(welded, faces=np.ascontiguousarray(faces), edges=np.ascontiguousarray(edges))
    return moved(rounded, np.concatenate([welded.vertices, middle]))


IDENTITY = Undo("as stored", _same, "quick")
UNDO: tuple[Undo, ...] = (
    IDENTITY,
    Undo("un-smoothed 3", partial(_unsmooth, time=3.0)),
    Undo("curved triangles", _curved),
    Undo("un-smoothed 1", partial(_unsmooth, time=1.0)),
    Undo("un-smoothed 5", partial(_unsmooth, time=5.0)),
    Undo("un-smoothed, Taubin 50", _untaubin),
)
