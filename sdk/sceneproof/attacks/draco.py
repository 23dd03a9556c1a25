"""Through a Draco encoder and decoder.

What it models: KHR_draco_mesh_compression, the most common compression of web assets.
Definition: positions at the given bits over a cube as wide as the widest axis, compression level 7, order not kept:
the encoder reorders, merges equal points and drops what collapses. Encoded and decoded by the Draco library itself.
Limits: positions only; normals and texture coordinates do not carry the mark.
Source: Draco (google/draco); bits 14 and 11 are the defaults of glTF-Transform and of the encoder.
"""

from __future__ import annotations

import numpy as np

from ._amount import whole
from ._mesh import unit_frame
from ._subject import AttackError, Geometry

ID = "draco"
KIND = "surface"
AMOUNTS = ("14", "11", "8")
SUMMARY = {"en": "encoded and decoded by Draco at so many position bits", "zh": "按给定位数经 Draco 编码再解码"}
LEVEL = 7


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """What a Draco decoder gives back."""
    bits = whole(ID, amount, 1, 30)
    try:
        import DracoPy
    except ImportError as error:
        raise AttackError(f"{ID}: DracoPy does not load ({error}); install DracoPy") from error
    unit, scale, shift = unit_frame(subject)  # the stream holds float32; far from the origin they would round first
    data = DracoPy.encode(
        unit.positions.astype(np.float32),
        unit.faces.astype(np.uint32),
        quantization_bits=bits,
        compression_level=LEVEL,
    )
    back = DracoPy.decode(data)
    points = np.asarray(back.points, np.float64).reshape(-1, 3)
    return Geometry(points * scale + shift, np.asarray(back.faces, np.int64).reshape(-1, 3))
