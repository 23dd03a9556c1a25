"""Clouds as the codec takes them, and what a mark in one costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._cloud_constants import CLOUD_METHOD

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Cloud:
    """Gaussian splats, or points without a surface.

    ``positions`` (n, 3) float64 in any unit; ``weights`` (n,) say how much each is seen, in any unit, 0 for what must
    be ignored; ``colors`` (n, 3) are display colours, 0..1 where a screen can show them. A cloud with colours bears the
    mark there, one without in its positions. ``levels``: how many levels from 0 to 1 the file stores colours in.
    """

    positions: NDArray[np.float64]
    weights: NDArray[np.float64]
    colors: NDArray[np.float64] | None = None
    levels: float | None = None

    def only(self, kept: NDArray[np.int64]) -> Cloud:
        """The cloud of the given rows."""
        colors = None if self.colors is None else self.colors[kept]
        return Cloud(self.positions[kept], self.weights[kept], colors, self.levels)

    def sound(self) -> Cloud:
        """The rows that can be used: finite, with a weight; weights are scaled to a mean of 1."""
        good = np.isfinite(self.positions).all(axis=1) & np.isfinite(self.weights) & (self.weights > 0.0)
        if self.colors is not None:
            good &= np.isfinite(self.colors).all(axis=1)
        kept = self.only(np.flatnonzero(good))
        mean = float(kept.weights.mean()) if len(kept.weights) else 1.0
        return Cloud(kept.positions, kept.weights / mean, kept.colors, kept.levels)

    def rows(self) -> NDArray[np.int64]:
        """Which rows `sound` keeps."""
        good = np.isfinite(self.positions).all(axis=1) & np.isfinite(self.weights) & (self.weights > 0.0)
        if self.colors is not None:
            good &= np.isfinite(self.colors).all(axis=1)
        return np.flatnonzero(good)


def splat_weights(opacities: NDArray[np.float64], scales: NDArray[np.float64]) -> NDArray[np.float64]:
    """Opacity (n,) times the root of the area that a splat shows, from its two largest scales (n, 3).

    The area is capped where the largest twentieth begins, so that a few huge splats of the background do not take all.
    """
    if not len(opacities):
        return np.zeros(0)
    ordered = np.sort(np.where(np.isfinite(scales), scales, 0.0).astype(np.float64), axis=1)
    area = ordered[:, 1] * ordered[:, 2]
    found: NDArray[np.float64] = np.nan_to_num(opacities.astype(np.float64)) * np.sqrt(
        np.minimum(area, np.percentile(area, 95.0))
    )
    return np.maximum(found, 0.0)


@dataclass(frozen=True, eq=False)
class CloudEmbedding:
    """A change to add to colours or positions, (n, 3) float64 (the other is None), and what it costs.

    Colour figures are levels of 255, weighted by how much each splat is seen: root mean square over the three channels,
    mean and 95th percentile of the channel that changes most. ``mrms`` and ``maximum`` are fractions of the diagonal
    of the box that holds the middle 98 % of the points. ``layers`` names the frames that were read back; ``errors`` is
    the largest share of wrong code symbols there.
    """

    color_change: NDArray[np.float64] | None
    displacement: NDArray[np.float64] | None
    step: float
    layers: tuple[str, ...]
    functionals: int
    errors: float
    color_rms: float = 0.0
    color_mean: float = 0.0
    color_p95: float = 0.0
    mrms: float = 0.0
    maximum: float = 0.0
    method: str = CLOUD_METHOD
