"""PLY: meshes, point clouds and Gaussian splats, as text or binary of either byte order.

Kept: every byte of the body that an edit does not name, all header lines, their order and their ends. SuperSplat's
compressed PLY is read, and written as the trainers' PLY once it is marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sceneproof.edits import Edit
from sceneproof.scene import Problem, Scene

from ._plain import read_sidecar, save_plain
from ._ply.build import PlyDocument, build
from ._ply.edit import apply_edits

EXTENSIONS = (".ply",)
WRITES = EXTENSIONS
PRESERVES = (
    "all header lines and their ends, every element and property known or not, and the bytes of every row but x, y, z "
    "of vertices that the watermark moves; a label adds rows at the end (and red, green, blue where a mesh has none)"
)
MEDIA_TYPES = ("model/ply", "application/octet-stream")


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file are a PLY's."""
    return head[:3] == b"ply" and head[3:4] in (b"\n", b"\r", b" ")


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes, and the sidecar from `folder`. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    with np.errstate(invalid="ignore", over="ignore"):  # numbers that are not finite are looked for, not warned of
        return build(PlyDocument(data, sidecar=sidecar), uri, problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document; the given one stays as it is. Raises `MarkError`."""
    with np.errstate(invalid="ignore", over="ignore"):
        return build(apply_edits(scene, edits), scene.uri, [])


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the document, and its sidecar. Returns all files, the main one last."""
    return save_plain(scene.document, scene.document.raw, path)
