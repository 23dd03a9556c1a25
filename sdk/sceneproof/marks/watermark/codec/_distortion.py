"""What a displacement costs: how far the surface moves, and how far its normals turn."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._masking import curvature
from ._mesh import Welded, vertex_normals

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Distortion:
    """``mrms``, ``maximum`` as fractions of the diagonal; normal deviations over the vertices in degrees.

    ``picture`` is the predicted rms change of a glossy picture, in grey values of which white is 1.
    """

    mrms: float
    maximum: float
    normal_mean: float
    normal_p95: float
    picture: float


@dataclass(frozen=True)
class Limits:
    """Largest distortion that an operating point allows."""

    mrms: float
    maximum: float
    normal_mean: float
    normal_p95: float
    picture: float

    def load(self, distortion: Distortion) -> float:
        """The largest of the figures as a share of its limit."""
        return max(
            distortion.mrms / self.mrms,
            distortion.maximum / self.maximum,
            distortion.normal_mean / self.normal_mean,
            distortion.normal_p95 / self.normal_p95,
            distortion.picture / self.picture,
        )

    def times(self, share: float) -> Limits:
        """These limits, smaller by a factor."""
        return Limits(*(share * limit for limit in astuple(self)))

    def hold(self, distortion: Distortion) -> bool:
        """True when nothing exceeds its limit."""
        return self.load(distortion) <= 1.0


PSNR = 45.0  # dB, of the picture at Q
STRENGTHS = {"Q": Limits(0.0005, 0.004, 1.5, 3.5, 10 ** (-PSNR / 20)), "R": Limits(0.0010, 0.004, 4.0, 10.0, math.inf)}
# What a picture's grey values change by, per radian of normals and per radian that an outline or a gradient moves over:
# fitted to seven real meshes in the pictures of the bench, which it predicts within 2 dB (a hard-surface part: 3)
TURNED, SHIFTED = 0.181, 0.573
PIXEL = 0.0015  # of the diagonal: what bends more sharply is no sharper in a picture


@dataclass(frozen=True, eq=False)
class Gauge:
    """A surface, and what its displacements are measured against, found once for all that are tried.

    ``normals`` (v, 3) and ``area`` (v,) of the vertices, ``bend`` (v,) in radians per file unit.
    """

    welded: Welded
    normals: NDArray[np.float64]
    area: NDArray[np.float64]
    bend: NDArray[np.float64]

    def measure(self, moved: NDArray[np.float64]) -> Distortion:
        """Compare the welded vertices with their new places (v, 3)."""
        welded, before, area = self.welded, self.normals, self.area
        after, _ = vertex_normals(moved, welded.faces)
        length = np.linalg.norm(moved - welded.vertices, axis=1)
        # atan2 of sine and cosine: the arc cosine loses small angles
        turn = np.degrees(np.arctan2(np.linalg.norm(np.cross(before, after), axis=1), (before * after).sum(axis=1)))
        shown = (TURNED * np.radians(turn)) ** 2 + (SHIFTED * self.bend * length) ** 2
        turn = turn[area > 0.0]
        return Distortion(
            float(np.sqrt((length**2 * area).sum() / area.sum()) / welded.diagonal),
            float(length.max() / welded.diagonal),
            float(turn.mean()),
            float(np.percentile(turn, 95.0)),
            float(np.sqrt((shown * area).sum() / area.sum())),
        )


def gauge(welded: Welded) -> Gauge:
    """What displacements of a surface are measured against."""
    normals, area = vertex_normals(welded.vertices, welded.faces)
    bend = np.minimum(curvature(welded, normals), 1.0 / (PIXEL * welded.diagonal))
    return Gauge(welded, normals, area, bend)


def measure(welded: Welded, moved: NDArray[np.float64]) -> Distortion:
    """Compare the welded vertices with their new places (v, 3)."""
    return gauge(welded).measure(moved)
