"""What the formats without JSON share: their document, the slot in the file for the hidden label, and the sidecar.

PLY, OBJ, STL and the splat formats have no standard place for metadata. Sceneproof writes the record where the format
has a free place (a comment, a header) and the whole of it into a sidecar ``NAME.EXT.aigc.json`` beside the file. Both
reach the Scene as ``asset.extras``, so that every reader of marks finds them where a glTF has its mirror.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sceneproof.edits import Edit, PutMetadata
from sceneproof.errors import InputError, MarkError
from sceneproof.scene import EMPTY, Problem

from ._atomic import write_bytes
from ._paths import read_file

SCHEMA = "sceneproof.sidecar/1"
ENDING = ".aigc.json"
LARGEST = 1 << 20  # bytes of a sidecar; ours take some hundreds
KEYS = ("AIGC", "DigitalSourceType")  # what a slot in a file holds, each on a line of its own


@dataclass(frozen=True, eq=False)
class PlainDocument:
    """A file of a format without JSON.

    Attributes
    ----------
    raw : the file's bytes, edits included.
    slot : what the file itself says: key (`KEYS`) to text.
    sidecar : the sidecar's object, or ``None``.
    detail : what the handler keeps to find its way in `raw`.
    """

    raw: bytes = field(repr=False)
    slot: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    sidecar: Mapping[str, Any] | None = None
    detail: Any = None


def read_sidecar(
    data: bytes, uri: str | None, folder: Path | None, problems: list[Problem]
) -> Mapping[str, Any] | None:
    """The sidecar beside a file, or ``None``. One that cannot be read, or belongs to other bytes, is a problem."""
    if folder is None or not uri:
        return None
    path = folder / (Path(uri).name + ENDING)
    if not os.path.isfile(path):  # noqa: PTH113  false also for a name that is too long, where `Path` raises
        return None
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError("it is a link that leaves the folder")
        if path.stat().st_size > LARGEST:
            raise ValueError("it is too large")
        held = json.loads(read_file(path))
        if not isinstance(held, dict) or held.get("schema") != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA}")
        if not isinstance(held.get("parts", {}), dict):
            raise ValueError("its parts are no object")
    except (InputError, ValueError, RecursionError, OSError) as error:
        why = str(error)[:120]
        problems.append(
            Problem("sidecar-unreadable", f"{path.name} cannot be read: {why}", f"无法读取 {path.name}：{why}")
        )
        return None
    if held.get("sha256") != hashlib.sha256(data).hexdigest():
        en = f"{path.name} was written for other bytes than the file has now"
        problems.append(Problem("sidecar-mismatch", en, f"{path.name} 所对应的内容与当前文件不一致"))
    return held


def asset_of(slot: Mapping[str, str], sidecar: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """`Scene.asset` from the two places; byte-equal values are one label, as everywhere."""
    extras: dict[str, Any] = {key: slot[key] for key in KEYS if key in slot}
    for key in KEYS:
        value = (sidecar or {}).get(key)
        if isinstance(value, str):
            extras[f"sidecar {key}" if key in extras and extras[key] != value else key] = value
    return {"extras": extras} if extras else {}


def with_metadata(document: PlainDocument, edits: Sequence[Edit]) -> PlainDocument:
    """Slot and sidecar after the `PutMetadata` among the edits; the handler writes the slot into `raw` itself."""
    slot = dict(document.slot)
    sidecar = dict(document.sidecar or {})
    for edit in edits:
        if not isinstance(edit, PutMetadata):
            continue
        if edit.node is not None:
            parts = dict(sidecar.get("parts") or {})
            parts[f"/nodes/{edit.node}"] = {"@context": dict(edit.context), **edit.packet}
            sidecar["parts"] = parts
            continue
        texts = {key: str(value) for key, value in edit.mirror.items() if key in KEYS}
        slot.update(texts)
        sidecar.update(texts)
        sidecar["packet"] = {"@context": dict(edit.context), **edit.packet}
    return replace(document, slot=slot, sidecar=sidecar or None)


def refuse(kind: type[Edit], edits: Sequence[Edit], reason: str) -> None:
    """Raises `MarkError` with `reason` when an edit of that kind is among them."""
    if any(isinstance(edit, kind) for edit in edits):
        raise MarkError(reason)


def save_plain(document: PlainDocument, data: bytes, path: Path) -> list[Path]:
    """Write the file, and its sidecar when there is something for it to say. Returns all files, the main one last."""
    beside = path.with_name(path.name + ENDING)
    written: list[Path] = []
    try:
        if document.sidecar:
            new = not os.path.exists(beside)  # noqa: PTH110  as above
            write_bytes(beside, _sidecar_bytes(document.sidecar, data, path.name))
            written += [beside] if new else []
        write_bytes(path, data)
    except BaseException:
        for part in written:
            with contextlib.suppress(OSError):
                part.unlink()
        raise
    return [beside, path] if document.sidecar else [path]


def _sidecar_bytes(sidecar: Mapping[str, Any], data: bytes, name: str) -> bytes:
    head = {"schema": SCHEMA, "asset": name, "sha256": hashlib.sha256(data).hexdigest()}
    body = head | {key: value for key, value in sidecar.items() if key not in head}
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
