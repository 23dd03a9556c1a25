"""Ridge-regularised least squares for block-sparse rows: normal matrix, conjugate gradients, back-substitution.

A functional shares vertices only with those of the cells around, so the normal matrix is sparse: a few hundred entries
a row, however many functionals there are.

Own loops rather than a linear-algebra library: its sums change with the number of threads, these do not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


Sparse = tuple[Ints, Ints, Floats]  # ends (k + 1,), columns and entries, row after row


@kernel(parallel=True)
def near_cells(centres: Floats, reach: Floats) -> tuple[Ints, Ints]:
    """Cells whose balls touch: ``ends`` (cells + 1,) and the sorted ids, each cell among its own.

    ``centres`` (cells, 3), ``reach`` (cells,) the radius of each.
    """
    cells = centres.shape[0]
    ends = np.zeros(cells + 1, dtype=np.int64)
    for a in prange(cells):
        for b in range(cells):
            ends[a + 1] += _touch(centres, reach, a, b)
    for a in range(cells):
        ends[a + 1] += ends[a]
    ids = np.empty(ends[cells], dtype=np.int64)
    for a in prange(cells):
        at = ends[a]
        for b in range(cells):
            if _touch(centres, reach, a, b):
                ids[at] = b
                at += 1
    return ends, ids


@kernel
def _touch(centres: Floats, reach: Floats, a: int, b: int) -> bool:
    x, y, z = centres[a, 0] - centres[b, 0], centres[a, 1] - centres[b, 1], centres[a, 2] - centres[b, 2]
    far = reach[a] + reach[b]
    return bool(x * x + y * y + z * z < far * far)


@kernel
def _product(
    ids: Ints, left: Floats, right: Floats, first: tuple[int, int], second: tuple[int, int], out: Floats
) -> None:
    """Sums of products of two blocks (entries, fields) over the vertices that they share: (fields, fields)."""
    out[:] = 0.0
    i, j = first[0], second[0]
    while i < first[1] and j < second[1]:
        if ids[i] < ids[j]:
            i += 1
        elif ids[i] > ids[j]:
            j += 1
        else:
            for f in range(out.shape[0]):
                for g in range(out.shape[1]):
                    out[f, g] += left[i, f] * right[j, g]
            i += 1
            j += 1


@kernel(parallel=True)
def normal_matrix(
    blocks: tuple[Ints, Ints], values: Floats, rows: Ints, inverse_mass: Floats, near: tuple[Ints, Ints]
) -> Sparse:
    """``J M^-1 J'`` as a sparse symmetric (k, k) matrix: ends (k + 1,), columns, entries.

    ``blocks`` = ends (cells + 1,), ids (entries,), sorted within a cell; ``values`` (fields, entries); ``rows``
    (cells, fields) gives the row of each functional or -1; ``near`` from :func:`near_cells`, the pairs that may share
    vertices. A row's columns come cell after cell, the same for all rows of one cell.
    """
    ends, ids = blocks
    cells, fields = rows.shape
    right = values.T.copy()
    left = np.empty_like(right)
    for i in prange(ids.shape[0]):
        for f in range(fields):
            left[i, f] = right[i, f] * inverse_mass[ids[i]]
    used = np.zeros(cells, dtype=np.int64)
    for c in range(cells):
        for f in range(fields):
            used[c] += rows[c, f] >= 0
    place = np.zeros(near[1].shape[0], dtype=np.int64)  # of each pair's first column, within its row
    out_ends = np.zeros(rows.max() + 2, dtype=np.int64)
    for a in range(cells):
        width = 0
        for n in range(near[0][a], near[0][a + 1]):
            place[n] = width
            width += used[near[1][n]]
        for f in range(fields):
            if rows[a, f] >= 0:
                out_ends[rows[a, f] + 1] = width
    for r in range(out_ends.shape[0] - 1):
        out_ends[r + 1] += out_ends[r]
    columns = np.empty(out_ends[-1], dtype=np.int64)
    entries = np.empty(out_ends[-1])
    for a in prange(cells):
        square = np.empty((fields, fields))
        for n in range(near[0][a], near[0][a + 1]):
            b = near[1][n]
            if used[a] == 0 or used[b] == 0:
                continue
            if b >= a:
                _product(ids, left, right, (ends[a], ends[a + 1]), (ends[b], ends[b + 1]), square)
            for f in range(fields):
                if rows[a, f] < 0:
                    continue
                at = out_ends[rows[a, f]] + place[n]
                for g in range(fields):
                    if rows[b, g] >= 0:
                        columns[at] = rows[b, g]
                        if b >= a:
                            entries[at] = square[f, g]
                        at += 1
    for a in prange(cells):  # the other half is the same
        for n in range(near[0][a], near[0][a + 1]):
            b = near[1][n]
            if b >= a or used[a] == 0 or used[b] == 0:
                continue
            back = near[0][b] + np.searchsorted(near[1][near[0][b] : near[0][b + 1]], a)
            row = 0
            for f in range(fields):
                if rows[a, f] < 0:
                    continue
                at = out_ends[rows[a, f]] + place[n]
                for g in range(fields):
                    if rows[b, g] >= 0:
                        entries[at] = entries[out_ends[rows[b, g]] + place[back] + row]
                        at += 1
                row += 1
    return out_ends, columns, entries


@kernel
def matrix_diagonal(matrix: Sparse) -> Floats:
    """Diagonal (k,) of a sparse matrix."""
    ends, columns, entries = matrix
    out = np.zeros(ends.shape[0] - 1)
    for r in range(out.shape[0]):
        for i in range(ends[r], ends[r + 1]):
            if columns[i] == r:
                out[r] += entries[i]
    return out


@kernel(parallel=True)
def product(matrix: Sparse, y: Floats) -> Floats:
    """``A y`` of a sparse matrix."""
    ends, columns, entries = matrix
    out = np.empty(ends.shape[0] - 1)
    for r in prange(out.shape[0]):
        total = 0.0
        for i in range(ends[r], ends[r + 1]):
            total += entries[i] * y[columns[i]]
        out[r] = total
    return out


@kernel(parallel=True)
def conjugate_gradients(matrix: Sparse, ridge: float, right: Floats, tolerance: float, start: Floats) -> Floats:
    """Solve ``(A + ridge I) y = right`` for sparse symmetric positive semi-definite A.

    To a residual of ``tolerance`` times the right side, from ``start`` (k,) (zeros, or the solution of a system
    nearby), in at most 2 k steps. Source: M. R. Hestenes and E. Stiefel, J. Res. NBS 49(6), 1952.
    """
    ends, columns, entries = matrix
    k = right.shape[0]
    y = start.copy()
    residual = np.empty(k)
    direction = np.empty(k)
    product = np.empty(k)
    for i in prange(k):
        total = ridge * y[i]
        for j in range(ends[i], ends[i + 1]):
            total += entries[j] * y[columns[j]]
        residual[i] = right[i] - total
        direction[i] = residual[i]
    square = 0.0
    goal = 0.0
    for i in range(k):
        square += residual[i] * residual[i]
        goal += right[i] * right[i]
    goal *= tolerance * tolerance
    for _ in range(2 * k):
        if square <= goal:
            break
        for i in prange(k):  # each row's sum in its own order, whatever the number of threads
            total = ridge * direction[i]
            for j in range(ends[i], ends[i + 1]):
                total += entries[j] * direction[columns[j]]
            product[i] = total
        curvature = 0.0
        for i in range(k):
            curvature += direction[i] * product[i]
        if curvature <= 0.0:
            break
        step = square / curvature
        after = 0.0
        for i in range(k):
            y[i] += step * direction[i]
            residual[i] -= step * product[i]
            after += residual[i] * residual[i]
        for i in range(k):
            direction[i] = residual[i] + after / square * direction[i]
        square = after
    return y


@kernel
def spread(blocks: tuple[Ints, Ints], values: Floats, rows: Ints, inverse_mass: Floats, y: Floats) -> Floats:
    """``M^-1 J' y``, one number per vertex."""
    ends, ids = blocks
    out = np.zeros(inverse_mass.shape[0])
    for c in range(rows.shape[0]):
        for i in range(ends[c], ends[c + 1]):
            for f in range(rows.shape[1]):
                if rows[c, f] >= 0:
                    out[ids[i]] += values[f, i] * y[rows[c, f]]
    return out * inverse_mass


@kernel(parallel=True)
def gather(blocks: tuple[Ints, Ints], values: Floats, rows: Ints, d: Floats) -> Floats:
    """``J d``, one number per row."""
    ends, ids = blocks
    out = np.zeros(rows.max() + 1)
    for c in prange(rows.shape[0]):
        for f in range(rows.shape[1]):
            if rows[c, f] >= 0:
                total = 0.0
                for i in range(ends[c], ends[c + 1]):
                    total += values[f, i] * d[ids[i]]
                out[rows[c, f]] = total
    return out
