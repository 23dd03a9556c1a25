"""Marks of origin that stand in the file's JSON, whoever wrote them.

What it measures
    Every key that contains ``AIGC`` (as an object or as JSON text) and every ``digitalSourceType`` in ``asset.extras``
    and in the packets of ``KHR_xmp_json_ld``. ``value`` is how many were found; ``detail.aigc`` lists the ``Label`` of
    each (1 generated, 2 possibly, 3 suspected: GB 45438-2025, Annex E), ``detail.source_types`` the IPTC terms.
    ``detail.states_synthesis`` is true when one of them says that AI made or changed the content.
Unit
    count. Never scored; an assessment takes it as a statement, not as a measurement. Whether the metadata is valid is
    a rule's question.
Confounders
    Anyone can write or remove it.
Not evidence of
    handwork when there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "provenance"
UNIT = "count"
COST = "cheap"
TESTS = ("synthesised",)

AIGC = "aigc"  # the key contains it (GB 45438-2025, Annex E)
DEEPEST = 32  # levels of a stranger's JSON that are looked at
SYNTHETIC_TERMS = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
)


def measure(scene: Scene) -> Signal:
    """Value 0 when the file states nothing."""
    places: list[tuple[str, Any]] = [("/asset/extras", scene.asset.get("extras"))]
    root = scene.extensions.get("KHR_xmp_json_ld")
    if isinstance(root, Mapping):
        places.append(("/extensions/KHR_xmp_json_ld/packets", root.get("packets")))
    labels: list[str | None] = []
    terms: list[str] = []
    pointers: list[str] = []
    for base, value in places:
        for pointer, key, item in _entries(value, base, 0):
            name = key.rpartition(":")[2].lower()
            if AIGC in name:
                labels.append(_label(item))
                pointers.append(pointer)
            elif name == "digitalsourcetype" and isinstance(_plain(item), str):
                terms.append(_plain(item).rstrip("/").rpartition("/")[2][:100])
                pointers.append(pointer)
    states = any(label in {"1", "2", "3"} for label in labels) or bool(set(terms) & set(SYNTHETIC_TERMS))
    return Signal(
        "declared-marks",
        len(labels) + len(terms),
        UNIT,
        pointers=tuple(pointers)[:16],
        detail={"aigc": labels[:16], "source_types": terms[:16], "states_synthesis": states},
    )


def _entries(value: Any, pointer: str, depth: int) -> Iterator[tuple[str, str, Any]]:
    """Every (pointer, key, value) below a value, objects and lists alike."""
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            place = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            yield place, str(key), item
            if AIGC not in str(key).lower():  # what stands inside is the field itself, or the same wrapped once more
                yield from _entries(item, place, depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _entries(item, f"{pointer}/{index}", depth + 1)


def _label(value: Any) -> str | None:
    """The ``Label`` of an AIGC field, bare or wrapped once more in ``AIGC``, as object or as JSON text."""
    value = _plain(value)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, Mapping) and isinstance(value.get("AIGC"), Mapping | str):
        return _label(value["AIGC"])
    found = value.get("Label") if isinstance(value, Mapping) else None
    return str(found)[:8] if isinstance(found, str | int) else None


def _plain(value: Any) -> Any:
    """The value of a JSON-LD value object, else the value itself."""
    if isinstance(value, Mapping):
        return value.get("@value", value.get("@id", value))
    return value
