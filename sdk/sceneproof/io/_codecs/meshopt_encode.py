"""Plain bytes in, a meshopt stream out: the counterpart of `decode_meshopt`, filters aside.

Filters are lossy, so the caller decides what goes through them: `sceneproof.io._codecs.meshopt_exponential` makes the
words of the EXPONENTIAL filter, which are then encoded here like any others.
"""

from __future__ import annotations

import numpy as np

from sceneproof.kernels import meshopt_encode as streams

LEVEL = 2


def encode_meshopt(
    data: bytes | bytearray | memoryview, *, count: int, stride: int, mode: str = "ATTRIBUTES", version: int = 0
) -> bytes:
    """A stream that `decode_meshopt` turns back into ``data``, which is ``count * stride`` bytes.

    Parameters
    ----------
    count, stride : elements and bytes per element; in mode ``"ATTRIBUTES"`` a multiple of 4 from 4 to 256.
    mode : ``"ATTRIBUTES"``.
    version : of the attribute stream: 0, which every reader knows, or 1 with channel modes (KHR_meshopt_compression).

    The stream is the shortest that a fixed base row (the first) allows in version 0, and in version 1 with one mode
    per channel. It depends on nothing but the arguments.

    Raises
    ------
    ValueError : the numbers do not fit each other.

    Source: Khronos, KHR_meshopt_compression, appendix A.
    """
    if mode != "ATTRIBUTES" or version not in (0, 1):
        raise ValueError(f"no encoder for mode {mode!r}, version {version!r}")
    if count < 1 or stride % 4 or not 4 <= stride <= 256 or len(data) != count * stride:
        raise ValueError(f"{len(data)} bytes are not {count} elements of {stride} bytes, a multiple of 4 up to 256")
    table = np.frombuffer(data, np.uint8).reshape(count, stride).view()
    table.flags.writeable = False  # always read-only: a kernel is compiled anew for an array that can be written
    return streams.encode_attributes(table, version, LEVEL).tobytes()
