"""Uniform quantisation of coordinates.

What it models: integer positions of glTF (KHR_mesh_quantization), engines and streaming formats.
Definition: each coordinate is rounded to the nearest of 2^R levels that span its own interval, ends included; the
amount is R in bits.
Limits: triangles that fall onto a line or point are dropped; 7 bits is plain to see.
Source: LIRIS mesh watermarking benchmark (Wang et al. 2010), quantisation; there one box for all axes may be meant.
"""

from __future__ import annotations

import numpy as np

from ._amount import whole
from ._subject import Floats, Geometry

ID = "quantise"
KIND = "surface"
AMOUNTS = ("12", "11", "10", "9", "8", "7")
SUMMARY = {"en": "coordinates rounded to 2^R levels of their own interval", "zh": "坐标按各轴区间量化为 2^R 级"}


def rounded(points: Floats, low: Floats, span: Floats, bits: int) -> Floats:
    """Points on the nearest of 2^bits levels from `low` over `span`, per coordinate; a span of 0 stays."""
    levels = float(2**bits - 1)
    safe = np.where(span > 0.0, span, 1.0)
    out: Floats = np.where(span > 0.0, low + np.rint((points - low) / safe * levels) / levels * span, points)
    return out


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:  # noqa: ARG001
    """Positions on the grid."""
    bits = whole(ID, amount, 1, 30)
    low = subject.positions.min(axis=0)
    return Geometry(rounded(subject.positions, low, np.ptp(subject.positions, axis=0), bits), subject.faces)
