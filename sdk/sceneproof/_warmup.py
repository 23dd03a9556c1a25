"""Warm-up: run every compiled path once on a small shape made here."""

from __future__ import annotations

import contextlib
import time

import numpy as np

from .scene import Array, Scene


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
    _codecs(scene)
    return time.perf_counter() - start


def _kernels(scene: Scene) -> None:
    import numba  # noqa: F401 - with it in the process, inspection takes the compiled path

    from .derived.inspection import inspection
    from .derived.intersections import intersections
    from .derived.reconstruction import reconstruction

    inspection(scene)
    reconstruction(scene, "normal")
    intersections(scene)


def _codecs(scene: Scene) -> None:
    """Streams that are packed again: meshopt's vertex and index codecs, Draco's connectivity, predictions, entropy."""
    import DracoPy

    from .io._codecs import decode_meshopt
    from .io._codecs.draco_encode import replace_positions
    from .io._codecs.meshopt_encode import encode_meshopt

    part = scene.meshes[0].primitives[0]
    positions, triangles = np.ascontiguousarray(part.positions), np.ascontiguousarray(part.triangles, np.uint32)
    for version in (0, 1):
        packed = encode_meshopt(positions.tobytes(), count=len(positions), stride=12, version=version)
        decode_meshopt(packed, count=len(positions), stride=12, mode="ATTRIBUTES", filter="NONE")
    packed = encode_meshopt(triangles.tobytes(), count=triangles.size, stride=4, mode="TRIANGLES")
    decode_meshopt(packed, count=triangles.size, stride=4, mode="TRIANGLES", filter="NONE")
    stream = DracoPy.encode(positions, triangles, quantization_bits=11, compression_level=7)
    held = DracoPy.decode(stream)
    number = int(held.attributes[0]["unique_id"])
    replace_positions(stream, {"POSITION": number}, np.asarray(held.points, np.float32) * np.float32(1.001))


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
