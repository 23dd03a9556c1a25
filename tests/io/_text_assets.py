"""Small OBJ, STL and OFF files made by code, and what their round trips are held to."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence

import numpy as np

from sceneproof.edits import MeshPart, PutMetadata, PutNode, SetPositions
from sceneproof.scene import Scene

RECORD = '{"Label":"1","ContentProducer":"X 工作室","ProduceID":"1"}'
METADATA = PutMetadata({"TC260:AIGC": RECORD}, {}, None, {"AIGC": RECORD, "DigitalSourceType": "http://x/y"})

CUBE = """# made by a test
mtllib cube.mtl
o Left box
v 0 0 0
v 1.000000 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vn 0 0 1
usemtl red paint
f 1/1/1 2/2/1 3/3/1
usemtl blue
f 1/1/1 3/3/1 4//1
o Right
v 2 0 0
v 3 0 0
v 3 1 0
s off
f -3 -2 -1
"""

SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)


def label(slot: str = "label", shift: float = 0.0) -> PutNode:
    """A node of two flat parts, moved and scaled by its matrix."""
    matrix = np.eye(4)
    matrix[:3, :3] *= 2
    matrix[:3, 3] = (5 + shift, 0, 0)
    normals = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    corners = np.array([[0, 1, 2], [0, 2, 3]])
    parts = (
        MeshPart("label text AI生成", SQUARE, normals, corners, (1.0, 1.0, 1.0, 1.0)),
        MeshPart("label plate", SQUARE - (0, 0, 1), normals, corners, (0.07, 0.08, 0.1, 1.0)),
    )
    return PutNode(slot, None, matrix, parts, {"text": "AI生成", "lang": "zh-CN"})


def shifted(scene: Scene, by: Sequence[float], meshes: Sequence[int] | None = None) -> list[SetPositions]:
    """All vertices of some meshes moved."""
    return [
        SetPositions(number, k, part.positions + np.float32(by))
        for number, mesh in enumerate(scene.meshes)
        if meshes is None or number in meshes
        for k, part in enumerate(mesh.primitives)
    ]


def counts(scene: Scene) -> tuple[int, int]:
    """Vertices and triangles of all meshes."""
    parts = [part for mesh in scene.meshes for part in mesh.primitives]
    return sum(len(part.positions) for part in parts), sum(len(part.triangles) for part in parts)


def without_coordinates(text: bytes, keyword: bytes = b"v") -> bytes:
    """The text with the first three words behind a keyword blanked: what an edit of positions must leave alone."""
    word = rb"[^\s]+"
    pattern = rb"(?m)^([ \t]*" + keyword + rb"[ \t]+)" + word + rb"([ \t]+)" + word + rb"([ \t]+)" + word
    return re.sub(pattern, rb"\1_\2_\3_", text)


def binary_stl(corners: np.ndarray, header: bytes = b"", attributes: Sequence[int] = (), tail: bytes = b"") -> bytes:
    """A binary STL of corners [shape=(f, 3, 3)]."""
    facets = np.zeros(len(corners), [("n", "<f4", 3), ("v", "<f4", (3, 3)), ("a", "<u2")])
    facets["v"] = corners
    facets["n"] = (0, 0, 1)
    facets["a"] = attributes or 0
    return header.ljust(80, b"\0") + struct.pack("<I", len(corners)) + facets.tobytes() + tail


def ascii_stl(solids: dict[str, np.ndarray], end: str = "\n") -> bytes:
    """An ASCII STL of named solids."""
    lines = []
    for name, corners in solids.items():
        lines.append(f"solid {name}")
        for facet in corners:
            lines += ["  facet normal 0 0 1", "    outer loop"]
            lines += ["      vertex " + " ".join(f"{value:.6e}" for value in corner) for corner in facet]
            lines += ["    endloop", "  endfacet"]
        lines.append(f"endsolid {name}")
    return (end.join(lines) + end).encode()
