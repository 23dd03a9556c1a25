"""Edges, pieces and faults of the surfaces, as stored and as welded.

Terms as in `sceneproof.kernels.topology`. *As stored*, two faces share an edge when they use the same vertices of the
same primitive, so every UV seam is a boundary. *As welded*, they share it when the places of the vertices agree.
Degenerate faces (`sceneproof.kernels.surface`) take part in neither. Each mesh that the file stores counts once,
however often it is drawn; meshes drawn only by Sceneproof's own label are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.kernels.rows import finite_rows
from sceneproof.kernels.surface import face_measures
from sceneproof.kernels.topology import edge_topology

from ._memo import derived
from .welded import welded
from .world import slot_of

if TYPE_CHECKING:
    from sceneproof.scene import Scene


@dataclass(frozen=True)
class EdgeCounts:
    """Boundary and non-manifold edges, and components."""

    boundary_edges: int = 0
    nonmanifold_edges: int = 0
    components: int = 0

    def __add__(self, other: EdgeCounts) -> EdgeCounts:
        return EdgeCounts(
            self.boundary_edges + other.boundary_edges,
            self.nonmanifold_edges + other.nonmanifold_edges,
            self.components + other.components,
        )


@dataclass(frozen=True)
class MeshTopology:
    """One mesh, or the sum over all meshes.

    Attributes
    ----------
    stored, welded : edge counts.
    triangles, degenerate : faces that were decoded, and how many of them are degenerate.
    duplicates : vertices whose place an earlier vertex of the same mesh has.
    nonfinite : vertices with NaN or infinity.
    closed : whether there is a face, and the welded surface is closed and consistently oriented.
    """

    stored: EdgeCounts = EdgeCounts()
    welded: EdgeCounts = EdgeCounts()
    triangles: int = 0
    degenerate: int = 0
    duplicates: int = 0
    nonfinite: int = 0
    closed: bool = False


@derived
def mesh_topology(scene: Scene, mesh: int) -> MeshTopology:
    """Topology of one mesh, by its index."""
    surface = welded(scene, mesh)
    if not len(surface.faces):
        return MeshTopology()
    _, _, degenerate = face_measures(surface.positions, surface.faces)
    joined = edge_topology(surface.faces, len(surface.positions), degenerate)
    seamless = len(surface.positions) == len(surface.vertex_of)
    apart = joined if seamless else edge_topology(surface.stored_faces, len(surface.vertex_of), degenerate)
    return MeshTopology(
        EdgeCounts(apart.boundary, apart.nonmanifold, apart.components),
        EdgeCounts(joined.boundary, joined.nonmanifold, joined.components),
        triangles=len(surface.faces),
        degenerate=int(np.count_nonzero(degenerate)),
        duplicates=len(surface.vertex_of) - len(surface.positions),
        nonfinite=int(np.count_nonzero(~finite_rows(surface.positions)[surface.vertex_of])),
        closed=joined.edges > 0 and joined.unbalanced == 0,
    )


@derived
def topology(scene: Scene) -> MeshTopology:
    """The sum over the meshes of the file; `closed` when each of them that has faces is."""
    parts = [mesh_topology(scene, mesh) for mesh in range(len(scene.meshes)) if mesh not in mark_meshes(scene)]
    solid = [part for part in parts if part.triangles]
    return MeshTopology(
        sum((part.stored for part in parts), EdgeCounts()),
        sum((part.welded for part in parts), EdgeCounts()),
        triangles=sum(part.triangles for part in parts),
        degenerate=sum(part.degenerate for part in parts),
        duplicates=sum(part.duplicates for part in parts),
        nonfinite=sum(part.nonfinite for part in parts),
        closed=bool(solid) and all(part.closed for part in solid),
    )


@derived
def mark_meshes(scene: Scene) -> frozenset[int]:
    """Meshes that only Sceneproof's own nodes draw."""
    marks = {node.mesh for node in scene.nodes if node.mesh is not None and slot_of(node)}
    return frozenset(marks - {node.mesh for node in scene.nodes if node.mesh is not None and not slot_of(node)})
