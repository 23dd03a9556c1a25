"""The inverse of a symmetric positive matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def inverted(matrix: Floats) -> Floats:
    """Inverse (k, k) of a symmetric positive matrix (k, k), by its Cholesky factor: half of what solving for every
    unit vector costs.

    Raises `numpy.linalg.LinAlgError` where the matrix is not positive.
    """
    from scipy.linalg.lapack import dpotrf, dpotri

    factor, failed = dpotrf(matrix, lower=1)
    if failed:
        raise np.linalg.LinAlgError("the matrix is not positive")
    half, _ = dpotri(factor, lower=1, overwrite_c=1)
    whole: Floats = half + half.T  # above the diagonal the factor is zero, and so is what is made of it
    whole[np.diag_indices(len(whole))] *= 0.5
    return whole
