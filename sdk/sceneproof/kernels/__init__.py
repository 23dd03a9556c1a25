"""Compiled loops: arrays in, arrays out, nothing known of scenes.

``from sceneproof.kernels import kernel`` and then ``@kernel`` (or ``@kernel(parallel=True)``) on a plain loop function.
Importing a kernel module never imports Numba; the first call does.
"""

from __future__ import annotations

from sceneproof.kernels._kernel import Kernel, cache_folder, kernel, prange

__all__ = ["Kernel", "cache_folder", "kernel", "prange"]
