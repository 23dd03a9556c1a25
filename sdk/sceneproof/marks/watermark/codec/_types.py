"""What goes into the codec and what comes out: plain arrays and frozen records, nothing of scenes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = "flux-qim/2"  # part of the key stream: a change of any scheme constant needs a new number


class CodecError(ValueError):
    """A watermark could not be written or the arguments are wrong; the message says what to do."""


class CapacityError(CodecError):
    """The surface cannot bear the payload. ``reason`` is one plain English line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Surface:
    """A triangle surface as stored in a file.

    ``positions`` (n, 3) float64 in any unit, ``faces`` (m, 3) int64, ``fixed`` (n,) bool marks vertices that must not
    move, ``alias`` that the same surface is read in axes of its own elsewhere, so that here only the given axes are
    looked at. Equal positions are one point of the surface; NaN, unused and degenerate parts are tolerated and ignored.
    """

    positions: NDArray[np.float64]
    faces: NDArray[np.int64]
    fixed: NDArray[np.bool_] | None = None
    alias: bool = False


@dataclass(frozen=True)
class Capacity:
    """Prediction for one surface: ``functionals`` that can be written, ``bits`` that fit (0 when none)."""

    ok: bool
    functionals: int
    bits: int
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Embedding:
    """A displacement (n, 3) float64 to add to the positions, equal for equal positions, and what it costs.

    ``mrms`` and ``maximum`` are fractions of the bounding-box diagonal (area-weighted root mean square and largest
    vertex displacement), the normal deviations are degrees, ``step`` is in cells. ``layers`` names what was read
    back, from the float32 result and from rounded and noisy copies of it; ``errors`` is the largest share of wrong code
    symbols there.
    """

    displacement: NDArray[np.float64]
    mrms: float
    maximum: float
    normal_deviation_mean_deg: float
    normal_deviation_p95_deg: float
    step: float
    layers: tuple[str, ...]
    functionals: int
    errors: float
    method: str = METHOD


@dataclass(frozen=True)
class Record:
    """Best reading of one surface: ``log10_p`` is corrected for the hypotheses tried on all surfaces."""

    surface: int
    found: bool
    payload: bytes | None
    log10_p: float
    z: float
    corrected: int
    method: str
    hypotheses: int
    functionals: int


@dataclass(frozen=True)
class Detection:
    """Decision over all surfaces; ``log10_p`` is corrected for every hypothesis tried.

    ``corrected`` counts the code symbols, of the ``symbols`` that were read at all, whose sign was wrong.
    """

    found: bool
    payload: bytes | None
    log10_p: float
    bits: int
    corrected: int
    carriers: tuple[int, ...]
    method: str
    hypotheses: int
    symbols: int = 0
    all: tuple[Record, ...] = ()
