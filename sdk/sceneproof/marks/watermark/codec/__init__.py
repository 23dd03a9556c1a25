"""Blind keyed watermark of triangle surfaces: arrays in, arrays out.

Write with :func:`embed`, read with :func:`detect`, ask first with :func:`capacity`. The mark lies in dithered fluxes of
keyed smooth fields through the surface, so it does not depend on vertex order, seams or tessellation.
"""

from __future__ import annotations

from ._capacity import capacity
from ._cloud_detect import detect_cloud
from ._cloud_embed import capacity_cloud, embed_cloud
from ._cloud_types import Cloud, CloudEmbedding, splat_weights
from ._detect import detect
from ._informed import Kept, detect_informed
from ._prf import key_id
from ._types import METHOD, Capacity, CapacityError, CodecError, Detection, Embedding, Record, Surface
from ._writer import embed

__all__ = [
    "METHOD",
    "Capacity",
    "CapacityError",
    "Cloud",
    "CloudEmbedding",
    "CodecError",
    "Detection",
    "Embedding",
    "Kept",
    "Record",
    "Surface",
    "capacity",
    "capacity_cloud",
    "detect",
    "detect_cloud",
    "detect_informed",
    "embed",
    "embed_cloud",
    "key_id",
    "splat_weights",
]
