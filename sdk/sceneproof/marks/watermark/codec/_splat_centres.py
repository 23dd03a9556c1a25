"""The carrier in positions: how high points stand over the local surface that they lie on.

In each bump the axis of least spread is the normal; the height along it, less a curved surface fitted to the points
(a plane with its second order), is the quantity. Points that spread in all directions have no surface and bear nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._cloud_constants import HEIGHT_LAYER, HEIGHT_STEPS, ROUGH
from ._cloud_values import Floats, Ints, Laid, Part, directions, spread_of, trends_of, wave_vectors

if TYPE_CHECKING:
    from ._cloud_types import Cloud


class Heights:
    """Heights of points over their surface, in cells."""

    name = "height"
    layer = HEIGHT_LAYER
    steps = HEIGHT_STEPS
    channels = 1

    def lay(self, cloud: Cloud, point: Ints, part: Part, draws: Floats) -> Laid:  # noqa: ARG002 - the protocol's
        """See `Carrier.lay`."""
        values, columns = np.linalg.eigh(spread_of(part))
        keyed = directions(draws)
        normal = columns[:, :, 0]
        # the sign of an axis is free: the key chooses it, so that neither the file nor a library does
        normal = normal * np.where((normal * keyed[:, 0]).sum(axis=1) < 0.0, -1.0, 1.0)[:, None]
        s, t, height = (_along(part, axis) for axis in (columns[:, :, 1], columns[:, :, 2], normal))
        basis = np.stack([np.ones_like(s), s, t, s * s, s * t, t * t])
        bent = keyed - normal[:, None, :] * (keyed * normal[:, None, :]).sum(axis=-1, keepdims=True)
        usable = values[:, 0] < ROUGH * values[:, 1]
        return Laid(trends_of(part, basis), wave_vectors(bent, draws), height[None], normal, usable)


def _along(part: Part, axis: Floats) -> Floats:
    each = part.spread(axis.T)
    found: Floats = each[0] * part.offset[0] + each[1] * part.offset[1] + each[2] * part.offset[2]
    return found
