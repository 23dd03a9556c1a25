"""The inverse of a symmetric positive matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def inverted(matrix: Floats) -> Floats:
    """Inverse (k, k) of a symmetric positive matrix (k, k), symmetric to the bit.

    Raises `numpy.linalg.LinAlgError` where the matrix is not positive.
    """
    np.linalg.cholesky(matrix)  # a sixth of the work, and it is what notices
    inverse = np.linalg.inv(matrix)
    whole: Floats = 0.5 * (inverse + inverse.T)
    return whole
