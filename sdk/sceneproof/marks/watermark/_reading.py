"""What a search for the watermark found in a Scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sceneproof.keys import Key
from sceneproof.scene import Scene

from ._clouds import read_clouds
from ._surfaces import looked_at


@dataclass(frozen=True)
class WatermarkReading:
    """What a search found; `to_dict` is the ``watermark`` object of the contract."""

    found: bool = False
    payload: bytes | None = None
    log10_p: float | None = None
    bits: int = 64
    corrected: int = 0
    carriers: tuple[str, ...] = ()
    method: str | None = None
    key_id: str | None = None
    hypotheses: int = 0
    all: tuple[Mapping[str, Any], ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        return {
            "found": self.found,
            "payload": self.payload.hex() if self.payload else None,
            "log10_p": self.log10_p,
            "bits": self.bits,
            "corrected": self.corrected,
            "carriers": len(self.carriers),
            "method": self.method,
            "key_id": self.key_id,
            "all": [dict(entry) for entry in self.all],
            "detail": {"hypotheses": self.hypotheses, "pointers": list(self.carriers)},
        }


def read(scene: Scene, keys: Sequence[Key], effort: str = "normal", bits: int = 64) -> WatermarkReading:
    """Look for a payload under each key of a ring; the surest reading wins, every mark found is in `all`."""
    from .codec import detect

    looked = looked_at(scene)
    best = WatermarkReading(bits=bits, key_id=keys[0].id if len(keys) == 1 else None)
    everything: list[dict[str, Any]] = []
    for key in keys:
        fields, records = read_clouds(scene, key, effort, bits)
        everything += records
        best = max(best, WatermarkReading(**fields), key=_rank)
        if not looked.surfaces:
            continue
        result = detect(looked.surfaces, key.secret, bits=bits, effort=effort)
        pointers = tuple(dict.fromkeys(scene.meshes[looked.meshes[index]].pointer for index in result.carriers))
        everything += [
            {
                "key_id": key.id,
                "mesh": scene.meshes[looked.meshes[record.surface]].pointer,
                "payload": record.payload.hex() if record.payload else None,
                "log10_p": record.log10_p,
                "method": record.method,
            }
            for record in result.all
            if record.found
        ]
        reading = WatermarkReading(
            result.found, result.payload, result.log10_p, result.bits, result.corrected, pointers,
            result.method if result.found else None, key.id, result.hypotheses,
        )  # fmt: skip
        if _rank(reading) > _rank(best):
            best = reading
    return WatermarkReading(**{**best.__dict__, "all": tuple(everything)})


def _rank(reading: WatermarkReading) -> tuple[bool, bool, float]:
    return reading.found, reading.payload is not None, -(reading.log10_p if reading.log10_p is not None else 1.0)
