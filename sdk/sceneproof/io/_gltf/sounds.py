"""Sounds of a glTF: the labels in them. What plays where is not looked at.

Sources: ``KHR_audio_emitter`` and its draft ``KHR_audio`` (``audio`` lists), ``MSFT_audio_emitter`` (``clips``).
"""

from __future__ import annotations

from typing import Any

from sceneproof.errors import InputError
from sceneproof.io._media import Work, read_media, sniff_audio
from sceneproof.io._paths import decode_data_uri, is_data_uri, read_part
from sceneproof.scene import MediaLabels, Problem

from . import fields
from .accessors import Accessors
from .container import GltfDocument

LISTS = (
    ("KHR_audio_emitter", "audio"),
    ("KHR_audio", "audio"),
    ("MSFT_audio_emitter", "clips"),
    ("OMI_audio_emitter", "audio"),
    ("OMI_audio_emitter", "audioSources"),
)


def read_sounds(document: GltfDocument, accessors: Accessors, problems: list[Problem]) -> tuple[MediaLabels, ...]:
    """The labels of every sound; one that is missing is a problem of the file, never a refusal."""
    found = []
    work = Work()
    extensions = fields.mapping(document.tree, "extensions", "")
    for extension, name in LISTS:
        held = extensions.get(extension)
        entries = held.get(name) if isinstance(held, dict) else None
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            place = f"/extensions/{extension}/{name}/{number}"
            if isinstance(entry, dict) and ("uri" in entry or "bufferView" in entry):
                data = _content(entry, place, document, accessors, problems)
                mime = sniff_audio(data) or fields.text(entry, "mimeType")
                found.append(read_media(data, mime, place, fields.text(entry, "name"), work))
    return tuple(found)


def _content(
    entry: dict[str, Any], place: str, document: GltfDocument, accessors: Accessors, problems: list[Problem]
) -> bytes | memoryview:
    data: bytes | memoryview = b""
    uri = entry.get("uri")
    try:
        if "bufferView" in entry:
            data = accessors.view_bytes(entry["bufferView"], f"{place}/bufferView")
        elif isinstance(uri, str) and is_data_uri(uri):
            data = decode_data_uri(uri, f"{place}/uri")[1]
        elif isinstance(uri, str):
            data = read_part(document.folder, uri, f"{place}/uri")
    except InputError as error:
        en, zh = f"a sound cannot be read: {error.reason}", f"音频无法读取：{error.reason}"
        problems.append(Problem("sound-unreadable", en, zh, error.pointer or place))
    return data
