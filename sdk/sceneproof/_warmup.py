"""Warm-up: run every compiled path once on a small shape made here."""

from __future__ import annotations

import contextlib
import time

import numpy as np

from .scene import Array


def warmup() -> float:
    """Compile and cache the kernels; returns the seconds it took."""
    from .io import load
    from .io._bridges import glb_of
    from .marks.watermark.watermark import plan, read

    start = time.perf_counter()
    scene = load(glb_of([bumpy_sphere(64)]))
    _kernels(scene)
    from .errors import MarkError
    from .keys import Key

    key = Key(bytes(range(32)))
    with contextlib.suppress(MarkError):  # a small shape may lack room; the kernels run all the same
        plan(scene, bytes(8), key)
    read(scene, [key], "quick")
    return time.perf_counter() - start


def _kernels(scene: object) -> None:
    import numba  # noqa: F401 - with it in the process, inspection takes the compiled path

    from .derived.inspection import inspection
    from .scene import Scene

    assert isinstance(scene, Scene)
    inspection(scene)


def bumpy_sphere(rings: int) -> tuple[Array, Array]:
    """Positions and triangles of a closed sphere with waves on it."""
    u, v = np.meshgrid(
        np.linspace(0, np.pi, rings), np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False), indexing="ij"
    )
    radius = 1 + 0.1 * np.sin(3 * u) * np.cos(5 * v)
    positions = np.stack(
        [radius * np.sin(u) * np.cos(v), radius * np.cos(u), radius * np.sin(u) * np.sin(v)], axis=-1
    ).reshape(-1, 3)
    columns = 2 * rings
    at = np.arange((rings - 1) * columns)
    right = at - at % columns + (at + 1) % columns
    triangles = np.concatenate(
        [np.stack([at, right, at + columns], axis=1), np.stack([right, right + columns, at + columns], axis=1)]
    )
    return positions.astype(np.float32), triangles.astype(np.int64)
