"""Marks of origin that images and sounds inside the asset carry themselves.

What it measures
    ``value`` is how many images and sounds bear labels: Exif, XMP, PNG text, IPTC, C2PA, ID3 and the like, read where
    they stand, without decoding. ``detail`` holds ``images``, ``sounds``, the ``Label`` of each ``aigc`` field
    (GB 45438-2025, Annex E), the IPTC ``source_types``, the ``tools`` that are named, the keys of ``prompts`` that
    image generators leave, the number of ``c2pa`` stores (present, not validated), and the first ``fields``.
    ``states_synthesis`` is true when a field says that AI made or changed that image or sound.
Unit
    count. Never scored, and not the asset's own metadata: a texture made by AI does not make the asset so.
Confounders
    Anyone can write or remove them; most exporters and optimisers drop them.
Not evidence of
    handwork when there is none; of anything but that one image when there is.
"""

from __future__ import annotations

from typing import Any

from sceneproof.derived.media import media, statements
from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "provenance"
UNIT = "count"
COST = "cheap"
TESTS: tuple[str, ...] = ()

MOST = 16
FIELDS = 12


def measure(scene: Scene) -> Signal:
    """Value 0 when there is no image or sound, or none bears a label."""
    found, stated = media(scene), statements(scene)

    def values(kind: str) -> list[str | None]:
        return list(dict.fromkeys(entry.value for entry in stated if entry.kind == kind))[:MOST]

    detail: dict[str, Any] = {
        "images": found["images"],
        "sounds": found["sounds"],
        "aigc": [entry.value for entry in stated if entry.kind == "aigc"][:MOST],
        "source_types": values("source_type"),
        "tools": values("tool"),
        "prompts": values("prompt"),
        "c2pa": sum(1 for entry in stated if entry.kind == "c2pa"),
        "states_synthesis": any(entry.synthetic for entry in stated),
        "fields": found["fields"][:FIELDS],
        "problems": found["problems"][:MOST],
    }
    pointers = tuple(dict.fromkeys(entry.pointer for entry in stated)) or tuple(
        dict.fromkeys(field["pointer"] for field in found["fields"])
    )
    return Signal("embedded-media", found["labelled"], UNIT, pointers=pointers[:MOST], detail=detail)
