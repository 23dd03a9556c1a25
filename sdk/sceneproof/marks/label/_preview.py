"""A Scene with its labels taken off, or with planned ones on, without touching the file: for planning and checking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sceneproof.derived.framing import UPRIGHT
from sceneproof.derived.ray_scene import is_label
from sceneproof.derived.world import slot_of
from sceneproof.edits import MeshPart, PutNode
from sceneproof.scene import Material, Mesh, Mode, Node, Primitive, Scene


def without_labels(scene: Scene) -> Scene:
    """The same Scene with Sceneproof's label nodes out of its tree; indices stay. Itself when it bears none."""
    labels = {index for index, node in enumerate(scene.nodes) if is_label(slot_of(node))}
    if not labels:
        return scene
    nodes = tuple(replace(node, children=tuple(c for c in node.children if c not in labels)) for node in scene.nodes)
    return replace(scene, nodes=nodes, roots=tuple(root for root in scene.roots if root not in labels))


def upright(scene: Scene) -> Scene:
    """The same Scene with its loose clouds turned to +Y up, as its start picture is looked at. Itself when it is."""
    if scene.up_axis == "+y":
        return scene
    turn = UPRIGHT[scene.up_axis].T
    return replace(
        scene,
        splats=tuple(replace(cloud, positions=cloud.positions @ turn) for cloud in scene.splats),
        points=tuple(replace(cloud, positions=cloud.positions @ turn) for cloud in scene.points),
        up_axis="+y",
    )


def laid_back(scene: Scene, edits: Sequence[PutNode]) -> list[PutNode]:
    """Edits that were planned in the upright Scene, as the file's own axes need them."""
    if scene.up_axis == "+y":
        return list(edits)
    back = np.eye(4)
    back[:3, :3] = UPRIGHT[scene.up_axis].T
    return [replace(edit, matrix=back @ edit.matrix) if edit.parent is None else edit for edit in edits]


def with_nodes(scene: Scene, edits: Sequence[PutNode]) -> Scene:
    """`scene` as it will be with `edits` put in, as far as pictures go; it cannot be written."""
    nodes, meshes, materials = list(scene.nodes), list(scene.meshes), list(scene.materials)
    roots = list(scene.roots)
    for edit in edits:
        primitives: list[Primitive] = []
        for part in edit.parts:
            materials.append(_material(part))
            primitives.append(_primitive(part, len(meshes), len(primitives), len(materials) - 1))
        meshes.append(Mesh(f"/meshes/{len(meshes)}", f"sceneproof {edit.slot}", tuple(primitives)))
        extras = {"sceneproof": {"slot": edit.slot, **edit.extras}}
        world = edit.matrix if edit.parent is None else nodes[edit.parent].world @ edit.matrix
        number = len(nodes)
        name = f"sceneproof {edit.slot}"
        nodes.append(Node(f"/nodes/{number}", name, (), edit.matrix, world, len(meshes) - 1, extras=extras))
        if edit.parent is None:
            roots.append(number)
        else:
            parent = nodes[edit.parent]
            nodes[edit.parent] = replace(parent, children=(*parent.children, number))
    return replace(
        scene, nodes=tuple(nodes), meshes=tuple(meshes), materials=tuple(materials), roots=tuple(roots), document=None
    )


def _primitive(part: MeshPart, mesh: int, number: int, material: int) -> Primitive:
    attributes = {"POSITION": np.asarray(part.positions, np.float32), "NORMAL": np.asarray(part.normals, np.float32)}
    triangles = np.asarray(part.triangles, np.int64)
    pointer = f"/meshes/{mesh}/primitives/{number}"
    return Primitive(pointer, Mode.TRIANGLES, attributes, triangles, material=material)


def _material(part: MeshPart) -> Material:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in part.color[:3]]
    color = (linear[0], linear[1], linear[2], part.color[3])
    return Material("", f"sceneproof {part.name}", color, 0.0, 1.0, color[:3], double_sided=True, unlit=True)
