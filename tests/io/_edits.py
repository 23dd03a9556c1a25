"""The edits that marks make, for any scene."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from sceneproof.edits import Edit, MeshPart, PutMetadata, PutNode, SetPositions
from sceneproof.io import load, to_bytes
from sceneproof.scene import Mode, Scene
from tests.makers import shapes
from tests.makers.builder import Builder

PACKET = PutMetadata(
    {"TC260:AIGC": '{"Label":"1"}', "Iptc4xmpExt:DigitalSourceType": "trainedAlgorithmicMedia"},
    {"TC260": "https://example.org/tc260/", "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
    mirror={"TC260:AIGC": '{"Label":"1"}'},
)


def metadata(node: int | None = None, **packet: Any) -> PutMetadata:
    return PutMetadata({"dc:source": "made", **packet}, {"dc": "http://purl.org/dc/elements/1.1/"}, node=node)


def part(name: str, size: float = 0.1) -> MeshPart:
    box = shapes.box((size, size, 0.01))
    assert box.normals is not None
    return MeshPart(
        name, np.asarray(box.positions, np.float32), np.asarray(box.normals, np.float32), box.faces, (1, 0.5, 0, 1)
    )


def label(
    parent: int | None = None, *, slot: str = "label", size: float = 0.1, parts: int = 2, x: float = 0
) -> PutNode:
    matrix = np.eye(4)
    matrix[0, 3] = x
    return PutNode(
        slot, parent, matrix, tuple(part(f"part {n}", size * (n + 1)) for n in range(parts)), {"version": "1"}
    )


def displaced(scene: Scene, step: float = 1e-4, *, packed: bool = False) -> list[Edit]:
    """Every triangle primitive that holds plain positions, moved by a small amount: a fraction of its own size.

    With `packed` those in streams too, to an eighth of that amount, and what lies in one place moves as one.
    """
    edits: list[Edit] = []
    for number, mesh in enumerate(scene.meshes):
        for index, primitive in enumerate(mesh.primitives):
            if (
                (primitive.compression and not packed)
                or primitive.mode < Mode.TRIANGLES
                or not len(primitive.triangles)
            ):
                continue
            points = primitive.positions
            if len(points) and not str(mesh.name).startswith("sceneproof"):
                wave = np.sin(np.arange(points.size)).reshape(points.shape)
                far = float(step * np.ptp(points))
                if primitive.compression:
                    wave = np.sin(20 * points.astype(np.float64) / np.ptp(points) + np.arange(3))
                tolerance = far / 8 if primitive.compression else None
                edits.append(SetPositions(number, index, (points + far * wave).astype(np.float32), tolerance))
    return edits


def marks(scene: Scene, *, size: float = 0.1, packed: bool = False) -> list[Edit]:
    """All that a mark does: positions, packets on asset and node, a label at the root and one before the camera."""
    edits = displaced(scene, packed=packed)
    edits.append(PACKET)
    if scene.nodes:
        edits.append(metadata(0))
    if scene.scene_index is not None:
        edits.append(label(size=size))
    camera = next((index for index, node in enumerate(scene.nodes) if node.camera is not None), None)
    if camera is not None:
        edits.append(label(camera, slot="camera label", size=size))
    return edits


def again(scene: Scene) -> Scene:
    """What a reader finds in the written file."""
    return load(to_bytes(scene))


def document(scene: Scene) -> dict[str, Any]:
    return json.loads(json.dumps(scene.document.tree))


def positions(scene: Scene, mesh: int = 0, primitive: int = 0) -> np.ndarray:
    return scene.meshes[mesh].primitives[primitive].positions


def moved(scene: Scene, mesh: int = 0, primitive: int = 0, by: float = 0.25) -> SetPositions:
    return SetPositions(mesh, primitive, positions(scene, mesh, primitive) + np.float32(by))


def own(scene: Scene) -> list[int]:
    return [n for n, node in enumerate(scene.nodes) if isinstance(node.extras, dict) and "sceneproof" in node.extras]


def shared() -> Builder:
    """Two primitives and the primitive of another mesh on one POSITION accessor, the last of them lines."""
    b = Builder()
    b.node(mesh=b.mesh(shapes.box()))
    first = b.doc["meshes"][0]["primitives"][0]
    b.doc["meshes"][0]["primitives"].append(dict(first))
    b.node(mesh=b.mesh([{"attributes": {"POSITION": 0}, "mode": 3}]))
    return b
