"""A codec that takes no time: it writes nothing, and reads what the arguments of the trial say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sceneproof.bench._copy_types import key_of, payload_of
from sceneproof.marks.watermark import codec


@dataclass
class FakeCodec:
    """Counts its calls; `reads` decides from the positions whether a payload is read, `refuse` refuses to write."""

    reads: Callable[[np.ndarray], bool] = lambda positions: True
    refuse: bool = False
    embedded: int = 0
    detected: int = 0
    efforts: list[str] = field(default_factory=list)

    def embed(self, surface, payload, key, *, strength):
        self.embedded += 1
        if self.refuse:
            raise codec.CapacityError("too coarse")
        shift = np.zeros_like(surface.positions)
        shift[:, 0] = 1e-4
        return codec.Embedding(shift, 1e-4, 1e-4, 1.0, 2.0, 0.008, ("raw",), 900, 0.1)

    def detect(self, surfaces, key, *, bits, effort):
        self.detected += 1
        self.efforts.append(effort)
        trial = next(t for t in range(30) if key_of(t) == key)
        read = self.reads(surfaces[0].positions)
        payload = payload_of(trial, bits) if read else None
        return codec.Detection(read, payload, -20.0 if read else -0.1, bits, 3, (0,), "fake", 7, 100)


def install(monkeypatch, **options) -> FakeCodec:
    """Put a fake in the codec's place."""
    fake = FakeCodec(**options)
    monkeypatch.setattr(codec, "embed", fake.embed)
    monkeypatch.setattr(codec, "detect", fake.detect)
    nothing = {"exact": False, "found": False}
    monkeypatch.setattr("sceneproof.bench._assisted.read", lambda asset, surfaces, unit, cell: nothing)
    monkeypatch.setattr("sceneproof.bench._work._looked_at", lambda asset, unit, copy: copy)  # pictures take time
    return fake
