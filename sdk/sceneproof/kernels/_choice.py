"""Which of two equal paths runs: the compiled one, or NumPy in a fresh process with little to do.

Importing Numba and waking the first kernel costs about a second, more than NumPy needs for a small mesh. Both paths
give the same numbers, so the choice is never seen in a result.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]

SMALL = 200_000  # rows up to which NumPy is quicker than loading Numba (0.2 s against 1.1 s at 100,000 triangles)


def compiled(rows: int) -> bool:
    """Whether to use the compiled path for `rows` rows: always once Numba is loaded, else above `SMALL`."""
    return "numba" in sys.modules or rows > SMALL


def frozen(array: Array, dtype: DTypeLike) -> Array:
    """A C-contiguous read-only view (a copy only where the type or layout differs).

    Numba compiles read-only and writable arrays apart; passing all of them read-only leaves one specialisation.
    """
    view = np.ascontiguousarray(array, dtype).view()
    view.flags.writeable = False
    return view
