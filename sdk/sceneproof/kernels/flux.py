"""Keyed flux functionals of a triangle surface: quadrature, evaluation, and their first variation.

A functional is the flux of ``F = B(r) cos(q.r + phase) q / |q|^2`` with the bump ``B(r) = (1 - |r|^2 / R^2)^2`` around
the centre of a lattice cell. All lengths are in cells. Quadrature points come sorted by the cell that holds them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def _split(corners: Floats, limit: float, stack: Floats, out: Floats, at: int, write: bool) -> int:
    """Bisect a triangle at its longest edge until no edge exceeds the limit; write barycentric centroid and share."""
    stack[0, :9] = 0.0
    stack[0, 0] = 1.0
    stack[0, 4] = 1.0
    stack[0, 8] = 1.0
    stack[0, 9] = 1.0
    top = 1
    capacity = stack.shape[0]
    while top > 0:
        top -= 1
        longest = -1.0
        edge = 0
        for e in range(3):
            f = (e + 1) % 3
            length = 0.0
            for k in range(3):
                delta = 0.0
                for j in range(3):
                    delta += (stack[top, 3 * e + j] - stack[top, 3 * f + j]) * corners[j, k]
                length += delta * delta
            if length > longest:
                longest = length
                edge = e
        if longest > limit * limit and top + 2 <= capacity:
            f = (edge + 1) % 3
            stack[top, 9] *= 0.5
            stack[top + 1] = stack[top]
            for j in range(3):
                middle = 0.5 * (stack[top, 3 * edge + j] + stack[top, 3 * f + j])
                stack[top, 3 * edge + j] = middle
                stack[top + 1, 3 * f + j] = middle
            top += 2
        else:
            if write:
                for j in range(3):
                    out[at, j] = (stack[top, j] + stack[top, 3 + j] + stack[top, 6 + j]) / 3.0
                out[at, 3] = stack[top, 9]
            at += 1
    return at


@kernel
def surface_points(vertices: Floats, faces: Ints, limit: float) -> tuple[Ints, Floats]:
    """Quadrature points of a surface: ``face`` (n,) and ``share`` (n, 4), barycentric place and share of the area.

    Triangles with an edge longer than ``limit`` are bisected at their longest edge (so that slivers stay few points).
    """
    corners = np.empty((3, 3))
    stack = np.empty((48, 10))
    none = np.empty((1, 4))
    count = 0
    for i in range(faces.shape[0]):
        for j in range(3):
            corners[j] = vertices[faces[i, j]]
        count = _split(corners, limit, stack, none, count, False)
    face = np.empty(count, dtype=np.int64)
    share = np.empty((count, 4))
    at = 0
    for i in range(faces.shape[0]):
        for j in range(3):
            corners[j] = vertices[faces[i, j]]
        end = _split(corners, limit, stack, share, at, True)
        face[at:end] = i
        at = end
    return face, share


@kernel
def point_vectors(vertices: Floats, faces: Ints, face: Ints, share: Floats) -> tuple[Floats, Floats]:
    """Place (n, 3) and area vector (n, 3) of every quadrature point."""
    n = face.shape[0]
    place = np.empty((n, 3))
    area = np.empty((n, 3))
    for i in range(n):
        a, b, c = faces[face[i], 0], faces[face[i], 1], faces[face[i], 2]
        for k in range(3):
            place[i, k] = share[i, 0] * vertices[a, k] + share[i, 1] * vertices[b, k] + share[i, 2] * vertices[c, k]
            m = (k + 1) % 3
            o = (k + 2) % 3
            cross = (vertices[b, m] - vertices[a, m]) * (vertices[c, o] - vertices[a, o])
            cross -= (vertices[b, o] - vertices[a, o]) * (vertices[c, m] - vertices[a, m])
            area[i, k] = 0.5 * share[i, 3] * cross
    return place, area


@kernel
def _find(keys: Ints, key: int) -> int:
    low = 0
    high = keys.shape[0]
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    if low < keys.shape[0] and keys[low] == key:
        return low
    return -1


@kernel
def voxel_normals(place: Floats, area: Floats, starts: Ints) -> Floats:
    """Sums over the 27 thirds of every occupied cell: (cells, 27, 7), area vector, area-weighted place, area."""
    cells = starts.shape[0] - 1
    out = np.zeros((cells, 27, 7))
    for cell in range(cells):
        for i in range(starts[cell], starts[cell + 1]):
            slot = 0
            for k in range(3):
                part = int((place[i, k] - np.floor(place[i, k])) * 3.0)
                slot = 3 * slot + min(max(part, 0), 2)
            size = np.sqrt(area[i, 0] ** 2 + area[i, 1] ** 2 + area[i, 2] ** 2)
            for k in range(3):
                out[cell, slot, k] += area[i, k]
                out[cell, slot, 3 + k] += size * place[i, k]
            out[cell, slot, 6] += size
    return out


@kernel
def normal_tensors(voxels: Floats, neighbours: Ints, centres: Floats, radius: float) -> Floats:
    """``T = sum B n n^T dA`` over voxel-averaged normals around every centre: (centres, 3, 3)."""
    out = np.zeros((centres.shape[0], 3, 3))
    for c in range(centres.shape[0]):
        for near in range(27):
            cell = neighbours[c, near]
            if cell < 0:
                continue
            for slot in range(27):
                size = voxels[cell, slot, 6]
                length = np.sqrt(voxels[cell, slot, 0] ** 2 + voxels[cell, slot, 1] ** 2 + voxels[cell, slot, 2] ** 2)
                if size <= 0.0 or length <= 0.0:
                    continue
                square = 0.0
                for k in range(3):
                    square += (voxels[cell, slot, 3 + k] / size - centres[c, k]) ** 2
                inside = 1.0 - square / (radius * radius)
                if inside <= 0.0:
                    continue
                for j in range(3):
                    for k in range(3):
                        product = voxels[cell, slot, j] * voxels[cell, slot, k]
                        out[c, j, k] += inside * inside * product / length
    return out


@kernel
def cell_neighbours(keys: Ints, candidates: Ints, strides: Ints) -> Ints:
    """Index into the sorted occupied ``keys`` of the 27 cells around each candidate key, -1 where empty."""
    out = np.empty((candidates.shape[0], 27), dtype=np.int64)
    for c in range(candidates.shape[0]):
        at = 0
        for x in range(-1, 2):
            for y in range(-1, 2):
                for z in range(-1, 2):
                    out[c, at] = _find(keys, candidates[c] + x * strides[0] + y * strides[1] + z * strides[2])
                    at += 1
    return out


@kernel(parallel=True)
def flux(
    place: Floats, area: Floats, starts: Ints, neighbours: Ints, centres: Floats, waves: Floats, radius: float
) -> Floats:
    """Flux and gain of every functional: (centres, fields, 2).

    ``waves`` is (centres, fields, 4): wave vector and phase. Column 0 is the sum of F . A, column 1 the square root of
    the sum of (div F)^2 |A|, both over the points within ``radius`` of the centre.
    """
    cells, fields = waves.shape[0], waves.shape[1]
    out = np.zeros((cells, fields, 2))
    for c in prange(cells):
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
                size = np.sqrt(area[i, 0] ** 2 + area[i, 1] ** 2 + area[i, 2] ** 2)
                for f in range(fields):
                    qx, qy, qz = waves[c, f, 0], waves[c, f, 1], waves[c, f, 2]
                    square = qx * qx + qy * qy + qz * qz
                    along = qx * x + qy * y + qz * z
                    angle = along + waves[c, f, 3]
                    cosine = np.cos(angle)
                    through = qx * area[i, 0] + qy * area[i, 1] + qz * area[i, 2]
                    slope = -4.0 * inside / (radius * radius) * along * cosine / square
                    divergence = slope - inside * inside * np.sin(angle)
                    out[c, f, 0] += inside * inside * cosine * through / square
                    out[c, f, 1] += divergence * divergence * size
        for f in range(fields):
            out[c, f, 1] = np.sqrt(out[c, f, 1])
    return out


@kernel
def bump_sums(place: Floats, weight: Floats, starts: Ints, neighbours: Ints, centres: Floats, radius: float) -> Floats:
    """Sum of the bump times a weight per point around every centre: (centres,)."""
    out = np.zeros(centres.shape[0])
    for c in range(centres.shape[0]):
        for near in range(27):
            cell = neighbours[c, near]
            if cell < 0:
                continue
            for i in range(starts[cell], starts[cell + 1]):
                square = 0.0
                for k in range(3):
                    square += (place[i, k] - centres[c, k]) ** 2
                inside = 1.0 - square / (radius * radius)
                if inside > 0.0:
                    out[c] += inside * inside * weight[i]
    return out
