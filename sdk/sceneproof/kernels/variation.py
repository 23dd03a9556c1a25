"""First variation of flux functionals under normal displacements of the vertices, in blocks of one lattice cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange
from sceneproof.kernels._sincos import sincos
from sceneproof.kernels.flux import drawn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def _inside(place: Floats, i: int, centre: Floats, radius: float) -> bool:
    square = 0.0
    for k in range(3):
        square += (place[i, k] - centre[k]) ** 2
    return square < radius * radius


@kernel(parallel=True)
def block_vertices(
    place: Floats, corners: Ints, starts: Ints, neighbours: Ints, centres: Floats, radius: float
) -> tuple[Ints, Ints]:
    """Vertices that move each cell's functionals: ``ends`` (cells + 1,) and the sorted ids, cell after cell.

    ``corners`` is (n, 3), the vertices of each quadrature point's triangle.
    """
    cells = centres.shape[0]
    room = np.zeros(cells + 1, dtype=np.int64)
    for c in prange(cells):
        for near in range(27):
            cell = neighbours[c, near]
            if cell >= 0:
                for i in range(starts[cell], starts[cell + 1]):
                    room[c + 1] += 3 * _inside(place, i, centres[c], radius)
    for c in range(cells):
        room[c + 1] += room[c]
    many = np.empty(room[cells], dtype=np.int64)
    ends = np.zeros(cells + 1, dtype=np.int64)
    for c in prange(cells):
        at = room[c]
        for near in range(27):
            cell = neighbours[c, near]
            if cell >= 0:
                for i in range(starts[cell], starts[cell + 1]):
                    if _inside(place, i, centres[c], radius):
                        for k in range(3):
                            many[at + k] = corners[i, k]
                        at += 3
        mine = many[room[c] : room[c + 1]]
        mine.sort()
        found = 0
        for i in range(mine.shape[0]):
            if i == 0 or mine[i] != mine[found - 1]:
                mine[found] = mine[i]
                found += 1
        ends[c + 1] = found
    for c in range(cells):
        ends[c + 1] += ends[c]
    ids = np.empty(ends[cells], dtype=np.int64)
    for c in prange(cells):
        ids[ends[c] : ends[c + 1]] = many[room[c] : room[c] + ends[c + 1] - ends[c]]
    return ends, ids


@kernel(parallel=True)
def variation(
    points: tuple[Floats, Floats, Floats, Ints],
    table: tuple[Ints, Ints, Floats],
    waves: Floats,
    blocks: tuple[Ints, Ints],
    normals: Floats,
    radius: float,
) -> Floats:
    """Change of each functional per unit normal displacement of each vertex of its block: (fields, entries).

    ``points`` = place (n, 3), area (n, 3), barycentric (n, 3), corners (n, 3); ``table`` = starts, neighbours, centres;
    ``blocks`` from :func:`block_vertices`; ``normals`` (v, 3) unit. To first order the flux of F through a closed
    surface changes by the integral of div F times the normal displacement (Reynolds' transport theorem).
    """
    place, area, share, corners = points
    starts, neighbours, centres = table
    ends, ids = blocks
    cells, fields = waves.shape[0], waves.shape[1]
    out = np.zeros((fields, ids.shape[0]))
    for c in prange(cells):
        first, last = ends[c], ends[c + 1]
        divergence = np.empty(fields)
        shares = np.empty(fields)
        many = drawn(waves[c])
        for f in range(many):
            shares[f] = 1.0 / (waves[c, f, 0] ** 2 + waves[c, f, 1] ** 2 + waves[c, f, 2] ** 2)
        for near in range(27):
            cell = neighbours[c, near]
            if cell < 0:
                continue
            for i in range(starts[cell], starts[cell + 1]):
                x = place[i, 0] - centres[c, 0]
                y = place[i, 1] - centres[c, 1]
                z = place[i, 2] - centres[c, 2]
                inside = 1.0 - (x * x + y * y + z * z) / (radius * radius)
                if inside <= 0.0:
                    continue
                for f in range(many):
                    along = waves[c, f, 0] * x + waves[c, f, 1] * y + waves[c, f, 2] * z
                    sine, cosine = sincos(along + waves[c, f, 3])
                    slope = -4.0 * inside / (radius * radius) * along * shares[f]
                    divergence[f] = slope * cosine - inside * inside * sine
                for k in range(3):
                    vertex = corners[i, k]
                    slot = first + np.searchsorted(ids[first:last], vertex)
                    weight = area[i, 0] * normals[vertex, 0]
                    weight += area[i, 1] * normals[vertex, 1] + area[i, 2] * normals[vertex, 2]
                    for f in range(many):
                        out[f, slot] += weight * share[i, k] * divergence[f]
    return out
