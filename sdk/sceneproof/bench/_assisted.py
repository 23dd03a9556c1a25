"""Reading with a reference: the suspect as a scene of its surfaces, beside the asset as its owner keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.scene import Mesh, Mode, Node, Primitive, Scene, Skin

from ._assets import Asset
from ._cells import Cell, Unit
from ._copy_types import key_of, payload_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sceneproof.scene import Array


def read(asset: Asset, surfaces: Sequence[tuple[Array, Array]], unit: Unit, cell: Cell) -> dict[str, Any]:
    """What is read once the surfaces are registered to the unmarked asset."""
    from sceneproof.io import load
    from sceneproof.io._bridges import glb_of
    from sceneproof.keys import Key
    from sceneproof.marks.watermark._reference import Reference, read_with

    kept = load(asset.path) if asset.path is not None else scene_of(asset)
    suspect = load(glb_of(list(surfaces)))
    found = read_with(suspect, Reference(kept, asset.sha256), [Key(key_of(unit.trial))], cell.effort, unit.bits)
    payload = found.reading.payload if found.reading.found else None
    wanted = payload_of(unit.trial, unit.bits)
    return {
        "exact": payload == wanted,
        "found": found.reading.found,
        "false_payload": payload is not None and payload != wanted,
        "bit_accuracy": None if payload is None else float(payload == wanted),
        "log10_p": found.reading.log10_p,
        "hypotheses": found.reading.hypotheses,
        "layer": f"{found.reading.method} ({found.registration})" if found.reading.found else None,
    }


def scene_of(asset: Asset) -> Scene:
    """The asset as a scene: a node for each mesh, and for each joint of its skins."""
    nodes: list[Node] = []
    meshes: list[Mesh] = []
    skins: list[Skin] = []
    for number, ((positions, faces), fact) in enumerate(zip(asset.surfaces, asset.facts, strict=True)):
        attributes: dict[str, Array] = {"POSITION": positions.astype(np.float32)}
        skin = None
        if fact.skin is not None:
            attributes |= {"JOINTS_0": fact.skin.joints.astype(np.uint16), "WEIGHTS_0": fact.skin.weights}
            start, skin = len(nodes), len(skins)
            nodes += _joints(fact.skin.world, fact.skin.parents, start)
            skins.append(Skin(f"/skins/{skin}", "", tuple(range(start, len(nodes))), fact.skin.bind))
        primitive = Primitive(f"/meshes/{number}/primitives/0", Mode.TRIANGLES, attributes, faces)
        meshes.append(Mesh(f"/meshes/{number}", fact.name, (primitive,)))
        nodes.append(Node(f"/nodes/{len(nodes)}", fact.name, (), fact.matrix, fact.matrix, number, skin))
    children = {child for node in nodes for child in node.children}
    roots = tuple(index for index in range(len(nodes)) if index not in children)
    return Scene("glb", None, tuple(nodes), roots, tuple(meshes), skins=tuple(skins))


def _joints(world: Array, parents: Array, start: int) -> list[Node]:
    found = []
    for joint, matrix in enumerate(world):
        above = world[parents[joint]] if parents[joint] >= 0 else np.eye(4)
        below = tuple(int(child) + start for child in np.flatnonzero(parents == joint))
        pointer = f"/nodes/{start + joint}"
        found.append(Node(pointer, f"joint {joint}", below, np.linalg.solve(above, matrix), matrix))
    return found
