"""One cloud under one key: readings of its carrier in several frames, cheap ones first, every one of them counted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from ._cloud_constants import CLOUD_METHOD
from ._cloud_frames import canonical_frames, raw_frame
from ._cloud_lattice import exponent_of, lay_bumps
from ._cloud_types import Cloud
from ._cloud_values import Carrier, draw, evaluate
from ._frames import Frame, neighbour_exponents
from ._reader import FEWEST, TRIES, Ledger, Reading, ranked, reading_of
from ._splat_centres import Heights
from ._splat_color import SplatColor
from ._sums import decode_layers

BELOW, ABOVE = 2, 2  # cell exponents around the received one that are tried when the nearest says nothing
FEWEST_POINTS = 400  # below, there is nothing to look for


def carrier_of(cloud: Cloud) -> Carrier:
    """Colours where there are any, else positions."""
    return Heights() if cloud.colors is None else SplatColor()


@dataclass(eq=False)
class CloudReader:
    """Best readings of one cloud, by frame kind, and the hypotheses that each is the best of."""

    cloud: Cloud
    carrier: Carrier
    ledger: Ledger
    best: dict[str, Reading] = field(default_factory=dict)
    functionals: int = 0
    tried: dict[str, int] = field(default_factory=dict)

    def search(self, effort: str) -> bool:
        """Read frame after frame; True on a lock."""
        if len(self.cloud.positions) < FEWEST_POINTS:
            return False
        wide = effort != "quick"
        for frame in self._frames(0.2 if wide else 0.1, wide):
            if self.read(frame):
                return True
        return self._together() or (wide and self._half_turned())

    def _frames(self, margin: float, wide: bool) -> Iterator[Frame]:
        value = exponent_of(self.cloud.positions, self.cloud.weights)
        near = [] if math.isnan(value) else neighbour_exponents(value, margin)
        yield from map(raw_frame, near)
        canonical, size = canonical_frames(self.cloud)
        near_canonical = neighbour_exponents(size, margin) if canonical else []
        for exponent in near_canonical:
            yield from (frame.with_exponent(exponent) for frame in canonical)
        if not wide or not near:
            return
        for offset in range(1, max(BELOW, ABOVE) + 1):
            for exponent in (near[0] + offset, near[0] - offset):
                if exponent not in near:
                    yield raw_frame(exponent)

    def _half_turned(self) -> bool:
        """The cloud as it was before a converter between y up and y down turned it about x."""
        turned = replace(self.cloud, positions=self.cloud.positions * np.array([1.0, -1.0, -1.0]))
        value = exponent_of(turned.positions, turned.weights)
        near = [] if math.isnan(value) else neighbour_exponents(value, 0.2)
        return any(self.read(replace(raw_frame(exponent), name="raw, half turned"), turned) for exponent in near)

    def read(self, frame: Frame, cloud: Cloud | None = None) -> bool:
        """One frame under every step of the carrier; True on a lock. ``cloud`` stands for the reader's own."""
        cloud = self.cloud if cloud is None else cloud
        bumps = lay_bumps(frame.place(cloud.positions))
        if not len(bumps.cells):
            return False
        carrier = self.carrier
        draws = draw(self.ledger.key, bumps, carrier.layer + frame.layer, frame.exponent, carrier.channels)
        values = evaluate(cloud, carrier, frame, bumps, draws)
        count = int(values.good.sum())
        self.functionals = max(self.functionals, count)
        if count < FEWEST:
            return False
        tried = ranked(self.ledger, ((values.probe(frame, step), step, 1.0) for step in carrier.steps))
        layer, label = str(frame.layer), f"{carrier.name} {frame.name}"
        self.tried[layer] = self.tried.get(layer, 0) + len(tried)
        readings = [reading_of(*entry, label, layer, frame) for entry in tried[:TRIES]]
        kept = self.best.get(layer)
        if kept is None or readings[0].z > kept.z:
            self.best[layer] = readings[0]
        return any(self.ledger.decode(reading) for reading in readings)

    def _together(self) -> bool:
        """Both frames' soft symbols summed."""
        return decode_layers(self.ledger, self, f"{self.carrier.name} raw and canonical")


def method_of(reading: Reading | None) -> str:
    """Scheme and how it was read."""
    return f"{CLOUD_METHOD} {reading.method}" if reading is not None else CLOUD_METHOD
