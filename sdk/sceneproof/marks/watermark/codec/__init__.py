"""Blind keyed watermark of triangle surfaces: arrays in, arrays out.

Write with :func:`embed`, read with :func:`detect`, ask first with :func:`capacity`. The mark lies in dithered fluxes of
keyed smooth fields through the surface, so it does not depend on vertex order, seams or tessellation.
"""

from __future__ import annotations

from ._capacity import capacity
from ._detect import detect
from ._embed import embed
from ._prf import key_id
from ._types import METHOD, Capacity, CapacityError, CodecError, Detection, Embedding, Record, Surface

__all__ = [
    "METHOD",
    "Capacity",
    "CapacityError",
    "CodecError",
    "Detection",
    "Embedding",
    "Record",
    "Surface",
    "capacity",
    "detect",
    "embed",
    "key_id",
]
