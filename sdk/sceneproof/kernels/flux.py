"""Keyed flux functionals of a triangle surface: quadrature, evaluation, and their first variation.

A functional is the flux of ``F = B(r) cos(q.r + phase) q / |q|^2`` with the bump ``B(r) = (1 - |r|^2 / R^2)^2`` around
the centre of a lattice cell. All lengths are in cells. Samples (see the kernels of that name) and quadrature points
come sorted by the cell that holds them: ``starts`` (occupied + 1,), ``neighbours`` (centres, 27).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange
from sceneproof.kernels._sincos import sincos

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
def _points_of(vertices: Floats, face: Ints, limit: float, out: Floats, at: int, write: bool) -> int:
    corners = np.empty((3, 3))
    for j in range(3):
        corners[j] = vertices[face[j]]
    return _split(corners, limit, np.empty((48, 10)), out, at, write)


@kernel(parallel=True)
def surface_points(vertices: Floats, faces: Ints, limit: float) -> tuple[Ints, Floats]:
    """Quadrature points of a surface: ``face`` (n,) and ``share`` (n, 4), barycentric place and share of the area.

    Triangles with an edge longer than ``limit`` are bisected at their longest edge (so that slivers stay few points).
    """
    ends = np.zeros(faces.shape[0] + 1, dtype=np.int64)
    for i in prange(faces.shape[0]):
        ends[i + 1] = _points_of(vertices, faces[i], limit, np.empty((1, 4)), 0, False)
    for i in range(faces.shape[0]):
        ends[i + 1] += ends[i]
    face = np.empty(ends[-1], dtype=np.int64)
    share = np.empty((ends[-1], 4))
    for i in prange(faces.shape[0]):
        _points_of(vertices, faces[i], limit, share, ends[i], True)
        face[ends[i] : ends[i + 1]] = i
    return face, share


@kernel(parallel=True)
def point_vectors(vertices: Floats, faces: Ints, face: Ints, share: Floats) -> tuple[Floats, Floats]:
    """Place (n, 3) and area vector (n, 3) of every quadrature point."""
    n = face.shape[0]
    place = np.empty((n, 3))
    area = np.empty((n, 3))
    for i in prange(n):
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


@kernel(parallel=True)
def voxel_normals(samples: Floats, starts: Ints) -> Floats:
    """Sums over the 27 thirds of every occupied cell: (cells, 27, 7), area vector, area-weighted place, area."""
    cells = starts.shape[0] - 1
    out = np.zeros((cells, 27, 7))
    for cell in prange(cells):
        for i in range(starts[cell], starts[cell + 1]):
            slot = 0
            for k in range(3):
                part = int((samples[i, k] - np.floor(samples[i, k])) * 3.0)
                slot = 3 * slot + min(max(part, 0), 2)
            size = samples[i, 3]
            for k in range(3):
                out[cell, slot, k] += samples[i, 4 + k]
                out[cell, slot, 3 + k] += size * samples[i, k]
            out[cell, slot, 6] += size
    return out


@kernel(parallel=True)
def normal_tensors(voxels: Floats, neighbours: Ints, centres: Floats, radius: float) -> Floats:
    """``T = sum B n n^T dA`` over voxel-averaged normals around every centre: (centres, 3, 3)."""
    out = np.zeros((centres.shape[0], 3, 3))
    for c in prange(centres.shape[0]):
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


@kernel(parallel=True)
def cell_neighbours(keys: Ints, candidates: Ints, strides: Ints) -> Ints:
    """Index into the sorted occupied ``keys`` of the 27 cells around each candidate key, -1 where empty."""
    out = np.empty((candidates.shape[0], 27), dtype=np.int64)
    for c in prange(candidates.shape[0]):
        at = 0
        for x in range(-1, 2):
            for y in range(-1, 2):
                for z in range(-1, 2):
                    out[c, at] = _find(keys, candidates[c] + x * strides[0] + y * strides[1] + z * strides[2])
                    at += 1
    return out


@kernel
def total(terms: Floats, count: int) -> float:
    """Sum in eight lanes: a fixed order that still vectorises."""
    lanes = np.zeros(8)
    whole = count - count % 8
    for i in range(0, whole, 8):
        for j in range(8):
            lanes[j] += terms[i + j]
    for i in range(whole, count):
        lanes[i - whole] += terms[i]
    even, odd = (lanes[0] + lanes[4]) + (lanes[2] + lanes[6]), (lanes[1] + lanes[5]) + (lanes[3] + lanes[7])
    return float(even + odd)


@kernel
def drawn(waves: Floats) -> int:
    """How many of the waves (fields, 4) of a cell there are: one of no length ends them."""
    count = 0
    while count < waves.shape[0] and (waves[count, 0] != 0.0 or waves[count, 1] != 0.0 or waves[count, 2] != 0.0):
        count += 1
    return count


@kernel
def _near(samples: Floats, starts: Ints, cells: Ints, centre: Floats, radius: float) -> Floats:
    """The samples within the radius, column by column, their places about the centre: (23, m)."""
    many = 0
    for near in range(27):
        if cells[near] >= 0:
            many += starts[cells[near] + 1] - starts[cells[near]]
    chosen = np.empty(many, dtype=np.int64)
    count = 0
    for near in range(27):
        if cells[near] < 0:
            continue
        for i in range(starts[cells[near]], starts[cells[near] + 1]):
            x, y, z = samples[i, 0] - centre[0], samples[i, 1] - centre[1], samples[i, 2] - centre[2]
            chosen[count] = i
            count += x * x + y * y + z * z < radius * radius
    out = np.empty((23, count))
    for m in range(count):
        i = chosen[m]
        for k in range(3):
            out[k, m] = samples[i, k] - centre[k]
        for k in range(3, 23):
            out[k, m] = samples[i, k]
    return out


@kernel
def _terms(s: Floats, wave: Floats, radius: float, flows: Floats, powers: Floats) -> None:
    """Each sample's share of one functional's flux and of its squared gain."""
    qx, qy, qz, phase = wave[0], wave[1], wave[2], wave[3]
    share = 1.0 / (qx * qx + qy * qy + qz * qz)
    inverse = 1.0 / (radius * radius)
    for i in range(s.shape[1]):  # without a division, which may raise, or a branch, the loop vectorises
        x, y, z = s[0, i], s[1, i], s[2, i]
        inside = 1.0 - (x * x + y * y + z * z) * inverse
        bump = inside * inside
        steep = -4.0 * inverse * inside  # the bump's gradient is steep times the place
        along = qx * x + qy * y + qz * z
        sine, cosine = sincos(along + phase)
        through = qx * s[4, i] + qy * s[5, i] + qz * s[6, i]
        # first moments of the flow through, contracted with the gradient of the wave
        mx = qx * s[7, i] + qy * s[10, i] + qz * s[13, i]
        my = qx * s[8, i] + qy * s[11, i] + qz * s[14, i]
        mz = qx * s[9, i] + qy * s[12, i] + qz * s[15, i]
        first = steep * cosine * (x * mx + y * my + z * mz) - bump * sine * (qx * mx + qy * my + qz * mz)
        # the covariance, contracted with the wave's second derivatives
        wx = qx * s[16, i] + qy * s[19, i] + qz * s[20, i]
        wy = qx * s[19, i] + qy * s[17, i] + qz * s[21, i]
        wz = qx * s[20, i] + qy * s[21, i] + qz * s[18, i]
        ux = x * s[16, i] + y * s[19, i] + z * s[20, i]
        uy = x * s[19, i] + y * s[17, i] + z * s[21, i]
        uz = x * s[20, i] + y * s[21, i] + z * s[18, i]
        bend = steep * (s[16, i] + s[17, i] + s[18, i]) + 8.0 * inverse * inverse * (x * ux + y * uy + z * uz)
        second = cosine * (bend - bump * (qx * wx + qy * wy + qz * wz)) - 2.0 * steep * sine * (
            x * wx + y * wy + z * wz
        )
        flows[i] = (bump * cosine * through + first + 0.5 * through * second) * share
        divergence = steep * along * cosine * share - bump * sine
        powers[i] = divergence * divergence * s[3, i]


@kernel(parallel=True)
def flux(samples: Floats, starts: Ints, neighbours: Ints, centres: Floats, waves: Floats, radius: float) -> Floats:
    """Flux and gain of every functional: (centres, fields, 2).

    ``waves`` is (centres, fields, 4): wave vector and phase; a wave of no length ends those of its cell. Column 0 is
    the integral of F . dA, exact for fields that are quadratic within a sample's voxel, column 1 the square root of
    the sum of (div F)^2 times the area, both over the samples (s, 23) within ``radius`` of the centre.
    """
    cells, fields = waves.shape[0], waves.shape[1]
    out = np.zeros((cells, fields, 2))
    for c in prange(cells):
        many = drawn(waves[c])
        if many == 0:
            continue
        near = _near(samples, starts, neighbours[c], centres[c], radius)
        count = near.shape[1]
        flows = np.empty(count)
        powers = np.empty(count)
        for f in range(many):
            _terms(near, waves[c, f], radius, flows, powers)
            out[c, f, 0] = total(flows, count)
            out[c, f, 1] = np.sqrt(total(powers, count))
    return out


@kernel(parallel=True)
def bump_sums(place: Floats, weight: Floats, starts: Ints, neighbours: Ints, centres: Floats, radius: float) -> Floats:
    """Sum of the bump times a weight per point around every centre: (centres,)."""
    out = np.zeros(centres.shape[0])
    for c in prange(centres.shape[0]):
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
