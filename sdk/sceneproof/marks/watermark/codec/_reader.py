"""One surface under one key: readings of its frames and variants, soft symbols kept for combination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ._code import Decoded, code_length, decode, encode
from ._constants import BORDER_MEANS_LITTLE, STEPS
from ._dither import phases, soft_symbols
from ._lattice import Probe, probe
from ._statistic import LIMIT, log10_corrected, log10_payload, statistic, trust, worthwhile
from ._types import CodecError, Detection, Record

if TYPE_CHECKING:
    from ._frames import Frame
    from ._mesh import Welded

Floats = NDArray[np.float64]

TRIES = 4  # readings of one probe that are decoded
FEWEST = 40  # functionals below which there is nothing to look at
SMALL = 32  # bits of the payload that a surface bears which cannot bear a longer one


@dataclass(frozen=True, eq=False)
class Reading:
    """One hypothesis: where and how it was read, its statistic, what each functional of the payload says.

    ``places`` in [0, 1) is the code symbol that a functional carries, ``values`` its weighted cosine, ``trust`` the
    mean cosine, by which readings are weighed against each other.
    """

    z: float
    method: str
    places: Floats
    values: Floats
    trust: float
    functionals: int
    layer: str
    step: float = 0.0
    sign: float = 1.0
    frame: Frame | None = None

    def soft(self, bits: int) -> Floats:
        """Soft code symbols of a payload of so many bits."""
        return soft_symbols(self.places, self.values, code_length(bits))

    def wrong(self, payload: bytes) -> int:
        """How many of the code symbols of a payload that were read at all have the wrong sign."""
        soft = self.soft(8 * len(payload))
        known = soft != 0.0
        return int(((encode(payload) == 1)[known] != (soft < 0.0)[known]).sum())


@dataclass(frozen=True)
class Lock:
    """A payload, the reading that gave it, and the chance that any of what was tried would."""

    reading: Reading
    decoded: Decoded
    bits: int
    log10_p: float


@dataclass(eq=False)
class Ledger:
    """Counts over the whole search, all surfaces together: what was tried decides what a result is worth."""

    key: bytes
    sizes: tuple[int, ...]
    hypotheses: int = 0
    lock: Lock | None = None

    def decode(self, reading: Reading, choices: float = 0.0) -> bool:
        """Try to read a payload of each size; True when one locks at the accepted chance.

        ``choices`` is the number of choices that a sum of readings was the best of; it comes to what was tried.
        Only as many code words are tried as would be accepted: what could not lock costs nothing.
        """
        many = (self.hypotheses + choices) * len(self.sizes)
        tries = worthwhile(reading.z, many)
        for bits in self.sizes if tries else ():
            decoded = decode(reading.soft(bits), bits, tries)
            chance = log10_payload(reading.z, many, tries)
            if decoded.payload is not None and chance < LIMIT:
                self.lock = Lock(reading, decoded, bits, chance)
                return True
        return False

    @property
    def payload(self) -> bytes | None:
        """What was read, if anything was."""
        return None if self.lock is None else self.lock.decoded.payload

    def log10_p(self, z: float) -> float:
        """log10 of the chance of what was found: the payload, or else the largest statistic ``z`` of all."""
        if self.lock is not None:
            return self.lock.log10_p
        return log10_corrected(z, self.hypotheses) if self.hypotheses else 0.0

    def decision(self, scheme: str, z: float, carriers: Iterable[int], records: Iterable[Record]) -> Detection:
        """The end of a search whose largest statistic is ``z``, with what it says of each surface."""
        lock, log10_p = self.lock, self.log10_p(z)
        return Detection(
            found=log10_p < LIMIT,
            payload=self.payload,
            log10_p=log10_p,
            bits=lock.bits if lock else self.sizes[0],
            corrected=lock.decoded.corrected if lock else 0,
            carriers=tuple(sorted(carriers)),
            method=f"{scheme} {lock.reading.method}" if lock else scheme,
            hypotheses=self.hypotheses,
            symbols=lock.decoded.symbols if lock else 0,
            all=tuple(records),
        )


@dataclass(eq=False)
class Reader:
    """Best readings of one surface, by layer and part, and the hypotheses that each is the best of.

    ``count`` functionals were there at the last place read.
    """

    welded: Welded
    ledger: Ledger
    alias: bool = False
    best: dict[str, Reading] = field(default_factory=dict)
    functionals: int = 0
    count: int = 0
    tried: dict[str, int] = field(default_factory=dict)

    def read(self, surface: Welded, frame: Frame, layer: str, label: str) -> bool:
        """Evaluate one probe under every step (and both signs of a sheet); True on a lock."""
        self.count = 0
        try:
            found, _, _, _ = probe(surface, frame, self.ledger.key)
        except CodecError:  # a surface that no lattice fits bears nothing
            return False
        self.count = len(found.value)
        self.functionals = max(self.functionals, self.count)
        if len(found.value) < FEWEST:
            return False
        ways = [(replace(found, value=s * found.value, weight=w), s) for s, w in self._ways(surface, found)]
        tried = ranked(self.ledger, ((read, step, sign) for read, sign in ways for step in STEPS))
        self.tried[layer] = self.tried.get(layer, 0) + len(tried)
        readings = [reading_of(*entry, label, layer, frame) for entry in tried[:TRIES]]
        kept = self.best.get(layer)
        if kept is None or readings[0].z > kept.z:
            self.best[layer] = readings[0]
        return any(self.ledger.decode(reading) for reading in readings)

    def _ways(self, surface: Welded, found: Probe) -> Iterator[tuple[float, Floats]]:
        """Orientations and weights to read with: a sheet has no outside, and many open edges are no sign of a crop."""
        weights = [found.weight * found.border]
        if found.border.mean() < BORDER_MEANS_LITTLE:
            weights.append(found.weight)
        for sign in (1.0, -1.0) if surface.sheet else (1.0,):
            for weight in weights:
                yield sign, weight


def ranked(ledger: Ledger, reads: Iterable[tuple[Probe, float, float]]) -> list[tuple[float, Probe, float, float]]:
    """Statistic, probe, step and sign of each (probe, step, sign), the largest statistic first; all are counted."""
    tried = []
    for read, step, sign in reads:
        ledger.hypotheses += 1
        tried.append((statistic(read, phases(read, step)), read, step, sign))
    return sorted(tried, key=lambda entry: -entry[0])


def reading_of(z: float, read: Probe, step: float, sign: float, label: str, layer: str, frame: Frame) -> Reading:
    """What a probe says under a step, kept for decoding and for sums."""
    angles = phases(read, step)
    carries = read.symbol >= 0.0
    values = (read.weight * np.cos(angles))[carries]
    count = len(read.value)
    return Reading(z, label, read.symbol[carries], values, trust(read, angles), count, layer, step, sign, frame)


def combined(readings: list[Reading], label: str) -> Reading:
    """Several readings as one, each weighed by its mean cosine, which is what each of its functionals is worth."""
    z = sum(r.z * r.trust for r in readings) / np.sqrt(sum(r.trust**2 for r in readings))
    places = np.concatenate([r.places for r in readings])
    values = np.concatenate([r.values * r.trust for r in readings])
    return Reading(float(z), label, places, values, 1.0, sum(r.functionals for r in readings), "several")
