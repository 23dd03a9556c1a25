"""``.ksplat`` (github.com/mkkellogg/GaussianSplats3D, ``SplatBuffer``), version 0.1, compression levels 0 to 2.

Read only, and written as the trainers' PLY: the same splats in the same order, at the precision that the file has.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sceneproof.edits import Edit
from sceneproof.scene import Problem, Scene

from ._as_ply import apply_as_ply, save_as_ply
from ._ksplat import splats_of
from ._plain import PlainDocument, read_sidecar
from ._splats import scene_of

EXTENSIONS = (".ksplat",)
WRITES = (".ply",)
PRESERVES = "centres, scales, rotations, opacities, harmonics and their order, written as a 3DGS PLY of float32"
MEDIA_TYPES = ("application/octet-stream",)


def sniff(head: bytes) -> bool:
    """Whether the first bytes look like a header of version 0.1: nothing in them is a magic number."""
    return len(head) >= 48 and head[:4] == b"\0\1\0\0" and head[20] <= 2 and not any(head[21:24])


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    splats = splats_of(data, "/splats/0", problems)
    return scene_of("ksplat", uri, splats, PlainDocument(data, {}, sidecar), problems)


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
