"""What attacks on splat clouds share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sceneproof.scene import Splats

from ._subject import AttackError, Ints


def rows(identifier: str, cloud: Splats, kept: Ints | NDArray[np.bool_]) -> Splats:
    """Some of the splats, in their order. Raises `AttackError` when none is left."""
    positions = cloud.positions[kept]
    if not len(positions):
        raise AttackError(f"{identifier}: no splat is left of {len(cloud.positions)}")
    return replace(
        cloud,
        positions=positions,
        scales=cloud.scales[kept],
        rotations=cloud.rotations[kept],
        opacities=cloud.opacities[kept],
        harmonics=cloud.harmonics[kept],
    )


def as_stored(values: NDArray[np.float64], like: NDArray[np.generic]) -> NDArray[np.generic]:
    """Values in the type of the array that they replace."""
    return values.astype(like.dtype)
