"""Dense twins of the block-sparse ridge kernels."""

from __future__ import annotations

import numpy as np


def dense(ends, ids, values, rows, vertices):
    """The block-sparse rows as one (k, v) matrix."""
    out = np.zeros((int(rows.max()) + 1, vertices))
    for c in range(rows.shape[0]):
        for f in range(rows.shape[1]):
            if rows[c, f] >= 0:
                for i in range(ends[c], ends[c + 1]):
                    out[rows[c, f], ids[i]] = values[f, i]
    return out


def full(ends, columns, entries):
    """A sparse matrix as a dense one."""
    out = np.zeros((len(ends) - 1, len(ends) - 1))
    for r in range(len(ends) - 1):
        out[r, columns[ends[r] : ends[r + 1]]] = entries[ends[r] : ends[r + 1]]
    return out


def sparse(matrix):
    """A dense matrix with all its entries as a sparse one."""
    k = len(matrix)
    return np.arange(0, k * k + 1, max(k, 1))[: k + 1], np.tile(np.arange(k), k), matrix.ravel().copy()
