"""Plain bytes in, a meshopt stream out: the counterpart of `decode_meshopt`, filters aside.

Filters are lossy, so the caller decides what goes through them: `sceneproof.io._codecs.meshopt_exponential` makes the
words of the EXPONENTIAL filter, which are then encoded here like any others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels import meshopt_encode as streams

LEVEL = 2


# Pairs of corner codes that the triangles of optimised meshes begin with most; the table may be any.
_PAIRS = bytes.fromhex("007687566778a9866589689801690000")


def encode_meshopt(
    data: bytes | bytearray | memoryview, *, count: int, stride: int, mode: str = "ATTRIBUTES", version: int = 0
) -> bytes:
    """A stream that `decode_meshopt` turns back into ``data``, which is ``count * stride`` bytes.

    Parameters
    ----------
    count, stride : elements and bytes per element; in mode ``"ATTRIBUTES"`` a multiple of 4 from 4 to 256, else 2 or 4.
    mode : ``"ATTRIBUTES"``, ``"TRIANGLES"`` (whose corners may come back turned within their triangle, which keeps its
        orientation and its place) or ``"INDICES"`` (kept as they are).
    version : of the attribute stream: 0, which every reader knows, or 1 with channel modes (KHR_meshopt_compression).

    An attribute stream is the shortest that a fixed base row (the first) allows, in version 1 with one mode per
    channel. A stream depends on nothing but the arguments.

    Raises
    ------
    ValueError : the numbers do not fit each other.

    Source: Khronos, KHR_meshopt_compression, appendix A.
    """
    if mode not in ("ATTRIBUTES", "TRIANGLES", "INDICES") or version not in (0, 1):
        raise ValueError(f"no encoder for mode {mode!r}, version {version!r}")
    fits = stride in (2, 4) if mode != "ATTRIBUTES" else not stride % 4 and 4 <= stride <= 256
    if count < 1 or not fits or len(data) != count * stride or (mode == "TRIANGLES" and count % 3):
        raise ValueError(f"{len(data)} bytes are not {count} elements of {stride} bytes that {mode} can hold")
    if mode == "ATTRIBUTES":
        table = _read_only(np.frombuffer(data, np.uint8).reshape(count, stride))
        return streams.encode_attributes(table, version, LEVEL).tobytes()
    indices = _read_only(np.frombuffer(data, "<u2" if stride == 2 else "<u4").astype(np.uint32))
    if mode == "INDICES":
        if indices.max() >= 1 << 30:  # a bit of each difference says to which earlier index it is one
            raise ValueError(f"index {indices.max()} is too large for INDICES, which hold differences of 31 bits")
        return streams.encode_indices(indices).tobytes()
    return streams.encode_triangles(indices, _read_only(np.frombuffer(_PAIRS, np.uint8))).tobytes()


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view that is always read-only: a kernel is compiled anew for an array that can be written."""
    array = array.view()
    array.flags.writeable = False
    return array
