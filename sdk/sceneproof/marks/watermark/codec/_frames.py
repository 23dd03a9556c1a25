"""Frames in which the lattice lies: the file's own axes, and axes that follow the shape."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sceneproof.kernels.samples import placed

from ._affine import Shape, Whitened, signed, whiten
from ._constants import CANONICAL, LADDER, OCCUPIED, RAW
from ._mesh import Welded, sums

Floats = NDArray[np.float64]

CLEAR, DOUBT = 1.06, 0.03  # ratio from which axes by higher moments are trusted, and by how much an attack moves it
CLEAR_SIMILAR = 1.08  # the same of principal moments
_SIGNS = ((1.0, 1.0, 1.0), (1.0, -1.0, -1.0), (-1.0, 1.0, -1.0), (-1.0, -1.0, 1.0))


@dataclass(frozen=True, eq=False)
class Frame:
    """``x -> (x - origin) @ axes.T * scale`` in units of one cell; ``scale`` includes the cell size.

    With a ``shape``, x are the places after it: the frame lies on the whitened surface.
    """

    layer: int
    exponent: int
    origin: Floats
    axes: Floats
    scale: float
    name: str
    shape: Shape | None = None

    def place(self, points: Floats) -> Floats:
        """Points (n, 3) in cells."""
        if self.layer == RAW:
            return points * self.scale
        # three products per coordinate, not a matrix product: the same bits on every machine
        local = points - self.origin
        out = np.empty_like(local)
        for k in range(3):
            out[:, k] = local[:, 0] * self.axes[k, 0] + local[:, 1] * self.axes[k, 1] + local[:, 2] * self.axes[k, 2]
        return out * self.scale

    def with_exponent(self, exponent: int) -> Frame:
        """The same axes with another cell size."""
        return replace(self, exponent=exponent, scale=self.scale * 2.0 ** ((self.exponent - exponent) / LADDER))


def exponent_of(welded: Welded, frame: Frame) -> float:
    """Real-valued exponent j of the cell 2^(j / 4) at which the surface occupies its layer's number of cells.

    Counting cells sees neither noise nor the roughness of a scan, which a surface's area does.
    """
    at = placed(welded.samples, frame.origin, frame.axes, frame.scale)[:, :3]
    value = float(frame.exponent)
    for _ in range(4):
        tried = round(value)
        cell = np.floor(at * 2.0 ** ((frame.exponent - tried) / LADDER)).astype(np.int64)
        cell -= cell.min(axis=0)
        spans = cell.max(axis=0) + 1
        count = len(np.unique((cell[:, 0] * spans[1] + cell[:, 1]) * spans[2] + cell[:, 2]))
        value = tried + LADDER * math.log2(count / OCCUPIED[frame.layer]) / 2.0
        if round(value) == tried:
            break
    return value


def _rough(area: float, layer: int) -> int:
    """An exponent to start from."""
    return round(LADDER * math.log2(math.sqrt(area / OCCUPIED[layer])))


def raw_frame(welded: Welded) -> Frame:
    """The file's own coordinates, the cell from an absolute ladder, so that a crop cannot move the lattice."""
    exponent = _rough(welded.area, RAW)
    start = Frame(RAW, exponent, np.zeros(3), np.eye(3), 2.0 ** (-exponent / LADDER), "raw")
    return start.with_exponent(round(exponent_of(welded, start)))


@dataclass(frozen=True, eq=False)
class _Moments:
    centre: Floats
    values: Floats
    axes: Floats
    size: float


def _moments(welded: Welded) -> _Moments | None:
    """Centre and principal axes of the solid, or of the surface when there is no solid."""
    of = sums(welded)
    centre, second = of.centre, of.area_second / of.area
    if welded.solid:
        shift = of.first / of.volume  # the cone from the centre of area over the surface: the solid itself
        centre = centre + shift
        second = of.solid_second / of.volume - np.outer(shift, shift)
    values, columns = np.linalg.eigh(second)
    if not np.isfinite(values).all() or values[0] <= 1e-6 * values[2]:
        return None
    axes = columns.T.copy()
    axes[0] = np.cross(axes[1], axes[2])  # a rotation, never a mirror
    return _Moments(centre, values, axes, float(np.prod(values) ** (1.0 / 6.0)))


