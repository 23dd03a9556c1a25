"""``.splat``: 32 bytes a splat, without a header (github.com/antimatter15/splat).

Centre and linear scale as float32, colour and opacity as bytes, the quaternion w x y z as (byte - 128) / 128.
Kept: every byte, but those of centres and colours that an edit names. The format has no place for anything else, so
the metadata stand in the sidecar alone. A visible label is splats at the end, and behind them some of no opacity whose
colour and rotation bytes spell its record, seven in each; the last of them says ``SPL`` and how long the record is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sceneproof.edits import Edit, PutNode
from sceneproof.errors import InputError, MarkError
from sceneproof.scene import Array, Problem, Scene, Splats

from ._dots import Dots, dots_of, split_splats, told, with_splat_labels
from ._plain import PlainDocument, read_sidecar, save_plain, with_metadata
from ._splats import (
    check_count,
    colors_of_dc,
    dc_of_colors,
    differs,
    edited,
    harmonics_of,
    make_splats,
    refuse_moves,
    scene_of,
    wxyz_of_xyzw,
    xyzw_of_wxyz,
)

EXTENSIONS = (".splat",)
WRITES = EXTENSIONS
PRESERVES = "every byte: metadata stand in the sidecar beside the file, a visible label is splats at the end"
MEDIA_TYPES = ("application/octet-stream",)
RECORD = np.dtype([("center", "<f4", 3), ("scale", "<f4", 3), ("rgba", "u1", 4), ("rotation", "u1", 4)])


END = b"SPL"
DIGITS = 7  # bytes of a record in one splat: red, green, blue, and the four of its rotation


@dataclass(frozen=True)
class Detail:
    """How many splats are the subject's."""

    own: int


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
    return _scene(PlainDocument(data, {}, sidecar), uri, problems)


def _scene(document: PlainDocument, uri: str | None, problems: list[Problem]) -> Scene:
    table = np.frombuffer(document.raw, RECORD)
    text, behind = _record(table)
    records = told(text, len(table) - behind - 1, problems)
    splats, ours = split_splats(_splats(table[: len(table) - (behind if records else 0)], problems), records)
    detail = Detail(len(splats.positions))
    made = scene_of("splat", uri, splats, replace(document, detail=detail), problems)
    return with_splat_labels(made, records, ours)


def _record(table: Array) -> tuple[bytes | None, int]:
    """The record that the last splats spell, and how many they are; ``None`` where they spell none."""
    if not len(table) or table["rgba"][-1].tobytes() != END + b"\0":
        return None, 0
    size = int(table["rotation"][-1].view("<u4")[0])
    rows = -(-size // DIGITS)
    if not 0 < rows < len(table) or table["rgba"][-1 - rows :, 3].any():
        return None, 0
    spelt = np.concatenate([table["rgba"][-1 - rows : -1, :3], table["rotation"][-1 - rows : -1]], axis=1)
    return spelt.tobytes()[:size], rows + 1


def _label_rows(dots: Dots) -> bytes:
    splats = dots.splats(1)
    text = dots.records[0].text().encode("ascii")
    spelt = -(-len(text) // DIGITS)
    table = np.zeros(dots.count + spelt + 1, RECORD)
    shown, silent = table[: dots.count], table[dots.count :]
    shown["center"], shown["scale"] = splats.positions, splats.scales
    shown["rgba"] = np.rint(np.column_stack([dots.colors, dots.opacities]) * 255)
    shown["rotation"] = np.clip(np.rint(wxyz_of_xyzw(splats.rotations) * np.float64(128) + 128), 0, 255)
    silent["center"], silent["scale"] = shown["center"][0], shown["scale"][0]
    digits = np.frombuffer(text.ljust(spelt * DIGITS, b" "), np.uint8).reshape(-1, DIGITS)
    silent["rgba"][:-1, :3], silent["rotation"][:-1] = digits[:, :3], digits[:, 3:]
    silent["rgba"][-1, :3] = np.frombuffer(END, np.uint8)
    silent["rotation"][-1] = np.frombuffer(len(text).to_bytes(4, "little"), np.uint8)
    return table.tobytes()


def _splats(table: Array, problems: list[Problem]) -> Splats:
    check_count(len(table), 1)
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
    """A new Scene with the edits in its document; the given one stays as it is. Raises `MarkError`."""
    refuse_moves("splat", edits)
    document = replace(with_metadata(scene.document, edits), slot={})
    (old,), (new,) = scene.splats, edited(scene, edits)
    own = document.detail.own
    table, tail = np.frombuffer(document.raw, RECORD)[:own].copy(), document.raw[own * RECORD.itemsize :]
    moved = differs(new.positions, old.positions)
    table["center"][moved] = new.positions[moved]
    tinted = differs(new.harmonics[:, 0], old.harmonics[:, 0])
    colors = np.clip(np.rint(colors_of_dc(new.harmonics[:, 0]) * np.float64(255)), 0, 255).astype(np.uint8)
    table["rgba"][:, :3][tinted] = colors[tinted]
    nodes = [edit for edit in edits if isinstance(edit, PutNode)]
    if len(nodes) > 1:
        raise MarkError("a .splat file has a place for one label")
    if nodes:
        dots = dots_of(scene, nodes)
        dots.check(dots.places.astype(np.float32), "centres of the splats")
        tail = _label_rows(dots)
    problems: list[Problem] = []
    return _scene(replace(document, raw=table.tobytes() + tail), scene.uri, problems)


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the document, and its sidecar. Returns all files, the main one last."""
    return save_plain(scene.document, scene.document.raw, path)
