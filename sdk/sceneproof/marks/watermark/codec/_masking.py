"""Where a displacement shows: the surface is held at its creases, tips and outlines, and a little on flat faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.umbrella import umbrella

if TYPE_CHECKING:
    from ._mesh import Welded

Floats = NDArray[np.float64]

HOLD = 0.7  # added to the mass per radian that the normal turns over a cell
MOST = 20.0  # curvature, in radians per cell, that counts: a crease of any sharpness is one of about a pixel's width
EVEN = 0.12  # reach, in cells, over which the weights are made even: a sudden hold would turn normals itself
FLAT, FLAT_MASS = 0.01, 2.0  # curvature, in radians per cell, below which a face is flat, and its mass
FREEST = 1.5  # a few free places among much that is held would have to move far
DENOISED = 2  # umbrella steps
MAX_SMOOTHING = 60  # umbrella steps


def rounds(reach: float, spacing: float) -> int:
    """Umbrella steps that smooth over ``reach`` where edges are ``spacing`` long."""
    return min(int((reach / max(spacing, 1e-12)) ** 2), MAX_SMOOTHING)


def spacing_of(welded: Welded) -> float:
    """Root mean square length of the edges, in file units."""
    edge = welded.vertices[welded.edges[:, 0]] - welded.vertices[welded.edges[:, 1]]
    return float(np.sqrt((edge**2).sum(axis=1).mean()))


def curvature(welded: Welded, normals: Floats) -> Floats:
    """Turning of unit vertex normals along the edges of each vertex (v,), over the length of those: radians per unit.

    It is 1/r on a sphere and 0 inside a flat face, however these are triangulated. The normals are smoothed a little
    before: what they turn by from vertex to vertex of a scan is noise, and no outline.
    """
    normals = umbrella(np.ascontiguousarray(normals), welded.edges, 0.5, DENOISED)
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None]
    a, b = welded.edges[:, 0], welded.edges[:, 1]
    length = np.linalg.norm(welded.vertices[a] - welded.vertices[b], axis=1)
    turn = 2.0 * np.arcsin(np.minimum(0.5 * np.linalg.norm(normals[a] - normals[b], axis=1), 1.0))
    ends = welded.edges.T.reshape(-1)
    count = len(welded.vertices)
    total = np.bincount(ends, np.tile(length, 2), count)
    out: Floats = np.bincount(ends, np.tile(turn, 2), count) / np.maximum(total, 1e-300)
    return out


def ease(welded: Welded, normals: Floats, area: Floats, unit: float) -> Floats:
    """How freely each vertex moves (v,): about 1 on average over the area, less where a displacement shows more.

    A displacement d of wave number k changes a picture by the turn of the normals, d k, and, where the surface bends
    by c per length, by a shading gradient and an outline moved by d: that error grows with c. The mass per area is
    therefore ``1 + HOLD c`` with c in radians per cell of ``unit``.
    """
    bend = np.minimum(curvature(welded, normals) * unit, MOST)
    mass = np.where(bend < FLAT, FLAT_MASS, 1.0 + HOLD * bend)
    steps = rounds(EVEN, spacing_of(welded) / unit)
    level = np.log(mass)
    if steps:
        level = umbrella(np.ascontiguousarray(np.repeat(level[:, None], 3, axis=1)), welded.edges, 0.5, steps)[:, 0]
    free = np.exp(-level)
    whole = float((free * area).sum()) / max(float(area.sum()), 1e-300)
    result: Floats = np.minimum(free / max(whole, 1e-300), FREEST)
    return result
