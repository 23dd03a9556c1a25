"""New centres and colours for splats: in their accessors, or in the SPZ that packs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from sceneproof.edits import Edit, SetPositions
from sceneproof.errors import MarkError
from sceneproof.io._splats import differs
from sceneproof.scene import Splats

from .accessors import Accessors
from .compact import put_ranges
from .container import GltfDocument
from .editor import Editor
from .positions import set_positions, stored
from .rows import as_rows, moved_accessor, new_rows, put_rows
from .splats import SPLATTING, coefficients, packing
from .usage import Usage

Change = tuple[int, int, Splats, Splats]  # mesh, primitive, before, after


def set_splats(document: GltfDocument, before: Sequence[Splats], after: Sequence[Splats]) -> GltfDocument:
    """The document with the values of `after` where a cloud is another object than in `before`.

    Raises `MarkError` for a cloud that stands in another file, or values that its packing cannot hold.
    """
    changes = [
        (*_place(old.pointer), old, new) for old, new in zip(before, after, strict=True) if new is not old
    ]  # fmt: skip
    if not changes:
        return document
    plain = []
    editor = Editor(document)
    for mesh, primitive, old, new in changes:
        entry = document.tree["meshes"][mesh]["primitives"][primitive]
        name = packing(entry.get("extensions", {}), old.pointer)
        if name:
            _repack(editor, document, entry["extensions"][SPLATTING]["extensions"][name], (mesh, primitive, old, new))
        else:
            plain.append((mesh, primitive, old, new))
    moves = [
        SetPositions(m, p, new.positions) for m, p, old, new in plain if differs(new.positions, old.positions).any()
    ]
    set_positions(editor, document, moves)
    return _colors(editor.finish(), plain)


def refuse_packed(document: GltfDocument, edits: Sequence[Edit]) -> None:
    """Raises `MarkError` for a `SetPositions` of packed splats, whose accessors hold nothing."""
    for edit in edits:
        if isinstance(edit, SetPositions):
            place = f"/meshes/{edit.mesh}/primitives/{edit.primitive}"
            entry = document.tree["meshes"][edit.mesh]["primitives"][edit.primitive]
            name = packing(entry.get("extensions", {}), place)
            if name:
                raise MarkError(f"#{place}: its vertices are packed by {name}, which SetSplats alone moves")


def _place(pointer: str) -> tuple[int, int]:
    found = re.fullmatch(r"/meshes/(\d+)/primitives/(\d+)", pointer)
    if found is None:
        raise MarkError(f"#{pointer}: the splats stand in another file")
    return int(found[1]), int(found[2])


def _repack(editor: Editor, document: GltfDocument, settings: dict[str, Any], change: Change) -> None:
    from sceneproof.io._spz.container import unpack, with_streams
    from sceneproof.io._spz.decode import positions_of, turned
    from sceneproof.io._spz.encode import changed_streams

    mesh, primitive, old, new = change
    raw = bytes(Accessors(document).view_bytes(settings["bufferView"], old.pointer))
    packed = unpack(raw)
    if not np.array_equal(positions_of(packed), old.positions):
        old, new = turned(old), turned(new)
    content = with_streams(raw, changed_streams(packed, old, new))
    if content == raw:
        return
    put_ranges(editor, {("bufferViews", settings["bufferView"]): content})
    place = ("meshes", mesh, "primitives", primitive, "attributes", "POSITION")
    number = editor.get(*place)
    if number is not None and editor.get("accessors", number, "min") is not None:
        read = positions_of(unpack(content))
        read = read if old is change[2] else read * np.array([-1, 1, -1], np.float32)
        for bound, row in (("min", read.min(axis=0)), ("max", read.max(axis=0))):
            editor.set(("accessors", number, bound), [float(value) for value in row])


def _colors(document: GltfDocument, changes: Sequence[Change]) -> GltfDocument:
    """The document with other coefficients, in their accessors where these are theirs alone, else in new ones."""
    editor, accessors, usage = Editor(document), Accessors(document), Usage(document.tree)
    for mesh, primitive, old, new in changes:
        for index, name in enumerate(coefficients()[: new.harmonics.shape[1]]):
            if not differs(new.harmonics[:, index], old.harmonics[:, index]).any():
                continue
            place = ("meshes", mesh, "primitives", primitive, "attributes", name)
            number, entry = accessors.entry(editor.get(*place), old.pointer)
            values = stored(entry, new.harmonics[:, index])
            rows = as_rows(values)
            alone = usage.users(number) == 1 and not usage.shared(number)
            if not (alone and put_rows(editor, entry, rows)):
                editor.set(place, moved_accessor(editor, entry, new_rows(editor, rows), without=("min", "max")))
    return editor.finish()
