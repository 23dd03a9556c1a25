"""The bytes of images and sounds: in a buffer view, in a data URI, or in a file beside the asset."""

from __future__ import annotations

from typing import Any

from sceneproof.errors import InputError
from sceneproof.io._media import Work, read_media
from sceneproof.io._paths import Parts, decode_data_uri, is_data_uri
from sceneproof.scene import MediaLabels

from .accessors import Accessors
from .container import GltfDocument


class Embedded:
    """All images and sounds of one document: each part is read once, and one measure holds the work on their labels."""

    def __init__(self, document: GltfDocument, accessors: Accessors) -> None:
        self._accessors = accessors
        self._parts = Parts(document.folder)
        self._work = Work()

    def content(self, entry: dict[str, Any], place: str) -> bytes | memoryview:
        """The encoded file behind an entry. Raises `InputError`, `LimitError` when all parts are too much."""
        uri = entry.get("uri")
        if "bufferView" in entry:
            return self._accessors.view_bytes(entry["bufferView"], f"{place}/bufferView")
        if not isinstance(uri, str):
            raise InputError("has neither a bufferView nor a uri", pointer=place)
        if is_data_uri(uri):
            return decode_data_uri(uri, f"{place}/uri")[1]
        return self._parts.read(uri, f"{place}/uri")

    def labels(self, data: bytes | memoryview, mime: str, place: str, name: str) -> MediaLabels:
        """What an image or sound says of itself."""
        return read_media(data, mime, place, name, self._work)
