"""Bare Draco files: one mesh, or one point cloud. They are read, not written.

Attributes have types and no names; colours count as display colours (sRGB), as the OBJ and PLY files that Draco's
encoder takes hold them, and V runs up as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from sceneproof.edits import Edit
from sceneproof.errors import InputError, MarkError
from sceneproof.kernels.rows import finite_rows
from sceneproof.scene import Array, Mesh, Mode, Node, PointCloud, Primitive, Problem, Scene

from ._codecs.draco import DracoMesh, decode_bare
from ._colors import linear_of
from ._plain import PlainDocument, asset_of, read_sidecar

EXTENSIONS = (".drc",)
WRITES: tuple[str, ...] = ()
PRESERVES = "nothing is written"
MEDIA_TYPES: tuple[str, ...] = ()
READ_ONLY = "DRC is read, not written; convert it to a format that is (glb keeps its Draco stream)"


def sniff(head: bytes) -> bool:
    """Whether the first bytes are Draco's."""
    return head[:5] == b"DRACO"


def load(data: bytes, uri: str | None, folder: Path | None) -> Scene:
    """Decode a file's bytes. Raises `InputError`."""
    problems: list[Problem] = []
    sidecar = read_sidecar(data, uri, folder, problems)
    decoded = decode_bare(data)
    attributes = {name: _floats(name, values) for name, values in decoded.attributes.items()}
    if "POSITION" not in attributes or attributes["POSITION"].shape[1] != 3:
        raise InputError("the stream holds no positions with three coordinates")
    finite = finite_rows(attributes["POSITION"])
    if not finite.all():
        bad = int(len(finite) - np.count_nonzero(finite))
        raise InputError(f"vertex {int(np.argmin(finite)):,} is not finite ({bad:,} such vertices)")
    for name, values in attributes.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            en = f"{name} holds values that are not finite"
            problems.append(Problem("non-finite-attribute", en, f"{name} 含有非有限数值"))
    return _scene(PlainDocument(data, sidecar=sidecar), uri, decoded, attributes, problems)


def apply(scene: Scene, edits: Sequence[Edit]) -> Scene:
    """Raises `MarkError`: nothing is written."""
    del scene, edits
    raise MarkError(READ_ONLY)


def to_bytes(scene: Scene) -> bytes:
    """The file as it was read."""
    data: bytes = scene.document.raw
    return data


def save(scene: Scene, path: Path) -> list[Path]:
    """Raises `MarkError`: nothing is written."""
    del scene, path
    raise MarkError(READ_ONLY)


def _floats(name: str, values: Array) -> Array:
    """Attributes as a Scene holds them: float32, integers of colours and directions as shares of their range."""
    if name.startswith("_"):
        return values
    if values.dtype.kind in "iu" and name != "POSITION" and not name.startswith("TEXCOORD"):
        values = np.maximum(values.astype(np.float64) / np.iinfo(values.dtype).max, -1.0)
    with np.errstate(over="ignore"):
        found = np.ascontiguousarray(values, np.float32)
    if name.startswith("COLOR") and found.shape[1] >= 3:
        return np.concatenate([linear_of(found[:, :3]), found[:, 3:4]], axis=1)
    if name.startswith("TEXCOORD") and found.shape[1] >= 2:
        return np.stack([found[:, 0], 1.0 - found[:, 1]], axis=1)
    return found


def _scene(
    document: PlainDocument,
    uri: str | None,
    decoded: DracoMesh,
    attributes: dict[str, Any],
    problems: list[Problem],
) -> Scene:
    nodes: tuple[Node, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    points: tuple[PointCloud, ...] = ()
    if len(decoded.triangles):
        name = PurePosixPath((uri or "").replace("\\", "/")).stem or "mesh"
        part = Primitive(
            "/meshes/0/primitives/0", Mode.TRIANGLES, attributes, decoded.triangles, compression="Draco"
        )  # fmt: skip
        meshes = (Mesh("/meshes/0", name, (part,)),)
        nodes = (Node("/nodes/0", name, (), np.eye(4), np.eye(4), mesh=0),)
    elif len(attributes["POSITION"]):
        colors, normals = attributes.get("COLOR_0"), attributes.get("NORMAL")
        colors = colors[:, :3] if colors is not None and colors.shape[1] >= 3 else None
        points = (PointCloud("/points/0", attributes["POSITION"], colors, normals),)
    return Scene(
        format="drc",
        uri=uri,
        nodes=nodes,
        roots=tuple(range(len(nodes))),
        meshes=meshes,
        points=points,
        scene_index=0,
        asset=asset_of({}, document.sidecar),
        problems=tuple(problems),
        document=document,
    )
