"""The surfaces of a Scene that bear a watermark or are looked at for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.derived.welded import Welded, welded
from sceneproof.derived.world import slot_of
from sceneproof.scene import Scene

if TYPE_CHECKING:
    from .codec import Surface


@dataclass(frozen=True, eq=False)
class Looked:
    """Surfaces to search, and the mesh that each belongs to."""

    meshes: tuple[int, ...]
    surfaces: tuple[Surface, ...]


def live_meshes(scene: Scene) -> list[int]:
    """Meshes that the default scene shows, Sceneproof's own left out; all meshes where there is no scene."""
    nodes = scene.live_nodes()
    own = {scene.nodes[index].mesh for index in nodes if slot_of(scene.nodes[index])}
    shown = [scene.nodes[index].mesh for index in nodes if scene.nodes[index].mesh is not None]
    return [mesh for mesh in dict.fromkeys(shown) if mesh is not None and mesh not in own]


def surface_of(whole: Welded) -> Surface:
    """The arrays that the codec takes."""
    from .codec import Surface

    return Surface(np.ascontiguousarray(whole.positions, np.float64), np.ascontiguousarray(whole.faces, np.int64))


def looked_at(scene: Scene) -> Looked:
    """Every mesh in its own axes; then those that a node moves, once more in the axes of the scene.

    A tool that quantises positions puts the inverse into the node: what were the mesh's own axes are the scene's then.
    """
    from .codec import Surface

    own = [(mesh, welded(scene, mesh)) for mesh in live_meshes(scene)]
    own = [(mesh, whole) for mesh, whole in own if len(whole.faces)]
    matrices = {node.mesh: node.world for node in reversed([scene.nodes[index] for index in scene.live_nodes()])}
    meshes, surfaces = [mesh for mesh, _ in own], [surface_of(whole) for _, whole in own]
    for mesh, whole in own:
        matrix = matrices.get(mesh)
        if matrix is None or not np.isfinite(matrix).all() or np.allclose(matrix, np.eye(4), rtol=0.0, atol=1e-9):
            continue
        placed = whole.positions.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
        meshes.append(mesh)
        surfaces.append(Surface(placed, np.ascontiguousarray(whole.faces, np.int64), alias=True))
    return Looked(tuple(meshes), tuple(surfaces))
