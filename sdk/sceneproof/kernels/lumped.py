"""First variation of flux functionals lumped at the vertices, for meshes whose triangles are short against the waves.

To first order the flux of F changes by the integral of div F times the normal displacement (Reynolds' transport
theorem). A vertex carries its displacement along a hat, so its share of that is the area under the hat times div F at
the hat's centre, weakened by exp(-|q|^2 s / 2) for a hat of variance s: the derivative need not be stored, it is a
formula. Points are (n, 4): place and variance. All lengths in cells; ``waves`` (cells, fields, 4) as for the flux.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange
from sceneproof.kernels._sincos import sincos
from sceneproof.kernels.flux import drawn, total
from sceneproof.kernels.places import area_vectors
from sceneproof.kernels.samples import grown, mixed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel(parallel=True)
def hats(vertices: Floats, faces: Ints, directions: Floats) -> Floats:
    """Each vertex's hat (v, 5): centre, variance along the surface, volume swept per unit along its direction (v, 3).

    Hats are linear on the triangles, 1 at their vertex and 0 at all others; moments in closed form.
    """
    vectors, size = area_vectors(vertices, faces)
    out = np.zeros((vertices.shape[0], 5))
    area = np.zeros(vertices.shape[0])
    b, c = np.empty(3), np.empty(3)
    for f in range(faces.shape[0]):
        for j in range(3):
            v, second, third = faces[f, j], faces[f, (j + 1) % 3], faces[f, (j + 2) % 3]
            square = 0.0
            along = 0.0
            for k in range(3):
                b[k] = vertices[second, k] - vertices[v, k]
                c[k] = vertices[third, k] - vertices[v, k]
                square += b[k] * b[k] + c[k] * c[k] + b[k] * c[k]
                along += vectors[f, k] * directions[v, k]
                out[v, k] += size[f] * (b[k] + c[k]) / 12.0
            area[v] += size[f] / 3.0
            out[v, 3] += size[f] * square / 30.0
            out[v, 4] += along / 3.0
    for v in prange(vertices.shape[0]):
        square = 0.0
        for k in range(3):
            offset = out[v, k] / area[v] if area[v] > 0.0 else 0.0
            square += offset * offset
            out[v, k] = vertices[v, k] + offset
        out[v, 3] = 0.5 * max(out[v, 3] / area[v] - square, 0.0) if area[v] > 0.0 else 0.0
    return out


@kernel
def clusters(points: Floats, weight: Floats, side: float) -> Floats:
    """Weighted means of the points (n, 4) in voxels of the given side, and the sums of their weights: (m, 5).

    Points without weight are left out; in the order in which the points first meet the voxels.
    """
    low = np.full(3, np.inf)
    for i in range(points.shape[0]):
        for k in range(3):
            low[k] = min(low[k], points[i, k])
    keys = np.empty(1024, dtype=np.int64)
    out = np.zeros((1024, 5))
    table = np.full(4096, -1, dtype=np.int64)
    found = 0
    for i in range(points.shape[0]):
        if not weight[i] > 0.0:
            continue
        key = 0
        for k in range(3):
            key = (key << 21) | int((points[i, k] - low[k]) / side)
        slot = mixed(key) & (table.shape[0] - 1)
        while table[slot] >= 0 and keys[table[slot]] != key:
            slot = (slot + 1) & (table.shape[0] - 1)
        if table[slot] < 0:
            if found == keys.shape[0]:
                keys = np.append(keys, np.empty(found, dtype=np.int64))
                out = np.concatenate((out, np.zeros((found, 5))))
                table = grown(keys, found, 8 * found)
                slot = mixed(key) & (table.shape[0] - 1)
                while table[slot] >= 0:
                    slot = (slot + 1) & (table.shape[0] - 1)
            table[slot] = found
            keys[found] = key
            found += 1
        at = table[slot]
        for k in range(3):
            out[at, k] += weight[i] * (points[i, k] - low[k])
        out[at, 3] += weight[i] * points[i, 3]
        out[at, 4] += weight[i]
    for i in range(found):
        for k in range(3):
            out[i, k] = low[k] + out[i, k] / out[i, 4]
        out[i, 3] /= out[i, 4]
    return out[:found].copy()


@kernel
def _within(place: Floats, starts: Ints, cells: Ints, centre: Floats, radius: float) -> Ints:
    many = 0
    for near in range(27):
        if cells[near] >= 0:
            many += starts[cells[near] + 1] - starts[cells[near]]
    chosen = np.empty(many + 1, dtype=np.int64)
    count = 0
    for near in range(27):
        if cells[near] < 0:
            continue
        for i in range(starts[cells[near]], starts[cells[near] + 1]):
            x, y, z = place[i, 0] - centre[0], place[i, 1] - centre[1], place[i, 2] - centre[2]
            chosen[count] = i
            count += x * x + y * y + z * z < radius * radius
    return chosen[:count]


@kernel
def _divergences(at: Floats, wave: Floats, radius: float, out: Floats) -> None:
    """div F under hats about the centre, ``at`` (4 or more, n) column by column; zero outside the bump."""
    qx, qy, qz, phase = wave[0], wave[1], wave[2], wave[3]
    square = qx * qx + qy * qy + qz * qz
    share = 1.0 / square
    inverse = 1.0 / (radius * radius)
    for i in range(out.shape[0]):
        x, y, z = at[0, i], at[1, i], at[2, i]
        inside = 1.0 - (x * x + y * y + z * z) * inverse
        inside = inside if inside > 0.0 else 0.0
        along = qx * x + qy * y + qz * z
        sine, cosine = sincos(along + phase)
        # exp(-t) as (1 - t / 4)^4: what it is worth where a wave is shorter than a hat does not matter
        weak = 1.0 - 0.125 * square * at[3, i]
        weak = weak if weak > 0.0 else 0.0
        weak *= weak
        out[i] = weak * weak * inside * (-4.0 * inverse * along * share * cosine - inside * sine)


@kernel(parallel=True)
def point_blocks(
    points: Floats, number: Ints, table: tuple[Ints, Ints, Floats], waves: Floats, radius: float
) -> tuple[Ints, Ints, Floats]:
    """div F at the points within each cell's bump: ``ends`` (cells + 1,), sorted ids, values (fields, entries).

    ``points`` (n, 4) sorted by cell, ``number`` (n,) the id of each point; ``table`` = starts, neighbours, centres.
    """
    starts, neighbours, centres = table
    cells, fields = waves.shape[0], waves.shape[1]
    ends = np.zeros(cells + 1, dtype=np.int64)
    for c in prange(cells):
        ends[c + 1] = len(_within(points, starts, neighbours[c], centres[c], radius))
    for c in range(cells):
        ends[c + 1] += ends[c]
    ids = np.empty(ends[cells], dtype=np.int64)
    values = np.zeros((fields, ends[cells]))
    for c in prange(cells):
        mine = _within(points, starts, neighbours[c], centres[c], radius)
        order = np.argsort(number[mine])
        n = len(mine)
        at = np.empty((4, n))
        for i in range(n):
            m = mine[order[i]]
            ids[ends[c] + i] = number[m]
            for k in range(3):
                at[k, i] = points[m, k] - centres[c, k]
            at[3, i] = points[m, 3]
        for f in range(drawn(waves[c])):
            _divergences(at, waves[c, f], radius, values[f, ends[c] : ends[c + 1]])
    return ends, ids, values


@kernel(parallel=True)
def divergence_sums(
    points: Floats, weight: Floats, table: tuple[Ints, Ints, Floats], waves: Floats, radius: float
) -> Floats:
    """Sum over the points of div F times a weight per point: (cells, fields)."""
    starts, neighbours, centres = table
    cells, fields = waves.shape[0], waves.shape[1]
    out = np.zeros((cells, fields))
    for c in prange(cells):
        mine = _within(points, starts, neighbours[c], centres[c], radius)
        n = len(mine)
        at = np.empty((5, n))
        for i in range(n):
            for k in range(3):
                at[k, i] = points[mine[i], k] - centres[c, k]
            at[3, i] = points[mine[i], 3]
            at[4, i] = weight[mine[i]]
        terms = np.empty(n)
        for f in range(drawn(waves[c])):
            _divergences(at, waves[c, f], radius, terms)
            for i in range(n):
                terms[i] *= at[4, i]
            out[c, f] = total(terms, n)
    return out


@kernel(parallel=True)
def wave_sums(
    points: Floats, starts: Ints, around: Ints, centres: Floats, waves: Floats, y: Floats, radius: float
) -> Floats:
    """Sum over the functionals of ``y`` (cells, fields) times div F at each point: (n,).

    ``around`` (occupied, 27) are the indices of the centres near each run of points, or -1.
    """
    out = np.zeros(points.shape[0])
    for run in prange(starts.shape[0] - 1):
        first, n = starts[run], starts[run + 1] - starts[run]
        at = np.empty((4, n))
        at[3] = points[first : first + n, 3]
        terms = np.empty(n)
        for near in range(27):
            c = around[run, near]
            if c < 0:
                continue
            for i in range(n):
                for k in range(3):
                    at[k, i] = points[first + i, k] - centres[c, k]
            for f in range(waves.shape[1]):
                if y[c, f] != 0.0:
                    _divergences(at, waves[c, f], radius, terms)
                    for i in range(n):
                        out[first + i] += y[c, f] * terms[i]
    return out
