"""SPZ, versions 1 to 4: Gaussian splats as Niantic packs them.

Kept: everything. The label goes into an extension record (version 4) or the gzip header (1 to 3), and whole into the
sidecar; the compressed streams keep their bytes, but those whose centres or colours an edit names.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sceneproof.edits import Edit
from sceneproof.scene import Problem, Scene

from ._plain import PlainDocument, read_sidecar, save_plain, with_metadata
from ._splats import edited, refuse_geometry, scene_of
from ._spz.container import MAGIC, unpack, with_slot, with_streams
from ._spz.decode import splats_of
from ._spz.encode import changed_streams

EXTENSIONS = (".spz",)
WRITES = EXTENSIONS
PRESERVES = "the packed streams byte by byte, the header, extension records known or not, the gzip header's fields"
MEDIA_TYPES = ("model/vnd.spz",)


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like an SPZ, packed or not."""
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(31).decompress(head, 16)
        except zlib.error:
            return False
    return head[:4] == MAGIC


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    packed = unpack(data)
    splats = splats_of(packed, "/splats/0", problems)
    return scene_of("spz", uri, splats, PlainDocument(data, packed.slot, sidecar), problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document; the given one stays as it is."""
    refuse_geometry("spz", edits)
    document = with_metadata(scene.document, edits)
    (old,), (new,) = scene.splats, edited(scene, edits)
    splats, problems = old, list(scene.problems)
    if new is not old:
        raw = with_streams(document.raw, changed_streams(unpack(document.raw), old, new))
        document, problems = replace(document, raw=raw), []
        splats = splats_of(unpack(raw), old.pointer, problems)
    if document.slot:
        raw = with_slot(document.raw, document.slot)
        document = replace(document, raw=raw, slot=unpack(raw).slot)
    return scene_of("spz", scene.uri, splats, document, problems)


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the document, and its sidecar. Returns all files, the main one last."""
    return save_plain(scene.document, scene.document.raw, path)
