"""First variation of flux functionals under normal displacements of the vertices, in blocks of one lattice cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def block_vertices(
    place: Floats, corners: Ints, starts: Ints, neighbours: Ints, centres: Floats, radius: float
) -> tuple[Ints, Ints]:
    """Vertices that move each cell's functionals: ``ends`` (cells + 1,) and the sorted ids, cell after cell.

    ``corners`` is (n, 3), the vertices of each quadrature point's triangle.
    """
    cells = centres.shape[0]
    ends = np.zeros(cells + 1, dtype=np.int64)
    found = np.empty(1024, dtype=np.int64)
    total = 0
    for c in range(cells):
        count = 0
        for near in range(27):
            cell = neighbours[c, near]
            if cell >= 0:
                count += 3 * (starts[cell + 1] - starts[cell])
        many = np.empty(count, dtype=np.int64)
        count = 0
        for near in range(27):
            cell = neighbours[c, near]
            if cell < 0:
                continue
            for i in range(starts[cell], starts[cell + 1]):
                square = 0.0
                for k in range(3):
                    square += (place[i, k] - centres[c, k]) ** 2
                if square < radius * radius:
                    for k in range(3):
                        many[count] = corners[i, k]
                        count += 1
        ids = np.unique(many[:count])
        while total + ids.shape[0] > found.shape[0]:
            larger = np.empty(2 * found.shape[0], dtype=np.int64)
            larger[:total] = found[:total]
            found = larger
        found[total : total + ids.shape[0]] = ids
        total += ids.shape[0]
        ends[c + 1] = total
    return ends, found[:total].copy()


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
                for f in range(fields):
                    qx, qy, qz = waves[c, f, 0], waves[c, f, 1], waves[c, f, 2]
                    along = qx * x + qy * y + qz * z
                    angle = along + waves[c, f, 3]
                    slope = -4.0 * inside / (radius * radius) * along / (qx * qx + qy * qy + qz * qz)
                    divergence[f] = slope * np.cos(angle) - inside * inside * np.sin(angle)
                for k in range(3):
                    vertex = corners[i, k]
                    slot = first + np.searchsorted(ids[first:last], vertex)
                    weight = area[i, 0] * normals[vertex, 0]
                    weight += area[i, 1] * normals[vertex, 1] + area[i, 2] * normals[vertex, 2]
                    for f in range(fields):
                        out[f, slot] += weight * share[i, k] * divergence[f]
    return out
