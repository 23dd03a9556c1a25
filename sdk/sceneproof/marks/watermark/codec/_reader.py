"""One surface under one key: readings of its frames and variants, soft symbols kept for combination."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ._code import Decoded, code_length, decode
from ._constants import BORDER_MEANS_LITTLE, CRC_BITS, GAIN_READ, STEPS
from ._dither import phases, soft_symbols
from ._lattice import Probe, probe
from ._statistic import log10_payload, statistic
from ._types import CodecError

if TYPE_CHECKING:
    from ._frames import Frame
    from ._mesh import Welded

Floats = NDArray[np.float64]

TRY_ABOVE = 1.5  # statistic from which a reading is decoded
TRIES = 4  # readings of one probe that are decoded
LIMIT = -9.0  # log10 of the accepted chance of a false payload, or of a false presence
FEWEST = 40  # functionals below which there is nothing to look at


@dataclass(frozen=True, eq=False)
class Reading:
    """One hypothesis: where and how it was read, its statistic, its soft symbols."""

    z: float
    method: str
    soft: Floats
    functionals: int
    layer: int
    step: float = 0.0
    sign: float = 1.0
    frame: Frame | None = None


@dataclass(eq=False)
class Ledger:
    """Counts over the whole search, all surfaces together: what was tried decides what a result is worth."""

    key: bytes
    bits: int
    hypotheses: int = 0
    decodes: int = 0
    lock: tuple[Reading, Decoded] | None = None

    def decode(self, reading: Reading) -> bool:
        """Try to read a payload; True when it locks at the accepted chance."""
        self.decodes += 1
        decoded = decode(reading.soft, self.bits)
        if decoded.payload is None or log10_payload(reading.z, self.hypotheses, CRC_BITS) >= LIMIT:
            return False
        self.lock = (reading, decoded)
        return True


@dataclass(eq=False)
class Reader:
    """Best readings of one surface, by layer."""

    welded: Welded
    ledger: Ledger
    best: dict[int, Reading] = field(default_factory=dict)
    functionals: int = 0

    def read(self, variant: Welded, frame: Frame, label: str) -> bool:
        """Evaluate one probe under every step (and both signs of a sheet); True on a lock."""
        try:
            found, _, _, _ = probe(variant, frame, self.ledger.key, GAIN_READ)
        except CodecError:  # a surface that no lattice fits bears nothing
            return False
        self.functionals = max(self.functionals, len(found.value))
        if len(found.value) < FEWEST:
            return False
        readings = []
        for sign, weight in self._ways(found):
            read = replace(found, value=sign * found.value, weight=weight)
            for step in STEPS:
                self.ledger.hypotheses += 1
                angles = phases(read, step)
                soft = soft_symbols(read, angles, code_length(self.ledger.bits))
                z = statistic(read, angles)
                readings.append(Reading(z, label, soft, len(found.value), frame.layer, step, sign, frame))
        readings.sort(key=lambda r: -r.z)
        kept = self.best.get(frame.layer)
        if kept is None or readings[0].z > kept.z:
            self.best[frame.layer] = readings[0]
        return any(self.ledger.decode(r) for r in readings[:TRIES] if r.z > TRY_ABOVE)

    def _ways(self, found: Probe) -> Iterator[tuple[float, Floats]]:
        """Orientations and weights to read with: a sheet has no outside, and many open edges are no sign of a crop."""
        weights = [found.weight * found.border]
        if found.border.mean() < BORDER_MEANS_LITTLE:
            weights.append(found.weight)
        for sign in (1.0, -1.0) if self.welded.sheet else (1.0,):
            for weight in weights:
                yield sign, weight


def combined(readings: list[Reading], label: str) -> Reading:
    """Soft symbols of several readings summed; independent statistics add over the root of their number."""
    z = sum(r.z for r in readings) / np.sqrt(len(readings))
    soft = np.sum([r.soft for r in readings], axis=0)
    return Reading(float(z), label, soft, sum(r.functionals for r in readings), readings[0].layer)
