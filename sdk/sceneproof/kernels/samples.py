"""A triangle surface as a few thousand samples: what the integral of any smooth field over it needs.

The triangles inside one small voxel become one row of area, area vector and moments, so that integrals are exact for
fields that are quadratic within a voxel and their cost does not grow with the number of triangles. Columns of a row:
0-2 place (centre of area), 3 area, 4-6 area vector A, 7-15 first moments of the area vectors about the place
(row-major ``sum A_j u_k``), 16-21 covariance of the area (xx, yy, zz, xy, xz, yz), 22 mean of the fourth power of the
triangles' longest edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def mixed(key: int) -> np.int64:
    """Hash of a packed voxel: the finaliser of MurmurHash3 (Appleby, public domain), its sign bit dropped."""
    h = np.uint64(key)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return np.int64(h >> np.uint64(1))


@kernel
def grown(keys: Ints, found: int, size: int) -> Ints:
    """A hash table of so many slots (a power of two) that holds the indices of the first keys."""
    table = np.full(size, -1, dtype=np.int64)
    for i in range(found):
        slot = mixed(keys[i]) & (size - 1)
        while table[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        table[slot] = i
    return table


@kernel
def _add(rows: Floats, at: int, pieces: Floats, top: int, centres: Floats, longest: float) -> None:
    """Add one piece, nine coordinates, to the raw moments about the centre of its voxel."""
    tri, centre, row = pieces[top], centres[at], rows[at]
    ax, ay, az = tri[0] - centre[0], tri[1] - centre[1], tri[2] - centre[2]
    bx, by, bz = tri[3] - centre[0], tri[4] - centre[1], tri[5] - centre[2]
    cx, cy, cz = tri[6] - centre[0], tri[7] - centre[1], tri[8] - centre[2]
    px, py, pz = bx - ax, by - ay, bz - az
    qx, qy, qz = cx - ax, cy - ay, cz - az
    nx, ny, nz = 0.5 * (py * qz - pz * qy), 0.5 * (pz * qx - px * qz), 0.5 * (px * qy - py * qx)
    size = np.sqrt(nx * nx + ny * ny + nz * nz)
    sx, sy, sz = ax + bx + cx, ay + by + cy, az + bz + cz
    ux, uy, uz = sx / 3.0, sy / 3.0, sz / 3.0
    row[0] += size * ux
    row[1] += size * uy
    row[2] += size * uz
    row[3] += size
    row[4] += nx
    row[5] += ny
    row[6] += nz
    row[7] += nx * ux
    row[8] += nx * uy
    row[9] += nx * uz
    row[10] += ny * ux
    row[11] += ny * uy
    row[12] += ny * uz
    row[13] += nz * ux
    row[14] += nz * uy
    row[15] += nz * uz
    # the integral of x_j x_k over a triangle: area / 12 (sum of the corners' products + product of their sums)
    w = size / 12.0
    row[16] += w * (ax * ax + bx * bx + cx * cx + sx * sx)
    row[17] += w * (ay * ay + by * by + cy * cy + sy * sy)
    row[18] += w * (az * az + bz * bz + cz * cz + sz * sz)
    row[19] += w * (ax * ay + bx * by + cx * cy + sx * sy)
    row[20] += w * (ax * az + bx * bz + cx * cz + sx * sz)
    row[21] += w * (ay * az + by * bz + cy * cz + sy * sz)
    row[22] += size * longest * longest


@kernel
def _finish(rows: Floats, centres: Floats) -> Floats:
    """From raw moments about the voxels' centres to central ones; rows without area are left out."""
    out = np.empty((rows.shape[0], 23))
    count = 0
    u = np.empty(3)
    for i in range(rows.shape[0]):
        size = rows[i, 3]
        if not (size > 0.0 and size < np.inf):
            continue
        for k in range(3):
            u[k] = rows[i, k] / size
            out[count, k] = centres[i, k] + u[k]
        out[count, 3] = size
        for j in range(3):
            out[count, 4 + j] = rows[i, 4 + j]
            for k in range(3):
                out[count, 7 + 3 * j + k] = rows[i, 7 + 3 * j + k] - rows[i, 4 + j] * u[k]
            out[count, 16 + j] = rows[i, 16 + j] / size - u[j] * u[j]
        out[count, 19] = rows[i, 19] / size - u[0] * u[1]
        out[count, 20] = rows[i, 20] / size - u[0] * u[2]
        out[count, 21] = rows[i, 21] / size - u[1] * u[2]
        out[count, 22] = rows[i, 22] / size
        count += 1
    return out[:count].copy()


