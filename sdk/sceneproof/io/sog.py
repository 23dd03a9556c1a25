"""SOG: Gaussian splats as a zip of WebP images and ``meta.json`` (PlayCanvas), versions 1 and 2.

Read only, and written as the trainers' PLY: the same splats in the same order, at the precision that the images have.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sceneproof.edits import Edit
from sceneproof.scene import Problem, Scene

from ._as_ply import apply_as_ply, save_as_ply
from ._plain import PlainDocument, read_sidecar
from ._sog.archive import Archive
from ._sog.decode import splats_of
from ._splats import scene_of

EXTENSIONS = (".sog",)
WRITES = (".ply",)
PRESERVES = "centres, scales, rotations, opacities, harmonics and their order, written as a 3DGS PLY of float32"
MEDIA_TYPES = ("application/zip",)


def sniff(head: bytes) -> bool:
    """Whether the first bytes are a zip whose first member is one of SOG's."""
    return head[:4] == b"PK\x03\x04" and head[30:].startswith((b"meta.json", b"means_l.", b"means_u.", b"quats."))


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    splats = splats_of(Archive(data), "/splats/0", problems)
    return scene_of("sog", uri, splats, PlainDocument(data, {}, sidecar), problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene, converted to PLY, with the edits; the given one stays as it is."""
    return apply_as_ply(scene, edits)


def to_bytes(scene: Scene) -> bytes:
    """The file as it was read."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the Scene as a PLY. Returns all files, the main one last."""
    return save_as_ply(scene, path)
