"""glTF 2.0 as GLB, as JSON with parts, and VRM (a GLB with extensions).

Kept: everything. Edits change the accessors they name and add objects at the end; all else keeps its bytes and tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sceneproof.edits import Edit
from sceneproof.scene import Scene

from ._gltf.apply import apply_edits
from ._gltf.build import build
from ._gltf.container import MAGIC, GltfDocument, parse
from ._gltf.set_splats import refuse_packed, set_splats
from ._gltf.write import encode, write_parts
from ._splats import edited

EXTENSIONS = (".glb", ".gltf", ".vrm")
WRITES = EXTENSIONS
PRESERVES = (
    "JSON text with its tokens, buffer bytes outside the edited accessors, extensions known or not, extras, skins, "
    "morph targets, animations, images and their order, further GLB chunks"
)
MEDIA_TYPES = ("model/gltf-binary", "model/gltf+json")


def sniff(head: bytes) -> bool:
    """Whether the first bytes of a file look like glTF."""
    return head[:4] == MAGIC or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes, its parts from `folder`. Raises `InputError`."""
    document = parse(data, folder)
    return build(document, uri, format_of(document, uri))


def format_of(document: GltfDocument, uri: str | None) -> str:
    """``glb``, ``gltf`` or ``vrm``."""
    if document.container == "glb" and (uri or "").lower().endswith(".vrm"):
        return "vrm"
    return document.container


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """A new Scene with the edits in its document; the given one stays as it is."""
    refuse_packed(scene.document, edits)
    document = set_splats(scene.document, scene.splats, edited(scene, edits))
    document = apply_edits(document, edits)
    return build(document, scene.uri, scene.format)


def to_bytes(scene: Scene) -> bytes:
    """The file that the Scene's document stands for (for ``.gltf``: the JSON, without its parts)."""
    return encode(scene.document)


def save(scene: Scene, path: Path) -> list[Path]:
    """Write the document; parts first, under names that clash with nothing. Returns all files, the main one last."""
    return write_parts(scene.document, path)
