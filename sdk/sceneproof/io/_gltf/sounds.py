"""Sounds of a glTF: the labels in them. What plays where is not looked at.

Sources: ``KHR_audio_emitter`` and its draft ``KHR_audio`` (``audio`` lists), ``MSFT_audio_emitter`` (``clips``).
"""

from __future__ import annotations

from typing import Any

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io._media import sniff_audio
from sceneproof.scene import MediaLabels, Problem

from . import fields
from .embedded import Embedded

LISTS = (
    ("KHR_audio_emitter", "audio"),
    ("KHR_audio", "audio"),
    ("MSFT_audio_emitter", "clips"),
    ("OMI_audio_emitter", "audio"),
    ("OMI_audio_emitter", "audioSources"),
)


def read_sounds(tree: dict[str, Any], embedded: Embedded, problems: list[Problem]) -> tuple[MediaLabels, ...]:
    """The labels of every sound; one that is missing is a problem of the file, never a refusal."""
    found = []
    extensions = fields.mapping(tree, "extensions", "")
    for extension, name in LISTS:
        held = extensions.get(extension)
        entries = held.get(name) if isinstance(held, dict) else None
        if isinstance(entries, list) and len(entries) > LIMITS.nodes:
            raise LimitError(f"{len(entries):,} sounds, limit {LIMITS.nodes:,}", pointer=f"/extensions/{extension}")
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            place = f"/extensions/{extension}/{name}/{number}"
            if isinstance(entry, dict) and ("uri" in entry or "bufferView" in entry):
                data = _content(entry, place, embedded, problems)
                mime = sniff_audio(data) or fields.text(entry, "mimeType")
                found.append(embedded.labels(data, mime, place, fields.text(entry, "name")))
    return tuple(found)


def _content(entry: dict[str, Any], place: str, embedded: Embedded, problems: list[Problem]) -> bytes | memoryview:
    try:
        return embedded.content(entry, place)
    except LimitError:
        raise
    except InputError as error:
        en, zh = f"a sound cannot be read: {error.reason}", f"音频无法读取：{error.reason}"
        problems.append(Problem("sound-unreadable", en, zh, error.pointer or place))
        return b""