def _skew(welded: Welded, moments: _Moments) -> Floats:
    middle, weight = welded.samples[:, :3] - moments.centre, welded.samples[:, 3]
    along = np.stack([(middle * axis).sum(axis=1) for axis in moments.axes])
    size = np.maximum((along**2 * weight).sum(axis=1), 1e-300)
    third: Floats = (along**3 * weight).sum(axis=1) / size**1.5 * math.sqrt(weight.sum())
    return third


def canonical_frames(welded: Welded, gap: float = 1.0) -> list[tuple[Welded, Frame]]:
    """The four frames along the principal axes, the one that third moments choose first; none for a shape too round.

    ``gap`` is the smallest ratio of neighbouring principal moments that is trusted. The scale is that of the second
    moments, the cell is again chosen by the cells that the surface occupies.
    """
    moments = _moments(welded)
    if moments is None or min(moments.values[1:] / moments.values[:-1]) < gap:
        return []
    axes = signed(moments.axes, _skew(welded, moments))
    exponent = _rough(welded.area / moments.size**2, CANONICAL)
    scale = 2.0 ** (-exponent / LADDER) / moments.size
    first = Frame(CANONICAL, exponent, moments.centre, axes, scale, "canonical")
    return [(welded, frame) for frame in _four(welded, first)]


def affine_frames(welded: Welded, gap: float = 1.0) -> list[tuple[Welded, Frame]]:
    """The four frames that follow a solid through any affine map, each with the whitened surface on which it lies.

    None for what is no solid, and where higher moments tell the axes apart by less than the ratio ``gap``.
    """
    found = _whitened(welded)
    return [] if found is None or found.gap < gap else _affine(found)


def _whitened(welded: Welded) -> Whitened | None:
    moments = _moments(welded) if welded.solid else None
    return None if moments is None else whiten(welded, moments.centre, moments.values, moments.axes)


def _affine(found: Whitened) -> list[tuple[Welded, Frame]]:
    exponent = _rough(found.surface.area / found.size**2, CANONICAL)
    scale = 2.0 ** (-exponent / LADDER) / found.size
    first = Frame(CANONICAL, exponent, np.zeros(3), found.axes, scale, "affine", found.shape)
    return [(found.surface, frame) for frame in _four(found.surface, first)]


def written_frame(welded: Welded) -> tuple[Welded, Frame] | None:
    """The frame that follows the shape in which a writer writes, and the surface on which it lies."""
    frames = affine_frames(welded, CLEAR) or canonical_frames(welded, CLEAR_SIMILAR)
    return frames[0] if frames else None


def shape_frames(welded: Welded) -> Iterator[list[tuple[Welded, Frame]]]:
    """The kinds of frame that :func:`written_frame` may have chosen on what this surface once was."""
    found = _whitened(welded)
    gap = 0.0 if found is None else found.gap
    if found is not None and gap >= CLEAR - DOUBT:
        yield _affine(found)
    if gap < CLEAR + DOUBT:
        similar = canonical_frames(welded)
        if similar:
            yield similar


def _four(welded: Welded, first: Frame) -> list[Frame]:
    first = first.with_exponent(round(exponent_of(welded, first)))
    return [
        replace(first, axes=first.axes * np.asarray(signs)[:, None], name=f"{first.name}{index or ''}")
        for index, signs in enumerate(_SIGNS)
    ]


def neighbour_exponents(value: float, margin: float) -> list[int]:
    """The nearest exponent, and the next one when the value is within ``margin`` of the boundary between them."""
    nearest = round(value)
    if abs(value - nearest) > 0.5 - margin:
        return [nearest, nearest + (1 if value > nearest else -1)]
    return [nearest]
