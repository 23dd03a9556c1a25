"""What a file holds: counts, sizes and topology, the ``inspection`` object of the contract.

What is counted
---------------
``triangles``, ``vertices``, ``primitives``, ``materials``, ``images``, ``skins``, ``joints`` (distinct nodes),
``morph_targets``, ``animations``: what the file stores, each mesh once however often it is drawn, Sceneproof's own
label included. Primitives that are not decoded count by what their accessors state.
``splats`` and ``points``: Gaussian splats, and points without surface.

What is measured
----------------
``bounds_m``, ``surface_area_m2``, ``volume_m3``: the default scene in world space, every instance, skins at rest.
The volume is ``None`` unless every drawn surface is closed and consistently oriented when welded; it is negative when
the faces look inwards, and parts that overlap count twice.
``boundary_edges``, ``nonmanifold_edges``, ``components``: position-welded, per stored mesh, summed
(`sceneproof.derived.topology`); ``as_stored`` holds the same without welding. ``degenerate_triangles`` and
``duplicate_vertices`` likewise. All measured values leave Sceneproof's own label out; ``left_out`` names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from sceneproof.kernels.rows import finite_rows
from sceneproof.kernels.surface import face_measures
from sceneproof.scene import Array, Mode, Primitive, Scene

from ._memo import derived
from .topology import mesh_topology, topology
from .world import WorldPart, bounds, slot_of, world_parts


@derived
def inspection(scene: Scene) -> dict[str, Any]:
    """The ``inspection`` object; the keys are those of the contract, then ``as_stored``, ``nonfinite_vertices``,
    ``undecoded`` (pointers of primitives without arrays) and ``left_out`` (pointers of Sceneproof's own nodes).

    Returned by reference: treat it as read-only.
    """
    primitives = [part for mesh in scene.meshes for part in mesh.primitives]
    counted = topology(scene)
    box = bounds(scene, with_marks=False)
    area, volume = _sizes(scene)
    stored = counts(scene)
    return {
        "triangles": stored["triangles"],
        "vertices": stored["vertices"],
        "primitives": len(primitives),
        "materials": len(scene.materials),
        "images": len(scene.images),
        "skins": len(scene.skins),
        "joints": len({joint for skin in scene.skins for joint in skin.joints}),
        "morph_targets": sum(max((len(p.targets) for p in mesh.primitives), default=0) for mesh in scene.meshes),
        "animations": len(scene.animations),
        "splats": stored["splats"],
        "points": stored["points"],
        "bounds_m": None if box is None else [[float(x) for x in corner] for corner in box],
        "surface_area_m2": area,
        "volume_m3": volume,
        **asdict(counted.welded),
        "degenerate_triangles": counted.degenerate,
        "duplicate_vertices": counted.duplicates,
        "as_stored": asdict(counted.stored),
        "nonfinite_vertices": sum(int(np.count_nonzero(~finite_rows(p.positions))) for p in primitives),
        "undecoded": [part.pointer for part in primitives if part.undecoded],
        "left_out": [node.pointer for node in scene.nodes if slot_of(node)],
    }


def counts(scene: Scene) -> dict[str, int]:
    """``triangles``, ``vertices``, ``splats`` and ``points`` of `inspection` alone, for the price of adding them up."""
    primitives = [part for mesh in scene.meshes for part in mesh.primitives]
    return {
        "triangles": sum(_triangles(part) for part in primitives),
        "vertices": sum(_vertices(part) for part in primitives),
        "splats": sum(len(cloud.positions) for cloud in scene.splats),
        "points": _points(scene),
    }


def _triangles(part: Primitive) -> int:
    return part.counts_hint[1] if part.undecoded else len(part.triangles)


def _vertices(part: Primitive) -> int:
    return part.counts_hint[0] if part.undecoded else len(part.positions)


def _points(scene: Scene) -> int:
    splats = {cloud.pointer for cloud in scene.splats}  # in glTF they are point primitives with an extension
    primitives = [part for mesh in scene.meshes for part in mesh.primitives if part.mode is Mode.POINTS]
    inside = sum(_vertices(part) for part in primitives if part.pointer not in splats)
    return inside + sum(len(cloud.positions) for cloud in scene.points)


def _sizes(scene: Scene) -> tuple[float, float | None]:
    """Area of the drawn surfaces, and their volume where it exists; metres."""
    area = volume = 0.0
    origins: dict[tuple[int, int], Array] = {}
    for part in _surfaces(scene):
        finite = finite_rows(part.positions)
        first = part.positions[finite.argmax()] if finite.any() else np.zeros(3)
        origin = origins.setdefault((part.node, part.instance), first)
        areas, volumes, _ = face_measures(part.positions, part.triangles, origin)
        area += float(areas.sum())
        volume += float(volumes.sum()) * handedness(scene, part)
    drawn = {part.mesh for part in _surfaces(scene)}
    closed = bool(drawn) and all(mesh_topology(scene, mesh).closed for mesh in drawn)
    whole = not any(part.undecoded for mesh in scene.meshes for part in mesh.primitives)
    return area, volume if closed and whole else None


def _surfaces(scene: Scene) -> Iterator[WorldPart]:
    return (part for part in world_parts(scene) if len(part.triangles) and not part.slot)


def handedness(scene: Scene, part: WorldPart) -> float:
    """Of a drawn part: -1 where the node mirrors and so turns the winding (glTF 2.0, section 3.7.4), else 1."""
    node = scene.nodes[part.node]
    if node.skin is not None and "JOINTS_0" in scene.meshes[part.mesh].primitives[part.primitive].attributes:
        return 1.0
    matrix = node.world if node.instances is None else node.world @ node.instances[part.instance]
    return -1.0 if np.linalg.det(matrix[:3, :3]) < 0 else 1.0
