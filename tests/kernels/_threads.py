"""Kernels must give the same bits on any number of threads."""

from __future__ import annotations

from typing import Any

import numpy as np


def _flat(result: Any) -> list[np.ndarray]:
    return [part for item in result for part in _flat(item)] if isinstance(result, tuple) else [np.asarray(result)]


def on_one_and_all_threads(function: Any, *args: Any) -> Any:
    """The result, after a check that one thread and all of them give the same bits."""
    import numba

    every = function(*args)
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        one = function(*args)
    finally:
        numba.set_num_threads(threads)
    for a, b in zip(_flat(every), _flat(one), strict=True):
        assert a.tobytes() == b.tobytes()
    return every
