"""SPZ, versions 1 to 4: Gaussian splats as Niantic packs them.

Kept: everything. The metadata go into an extension record (version 4) or the gzip header (1 to 3), and whole into the
sidecar; the compressed streams keep their bytes, but those whose centres or colours an edit names. A visible label is
splats at the end of each stream; a record beside the metadata says how many.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sceneproof.edits import Edit, PutNode
from sceneproof.errors import MarkError
from sceneproof.scene import Problem, Scene

from ._dots import dots_of, split_splats, told, with_splat_labels
from ._plain import PlainDocument, read_sidecar, save_plain, with_metadata
from ._splats import edited, refuse_moves, scene_of
from ._spz.container import MAGIC, unpack, with_slot, with_streams
from ._spz.decode import splats_of
from ._spz.encode import changed_streams, packed_rows

EXTENSIONS = (".spz",)
WRITES = EXTENSIONS
PRESERVES = (
    "the packed streams byte by byte, the header, extension records known or not, the gzip header's fields; a visible "
    "label is splats at the end of the streams"
)
LABEL = "sceneproof-label"
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
    return _scene(PlainDocument(data, {}, sidecar), uri, problems)


def _scene(document: PlainDocument, uri: str | None, problems: list[Problem]) -> Scene:
    packed = unpack(document.raw)
    records = told(packed.slot.get(LABEL), packed.count - 1, problems)
    splats, ours = split_splats(splats_of(packed, "/splats/0", problems), records)
    made = scene_of("spz", uri, splats, replace(document, slot=packed.slot), problems)
    return with_splat_labels(made, records, ours)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document; the given one stays as it is. Raises `MarkError`."""
    refuse_moves("spz", edits)
    document = with_metadata(scene.document, edits)
    (old,), (new,) = scene.splats, edited(scene, edits)
    nodes = [edit for edit in edits if isinstance(edit, PutNode)]
    kept = [problem for problem in scene.problems if problem.code.startswith("sidecar-")]
    raw, slot = document.raw, dict(document.slot)
    if new is not old:
        raw = with_streams(raw, changed_streams(unpack(raw), old, new))
    if nodes:
        raw, slot[LABEL] = _labelled(replace(scene, document=document), raw, nodes)
    if slot:
        raw = with_slot(raw, slot)
    return _scene(replace(document, raw=raw), scene.uri, kept)


def bears_label(scene: Scene) -> bool:
    """Whether the file has a place that says which splats are a label's."""
    return unpack(scene.document.raw).room


def _labelled(scene: Scene, raw: bytes, nodes: Sequence[PutNode]) -> tuple[bytes, str]:
    """The file with the label's splats behind the subject's, and the record that goes with them."""
    packed = unpack(raw)
    if len(nodes) > 1:
        raise MarkError("an SPZ file has a place for one label")
    if not packed.room:
        raise MarkError("this SPZ has no place to say which splats are a label's; pack it with gzip, or as version 4")
    dots = dots_of(scene, nodes)
    own = len(scene.splats[0].positions)
    streams = packed_rows(packed, dots.splats(1), own)
    changed = with_streams(raw, streams, own + dots.count)
    stored = splats_of(unpack(changed), "/splats/0", []).positions[own:]
    dots.check(stored, "fixed-point centres of the SPZ")
    return changed, dots.records[0].text()


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for."""
    raw: bytes = scene.document.raw
    return raw


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the document, and its sidecar. Returns all files, the main one last."""
    return save_plain(scene.document, scene.document.raw, path)
