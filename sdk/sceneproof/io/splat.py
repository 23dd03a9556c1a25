"""``.splat``: 32 bytes a splat, without a header (github.com/antimatter15/splat).

Centre and linear scale as float32, colour and opacity as bytes, the quaternion w x y z as (byte - 128) / 128.
Kept: every byte, but those of centres and colours that an edit names. The format has no place for anything else, so
the label stands in the sidecar alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sceneproof.edits import Edit
from sceneproof.errors import InputError
from sceneproof.scene import Problem, Scene, Splats

from ._plain import PlainDocument, read_sidecar, save_plain, with_metadata
from ._splats import (
    check_count,
    colors_of_dc,
    dc_of_colors,
    differs,
    edited,
    harmonics_of,
    make_splats,
    refuse_geometry,
    scene_of,
    xyzw_of_wxyz,
)

EXTENSIONS = (".splat",)
WRITES = EXTENSIONS
PRESERVES = "every byte: the label stands in the sidecar beside the file"
MEDIA_TYPES = ("application/octet-stream",)
RECORD = np.dtype([("center", "<f4", 3), ("scale", "<f4", 3), ("rgba", "u1", 4), ("rotation", "u1", 4)])


def sniff(head: bytes) -> bool:  # noqa: ARG001 - the protocol's parameter
    """Never: nothing in the bytes says what they are; the name does."""
    return False


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    if len(data) % RECORD.itemsize:
        left = len(data) % RECORD.itemsize
        raise InputError(f"{len(data):,} bytes are no whole number of 32-byte splats ({left} are left over)")
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    return scene_of("splat", uri, _splats(data, problems), PlainDocument(data, {}, sidecar), problems)


def _splats(data: bytes, problems: list[Problem]) -> Splats:
    check_count(len(data) // RECORD.itemsize, 1)
    table = np.frombuffer(data, RECORD)
    return make_splats(
        "/splats/0",
        problems,
        positions=table["center"],
        scales=table["scale"],
        rotations=xyzw_of_wxyz((table["rotation"].astype(np.float32) - 128) / 128),
        opacities=table["rgba"][:, 3] / np.float32(255),
        harmonics=harmonics_of(dc_of_colors(table["rgba"][:, :3] / 255)),
    )


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document; the given one stays as it is."""
    refuse_geometry("splat", edits)
    document = replace(with_metadata(scene.document, edits), slot={})
    (old,), (new,) = scene.splats, edited(scene, edits)
    if new is old:
        return scene_of("splat", scene.uri, old, document, list(scene.problems))
    table = np.frombuffer(document.raw, RECORD).copy()
    moved = differs(new.positions, old.positions)
    table["center"][moved] = new.positions[moved]
    tinted = differs(new.harmonics[:, 0], old.harmonics[:, 0])
    colors = np.clip(np.rint(colors_of_dc(new.harmonics[:, 0]) * np.float64(255)), 0, 255).astype(np.uint8)
    table["rgba"][:, :3][tinted] = colors[tinted]
    problems: list[Problem] = []
    raw = table.tobytes()
    return scene_of("splat", scene.uri, _splats(raw, problems), replace(document, raw=raw), problems)


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the document, and its sidecar. Returns all files, the main one last."""
    return save_plain(scene.document, scene.document.raw, path)
