"""Ridge-regularised least squares for block-sparse rows: normal matrix, conjugate gradients, back-substitution.

Own loops rather than a linear-algebra library: its sums change with the number of threads, these do not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels._kernel import kernel, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel(parallel=True)
def normal_matrix(blocks: tuple[Ints, Ints], values: Floats, rows: Ints, inverse_mass: Floats, near: Ints) -> Floats:
    """``J M^-1 J'`` as a dense symmetric (k, k) matrix.

    ``blocks`` = ends (cells + 1,), ids (entries,), sorted within a cell; ``values`` (fields, entries); ``rows``
    (cells, fields) gives the row of each functional or -1; ``near`` (cells, cells) is non-zero where two cells may
    share vertices.
    """
    ends, ids = blocks
    cells, fields = rows.shape
    k = rows.max() + 1
    out = np.zeros((k, k))
    for a in prange(cells):
        for b in range(cells):
            if near[a, b] == 0:
                continue
            i, j = ends[a], ends[b]
            while i < ends[a + 1] and j < ends[b + 1]:
                if ids[i] < ids[j]:
                    i += 1
                elif ids[i] > ids[j]:
                    j += 1
                else:
                    for f in range(fields):
                        if rows[a, f] >= 0:
                            left = values[f, i] * inverse_mass[ids[i]]
                            for g in range(fields):
                                if rows[b, g] >= 0:
                                    out[rows[a, f], rows[b, g]] += left * values[g, j]
                    i += 1
                    j += 1
    return out


@kernel
def conjugate_gradients(matrix: Floats, ridge: float, right: Floats, tolerance: float) -> Floats:
    """Solve ``(A + ridge I) y = right`` for symmetric positive semi-definite A, to a relative residual.

    Source: M. R. Hestenes and E. Stiefel, J. Res. NBS 49(6), 1952. At most 2 k steps.
    """
    k = right.shape[0]
    y = np.zeros(k)
    residual = right.copy()
    direction = right.copy()
    product = np.empty(k)
    square = 0.0
    for i in range(k):
        square += residual[i] * residual[i]
    goal = tolerance * tolerance * square
    for _ in range(2 * k):
        if square <= goal:
            break
        for i in range(k):
            product[i] = ridge * direction[i]
        for j in range(k):  # column by column: the order of every sum is fixed and the inner loop still vectorises
            factor = direction[j]
            for i in range(k):
                product[i] += matrix[j, i] * factor
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


@kernel
def gather(blocks: tuple[Ints, Ints], values: Floats, rows: Ints, d: Floats) -> Floats:
    """``J d``, one number per row."""
    ends, ids = blocks
    out = np.zeros(rows.max() + 1)
    for c in range(rows.shape[0]):
        for f in range(rows.shape[1]):
            if rows[c, f] >= 0:
                total = 0.0
                for i in range(ends[c], ends[c + 1]):
                    total += values[f, i] * d[ids[i]]
                out[rows[c, f]] = total
    return out
