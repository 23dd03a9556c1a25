"""Labels inside images and sounds: as a list, and what they state of generation by AI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sceneproof.io._media import read_media

from ._memo import derived

if TYPE_CHECKING:
    from sceneproof.scene import MediaField, MediaLabels, Scene

SHOWN = 400  # characters of a value in a list
MOST = 256  # fields in a list
PROMPTS = (  # text keys under which image generators store what they were asked
    "parameters", "prompt", "workflow", "dream", "sd-metadata", "invokeai_metadata", "generation_data",
    "negative_prompt", "aipromptinformation",
)  # fmt: skip
TOOLS = (
    "software", "creatortool", "softwareagent", "claim_generator", "claim_generator_info", "originatingprogram", "tsse",
    "tenc", "isft", "encoder", "vendor", "ktxwriter", "aisystemused", "bext originator",
)  # fmt: skip
SYNTHETIC = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic")


@dataclass(frozen=True)
class Statement:
    """What one field states: `kind` is ``aigc`` (with its ``Label``), ``source_type`` (the bare term), ``prompt``,
    ``tool`` or ``c2pa``; where; and whether it says that AI made or changed the content."""

    kind: str
    value: str | None
    pointer: str
    synthetic: bool = False


@derived
def media_labels(scene: Scene) -> tuple[MediaLabels, ...]:
    """The labels of every image and sound of the file, images first; also of readers that did not look into them."""
    found = [image.media or read_media(image.data, image.mime, image.pointer, image.name) for image in scene.images]
    placed = [replace(labels, pointer=image.pointer) for labels, image in zip(found, scene.images, strict=True)]
    return (*placed, *scene.sounds)


@derived
def media(scene: Scene) -> dict[str, Any]:
    """The ``media`` object of an inspection.

    Returns
    -------
    ``images``, ``sounds``, ``labelled`` (how many of them bear labels); ``fields``: each with ``pointer``, ``mime``,
    ``kind``, ``key``, ``value`` (at most 400 characters) and ``length``; ``more`` counts those not listed; ``problems``
    with ``pointer`` and ``message``.
    """
    found = media_labels(scene)
    listed = [
        {
            "pointer": labels.pointer,
            "mime": labels.mime,
            "kind": field.kind,
            "key": field.key,
            "value": field.value[:SHOWN],
            "length": field.length,
        }
        for labels in found
        for field in labels.fields
    ]
    return {
        "images": len(scene.images),
        "sounds": len(scene.sounds),
        "labelled": sum(1 for labels in found if labels.fields),
        "fields": listed[:MOST],
        "more": max(0, len(listed) - MOST) + sum(labels.more for labels in found),
        "problems": [{"pointer": labels.pointer, "message": text} for labels in found for text in labels.problems][
            :MOST
        ],
    }


@derived
def statements(scene: Scene) -> tuple[Statement, ...]:
    """What the labels state, in the order of the file."""
    return tuple(
        Statement(kind, value, labels.pointer, synthetic)
        for labels in media_labels(scene)
        for field in labels.fields
        for kind, value, synthetic in _stated(field)
    )


def _stated(field: MediaField) -> Iterator[tuple[str, str | None, bool]]:
    local = field.key.rpartition(":")[2].lower()
    if "aigc" in local:
        yield "aigc", *_aigc(field.value)
    elif '"AIGC"' in field.value:  # in a comment or description, as JSON
        start = field.value.find("{")
        yield "aigc", *_aigc(field.value[start:])
    if local in ("digitalsourcetype", "digitalsourcefiletype"):
        term = field.value.rstrip("/").rpartition("/")[2][:100]
        yield "source_type", term, term in SYNTHETIC
    if field.kind == "c2pa" and field.key == "bytes":
        yield "c2pa", field.value, False
    if local in PROMPTS and field.kind in ("text", "xmp"):
        yield "prompt", field.key, False
    if local in TOOLS:
        yield "tool", field.value[:100], False


def _aigc(text: str) -> tuple[str | None, bool]:
    """The ``Label`` of an AIGC field, bare or wrapped once more, and whether it is one of the standard's three."""
    value: Any = text
    for _ in range(4):
        if isinstance(value, str):
            try:
                value, _ = json.JSONDecoder().raw_decode(value)
            except (ValueError, RecursionError):
                return None, False
        if not (isinstance(value, dict) and isinstance(value.get("AIGC"), dict | str)):
            break
        value = value["AIGC"]
    found = value.get("Label") if isinstance(value, dict) else None
    label = str(found)[:8] if isinstance(found, str | int) else None
    return label, label in ("1", "2", "3")
