"""Distinct places, distinct edges and area vectors of a triangle surface in float64, in the order of the file.

The order matters for speed: what lies together in the file stays together in memory.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PARTS = 64  # sums are made in so many parts, whatever the number of threads
PATIENCE = 64  # mean probes per place before a crafted file's collisions send the work to sorting


@kernel
def _clean(points: Floats, faces: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    used = np.zeros(points.shape[0], dtype=np.bool_)
    out = np.empty_like(faces)
    count = 0
    for f in range(faces.shape[0]):
        good = True
        for k in range(3):
            v = faces[f, k]
            exists = v >= 0 and v < points.shape[0]
            if not (exists and np.isfinite(points[v, 0] + points[v, 1] + points[v, 2])):
                good = False
        if good:
            for k in range(3):
                used[faces[f, k]] = True
                out[count, k] = faces[f, k]
            count += 1
    return out[:count].copy(), used


@kernel
def _same(points: Floats, bits: NDArray[np.uint64], used: NDArray[np.bool_]) -> tuple[Ints, Ints, int]:
    count = points.shape[0]
    size = 16
    while size < 2 * count:
        size *= 2
    table = np.full(size, -1, dtype=np.int64)
    group = np.full(count, -1, dtype=np.int64)
    first = np.empty(count, dtype=np.int64)
    found = 0
    probes = 0
    for v in range(count):
        if not used[v]:
            continue
        # multiplicative mixing of the three words, then the finaliser of MurmurHash3 (Appleby, public domain)
        h = bits[v, 0] * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(32)
        h = (h ^ bits[v, 1]) * np.uint64(0xC2B2AE3D27D4EB4F)
        h ^= h >> np.uint64(32)
        h = (h ^ bits[v, 2]) * np.uint64(0x165667B19E3779F9)
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(33)
        slot = np.int64(h & np.uint64(size - 1))
        while table[slot] >= 0:
            other = first[table[slot]]
            if bits[other, 0] == bits[v, 0] and bits[other, 1] == bits[v, 1] and bits[other, 2] == bits[v, 2]:
                break
            slot = (slot + 1) & (size - 1)
            probes += 1
        if probes > PATIENCE * (count + 16):
            return first, group, -1
        if table[slot] < 0:
            table[slot] = found
            first[found] = v
            found += 1
        group[v] = table[slot]
    return first, group, found


def distinct_places(points: Floats, faces: Ints) -> tuple[Floats, Ints, Ints]:
    """Weld by exact place (-0 equals 0): ``vertices`` (v, 3), ``faces`` (f, 3) of them, ``group`` (n,), -1 if unused.

    ``points`` (n, 3) float64, ``faces`` (m, 3) int64; faces with a corner that does not exist or is not finite are
    left out. The vertices come in the order of their first points.
    """
    faces, used = _clean(points, faces)
    points = points + 0.0  # makes -0 and 0 one
    first, group, count = _same(points, points.view(np.uint64), used)
    if count < 0:
        index = np.flatnonzero(used)
        _, at, inverse = np.unique(points[index], axis=0, return_index=True, return_inverse=True)
        order = np.argsort(at)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        first, count = index[at[order]], len(at)
        group[index] = rank[inverse.reshape(-1)]
    return points[first[:count]], group[faces], group


@kernel(parallel=True)
def distinct_edges(faces: Ints, count: int) -> tuple[Ints, Ints]:
    """Distinct edges (e, 2), smaller vertex first, sorted, and by how many faces each is used (e,)."""
    start = np.zeros(count + 2, dtype=np.int64)
    for f in range(faces.shape[0]):
        for k in range(3):
            start[min(faces[f, k], faces[f, (k + 1) % 3]) + 2] += 1
    for v in range(count):
        start[v + 2] += start[v + 1]
    others = np.empty(3 * faces.shape[0], dtype=np.int64)
    for f in range(faces.shape[0]):
        for k in range(3):
            a, b = faces[f, k], faces[f, (k + 1) % 3]
            low = min(a, b)
            others[start[low + 1]] = max(a, b)
            start[low + 1] += 1
    ends = np.zeros(count + 1, dtype=np.int64)
    for v in prange(count):
        first, last = start[v], start[v + 1]
        if last - first <= 32:
            for i in range(first + 1, last):
                key = others[i]
                j = i - 1
                while j >= first and others[j] > key:
                    others[j + 1] = others[j]
                    j -= 1
                others[j + 1] = key
        else:  # the hub of a fan
            others[first:last].sort()
        for i in range(first, last):
            ends[v + 1] += i == first or others[i] != others[i - 1]
    for v in range(count):
        ends[v + 1] += ends[v]
    edges = np.empty((ends[count], 2), dtype=np.int64)
    uses = np.zeros(ends[count], dtype=np.int64)
    for v in prange(count):
        at = ends[v] - 1
        for i in range(start[v], start[v + 1]):
            if i == start[v] or others[i] != others[i - 1]:
                at += 1
                edges[at, 0] = v
                edges[at, 1] = others[i]
            uses[at] += 1
    return edges, uses


@kernel(parallel=True)
def area_vectors(vertices: Floats, faces: Ints) -> tuple[Floats, Floats]:
    """Area vector (f, 3) and area (f,) of each face."""
    out = np.empty((faces.shape[0], 3))
    size = np.empty(faces.shape[0])
    for f in prange(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        px, py, pz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        qx, qy, qz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        x, y, z = 0.5 * (py * qz - pz * qy), 0.5 * (pz * qx - px * qz), 0.5 * (px * qy - py * qx)
        out[f, 0], out[f, 1], out[f, 2] = x, y, z
        size[f] = np.sqrt(x * x + y * y + z * z)
    return out, size


@kernel(parallel=True)
def vertex_vectors(vertices: Floats, faces: Ints) -> tuple[Floats, Floats]:
    """Area-weighted unit normals (v, 3), zero where undefined, and a third of the area around each vertex (v,)."""
    vectors, size = area_vectors(vertices, faces)
    normals = np.zeros((vertices.shape[0], 3))
    area = np.zeros(vertices.shape[0])
    for f in range(faces.shape[0]):
        for j in range(3):
            v = faces[f, j]
            for k in range(3):
                normals[v, k] += vectors[f, k]
            area[v] += size[f]
    for v in prange(vertices.shape[0]):
        length = np.sqrt(normals[v, 0] ** 2 + normals[v, 1] ** 2 + normals[v, 2] ** 2)
        area[v] /= 3.0
        for k in range(3):
            normals[v, k] = normals[v, k] / length if length > 0.0 else 0.0
    return normals, area


@kernel(parallel=True)
def surface_sums(vertices: Floats, faces: Ints, origin: Floats) -> Floats:
    """Sums over a surface about an origin (23,).

    0 area, 1-3 area-weighted middles, 4-6 area vectors, 7 volume of the cone from the origin, 8-10 first and 11-16
    second moments (xx, yy, zz, xy, xz, yz) of that cone, 17-22 second moments of the area.
    """
    parts = np.zeros((PARTS, 23))
    for part in prange(PARTS):
        row = np.zeros(23)
        square = np.empty(6)
        for f in range(part * faces.shape[0] // PARTS, (part + 1) * faces.shape[0] // PARTS):
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            ax, ay, az = vertices[a, 0] - origin[0], vertices[a, 1] - origin[1], vertices[a, 2] - origin[2]
            bx, by, bz = vertices[b, 0] - origin[0], vertices[b, 1] - origin[1], vertices[b, 2] - origin[2]
            cx, cy, cz = vertices[c, 0] - origin[0], vertices[c, 1] - origin[1], vertices[c, 2] - origin[2]
            nx = 0.5 * ((by - ay) * (cz - az) - (bz - az) * (cy - ay))
            ny = 0.5 * ((bz - az) * (cx - ax) - (bx - ax) * (cz - az))
            nz = 0.5 * ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))
            size = np.sqrt(nx * nx + ny * ny + nz * nz)
            sx, sy, sz = ax + bx + cx, ay + by + cy, az + bz + cz
            volume = (sx * nx + sy * ny + sz * nz) / 9.0
            square[0] = ax * ax + bx * bx + cx * cx + sx * sx
            square[1] = ay * ay + by * by + cy * cy + sy * sy
            square[2] = az * az + bz * bz + cz * cz + sz * sz
            square[3] = ax * ay + bx * by + cx * cy + sx * sy
            square[4] = ax * az + bx * bz + cx * cz + sx * sz
            square[5] = ay * az + by * bz + cy * cz + sy * sz
            row[0] += size
            row[1] += size * sx / 3.0
            row[2] += size * sy / 3.0
            row[3] += size * sz / 3.0
            row[4] += nx
            row[5] += ny
            row[6] += nz
            row[7] += volume
            row[8] += volume * sx / 4.0
            row[9] += volume * sy / 4.0
            row[10] += volume * sz / 4.0
            for k in range(6):
                row[11 + k] += volume / 20.0 * square[k]
                row[17 + k] += size / 12.0 * square[k]
        parts[part] = row
    out = np.zeros(23)
    for part in range(PARTS):
        for k in range(23):
            out[k] += parts[part, k]
    return out
