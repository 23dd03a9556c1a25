"""Areas, enclosed volume and degenerate faces of a triangle mesh, in float64."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel
from sceneproof.kernels.rows import finite_rows

FLAT = 1e-12  # doubled area over longest edge squared up to which a face counts as having none (float64 rounding)


@kernel
def _measure(positions: Array, faces: Array, origin: Array) -> tuple[Array, Array, Array]:
    count = faces.shape[0]
    areas = np.empty(count)
    volumes = np.empty(count)
    degenerate = np.empty(count, np.bool_)
    for f in range(count):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux = positions[b, 0] - positions[a, 0]
        uy = positions[b, 1] - positions[a, 1]
        uz = positions[b, 2] - positions[a, 2]
        vx = positions[c, 0] - positions[a, 0]
        vy = positions[c, 1] - positions[a, 1]
        vz = positions[c, 2] - positions[a, 2]
        wx = vx - ux
        wy = vy - uy
        wz = vz - uz
        nx = uy * vz - uz * vy
        ny = uz * vx - ux * vz
        nz = ux * vy - uy * vx
        doubled = np.sqrt(nx * nx + ny * ny + nz * nz)
        longest = max(ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz, wx * wx + wy * wy + wz * wz)
        repeated = a in (b, c) or b == c
        # Written so that NaN and infinity, for which no comparison holds, count as degenerate too.
        flat = repeated or not (doubled > FLAT * longest) or not np.isfinite(doubled)
        degenerate[f] = flat
        areas[f] = 0.0 if flat else 0.5 * doubled
        height = (
            (positions[a, 0] - origin[0]) * nx + (positions[a, 1] - origin[1]) * ny + (positions[a, 2] - origin[2]) * nz
        )
        volumes[f] = 0.0 if flat else height / 6.0
    return areas, volumes, degenerate


def face_measures(positions: Array, faces: Array, origin: Array | None = None) -> tuple[Array, Array, Array]:
    """Area, signed volume share and degeneracy of each face.

    A face is degenerate when it repeats a vertex, when its doubled area is at most 1e-12 of its longest edge squared
    (a scale-free zero), or when a corner is not finite; its area and volume are then 0. The sum of the volume shares
    is the enclosed volume (divergence theorem: tetrahedra from a common point) only if the mesh is closed.

    Parameters
    ----------
    positions : float64 [shape=(n, 3)], any unit. faces : integers [shape=(m, 3)].
    origin : float64 [shape=(3,)], the common point; near the mesh for accuracy, by default its first finite vertex.
        Parts of one surface need the same.

    Returns
    -------
    areas, volumes : float64 [shape=(m,)]. degenerate : bool [shape=(m,)].
    """
    points = frozen(np.asarray(positions).reshape(-1, 3), np.float64)
    triangles = frozen(np.asarray(faces).reshape(-1, 3), np.int64)
    if origin is None:
        finite = finite_rows(points)
        origin = points[finite.argmax()] if finite.any() else np.zeros(3)
    run = _measure if compiled(len(triangles)) else _measure_numpy
    return run(points, triangles, frozen(origin, np.float64))


def _measure_numpy(points: Array, faces: Array, origin: Array) -> tuple[Array, Array, Array]:
    """The same operations in the same order, so that the results are equal to the last bit."""
    with np.errstate(all="ignore"):
        a, b, c = (points[faces[:, k]] for k in range(3))
        u, v = b - a, c - a
        w = v - u
        nx = u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1]
        ny = u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2]
        nz = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
        doubled = np.sqrt(nx * nx + ny * ny + nz * nz)
        squares = [e[:, 0] * e[:, 0] + e[:, 1] * e[:, 1] + e[:, 2] * e[:, 2] for e in (u, v, w)]
        longest = np.maximum(np.maximum(squares[0], squares[1]), squares[2])
        repeated = (faces[:, 0] == faces[:, 1]) | (faces[:, 1] == faces[:, 2]) | (faces[:, 2] == faces[:, 0])
        flat = repeated | ~(doubled > FLAT * longest) | ~np.isfinite(doubled)
        p = a - origin
        height = p[:, 0] * nx + p[:, 1] * ny + p[:, 2] * nz
        return np.where(flat, 0.0, 0.5 * doubled), np.where(flat, 0.0, height / 6.0), flat