@kernel
def sample(vertices: Floats, faces: Ints, side: float, most: int) -> tuple[Floats, int]:
    """Samples (s, 23) of a surface in voxels of the given side, and the number of pieces; it stops above ``most``.

    Triangles with an edge longer than 1.5 sides are bisected at their longest edge until none is. Vertices finite, no
    further than 2^20 sides apart. The rows come in the order in which the triangles first meet the voxels.
    """
    low = np.full(3, np.inf)
    for i in range(vertices.shape[0]):
        for k in range(3):
            low[k] = min(low[k], vertices[i, k])
    keys = np.empty(1024, dtype=np.int64)
    rows = np.zeros((1024, 23))
    centres = np.empty((1024, 3))
    table = np.full(4096, -1, dtype=np.int64)
    stack = np.empty((48, 9))
    cell = np.empty(3, dtype=np.int64)
    limit = 2.25 * side * side
    found = 0
    pieces = 0
    for face in range(faces.shape[0]):
        for j in range(3):
            for k in range(3):
                stack[0, 3 * j + k] = vertices[faces[face, j], k]
        top = 1
        first = -1.0
        while top > 0:
            top -= 1
            longest = -1.0
            edge = 0
            for e in range(3):
                f = (e + 1) % 3
                length = 0.0
                for k in range(3):
                    length += (stack[top, 3 * e + k] - stack[top, 3 * f + k]) ** 2
                if length > longest:
                    longest = length
                    edge = e
            if first < 0.0:
                first = longest
            if longest > limit and top + 2 <= 48:
                f = (edge + 1) % 3
                for k in range(9):
                    stack[top + 1, k] = stack[top, k]
                for k in range(3):
                    middle = 0.5 * (stack[top, 3 * edge + k] + stack[top, 3 * f + k])
                    stack[top, 3 * edge + k] = middle
                    stack[top + 1, 3 * f + k] = middle
                top += 2
                continue
            for k in range(3):
                middle = (stack[top, k] + stack[top, 3 + k] + stack[top, 6 + k]) / 3.0
                cell[k] = int((middle - low[k]) / side)
            key = (cell[0] << 42) | (cell[1] << 21) | cell[2]
            slot = mixed(key) & (table.shape[0] - 1)
            while table[slot] >= 0 and keys[table[slot]] != key:
                slot = (slot + 1) & (table.shape[0] - 1)
            if table[slot] < 0:
                if found == keys.shape[0]:
                    keys = np.append(keys, np.empty(found, dtype=np.int64))
                    rows = np.concatenate((rows, np.zeros((found, 23))))
                    centres = np.concatenate((centres, np.empty((found, 3))))
                    table = grown(keys, found, 8 * found)
                    slot = mixed(key) & (table.shape[0] - 1)
                    while table[slot] >= 0:
                        slot = (slot + 1) & (table.shape[0] - 1)
                table[slot] = found
                keys[found] = key
                for k in range(3):
                    centres[found, k] = low[k] + (cell[k] + 0.5) * side
                found += 1
            at = table[slot]
            _add(rows, at, stack, top, centres, first)
            pieces += 1
        if pieces > most:
            break
    return _finish(rows[:found], centres[:found]), pieces


@kernel(parallel=True)
def placed(samples: Floats, origin: Floats, axes: Floats, scale: float) -> Floats:
    """Samples after ``x -> (x - origin) axes' scale``; ``axes`` (3, 3) are the rows of a rotation."""
    out = np.empty_like(samples)
    square = scale * scale
    for i in prange(samples.shape[0]):
        x, y, z = samples[i, 0] - origin[0], samples[i, 1] - origin[1], samples[i, 2] - origin[2]
        vx, vy, vz = samples[i, 4], samples[i, 5], samples[i, 6]
        half = np.empty((2, 3, 3))
        for j in range(3):
            a, b, c = axes[j, 0], axes[j, 1], axes[j, 2]
            out[i, j] = (x * a + y * b + z * c) * scale
            out[i, 4 + j] = (vx * a + vy * b + vz * c) * square
            for k in range(3):
                half[0, j, k] = a * samples[i, 7 + k] + b * samples[i, 10 + k] + c * samples[i, 13 + k]
            half[1, j, 0] = a * samples[i, 16] + b * samples[i, 19] + c * samples[i, 20]
            half[1, j, 1] = a * samples[i, 19] + b * samples[i, 17] + c * samples[i, 21]
            half[1, j, 2] = a * samples[i, 20] + b * samples[i, 21] + c * samples[i, 18]
        out[i, 3] = samples[i, 3] * square
        for j in range(3):
            for k in range(3):
                turned = half[0, j, 0] * axes[k, 0] + half[0, j, 1] * axes[k, 1] + half[0, j, 2] * axes[k, 2]
                out[i, 7 + 3 * j + k] = turned * square * scale
                if k >= j:
                    turned = half[1, j, 0] * axes[k, 0] + half[1, j, 1] * axes[k, 1] + half[1, j, 2] * axes[k, 2]
                    out[i, 16 + (j if j == k else 2 + j + k)] = turned * square
        out[i, 22] = samples[i, 22] * square * square
    return out
