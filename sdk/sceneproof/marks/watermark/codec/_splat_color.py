"""The carrier in colours: two chroma channels, read without grey and written without a change of luma.

Blue and red less luma (ITU-R BT.601, section 2.5.1) are what is read, so that the large differences in brightness of
neighbouring splats say nothing. They are moved by colours that have no luma, which the eye resolves least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._cloud_constants import ACROSS, COLOR_LAYER, COLOR_STEPS
from ._cloud_values import Floats, Ints, Laid, Part, directions, spread_of, trends_of, wave_vectors
from ._types import CodecError

if TYPE_CHECKING:
    from ._cloud_types import Cloud

LUMA = np.array([0.299, 0.587, 0.114])
READ = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]) - LUMA  # (channels, 3), each without grey
WRITE = np.array([[0.0, -LUMA[2] / LUMA[1], 1.0], [1.0, -LUMA[0] / LUMA[1], 0.0]])  # READ @ WRITE.T is the identity


class SplatColor:
    """Chroma of splats; constant and gradient are trends, waves follow the spread of the splats."""

    name = "colour"
    layer = COLOR_LAYER
    steps = COLOR_STEPS
    channels = 2

    def lay(self, cloud: Cloud, point: Ints, part: Part, draws: Floats) -> Laid:
        """See `Carrier.lay`."""
        if cloud.colors is None:
            raise CodecError("a cloud without colours has no chroma")
        basis = np.concatenate([np.ones((1, part.offset.shape[1])), part.offset])
        spread = spread_of(part)
        trace = np.maximum(np.trace(spread, axis1=1, axis2=2), 1e-12)
        bend = spread / trace[:, None, None] + ACROSS * np.eye(3)
        bent = (bend[:, None, :, :] * directions(draws)[:, :, None, :]).sum(axis=-1)
        chroma = chroma_of(cloud.colors)[:, point]
        usable = np.ones(len(part.starts), bool)
        return Laid(trends_of(part, basis), wave_vectors(bent, draws), chroma, None, usable)


def chroma_of(colors: Floats) -> Floats:
    """Blue and red less luma, (2, n) of (n, 3)."""
    return np.stack([colors[:, 0] * c[0] + colors[:, 1] * c[1] + colors[:, 2] * c[2] for c in READ])
