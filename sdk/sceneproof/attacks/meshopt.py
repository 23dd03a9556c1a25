"""What gltfpack does to geometry, modelled in the process.

What it models: ``gltfpack`` by default and with ``-c`` (EXT_meshopt_compression), and with ``-si R -c``.
Definition: ``default`` and ``c``: positions on a grid of 14 bits with one step for all axes, (widest axis) over
2^14 - 1, from the lowest corner; equal vertices merged, vertices and faces in another order. The codec behind ``-c`` is
lossless, so both give the same places. ``si-R``: first (1 - R) of the faces are removed by quadric collapse,
as ``simplify`` does. Read back through the node transform, that is in the old frame.
Limits: gltfpack's own simplifier weighs attributes and borders otherwise; ``survive`` runs the real tool.
Source: gltfpack's manual (-vp, default 14 bits; -si; -c), zeux/meshoptimizer.
"""

from __future__ import annotations

import numpy as np

from . import file_reorder, simplify
from ._amount import choice
from ._subject import Geometry
from .quantise import rounded

ID = "meshopt"
KIND = "surface"
AMOUNTS = ("default", "c", "si-0.5", "si-0.1")
SUMMARY = {
    "en": "as gltfpack: simplified by -si, 14-bit positions, reordered",
    "zh": "模拟 gltfpack：按 -si 简化、14 位坐标、重排",
}
BITS = 14


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """Simplified where asked, on gltfpack's grid."""
    chosen = choice(ID, amount, AMOUNTS)
    if chosen.startswith("si-"):
        subject = simplify.apply(subject, f"{100.0 * (1.0 - float(chosen[3:])):g}", rng)
    low = subject.positions.min(axis=0)
    widest = np.full(3, np.ptp(subject.positions, axis=0).max())
    return file_reorder.apply(Geometry(rounded(subject.positions, low, widest, BITS), subject.faces), "", rng)
