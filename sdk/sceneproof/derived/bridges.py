"""A Scene as an object of trimesh, Open3D or pygltflib. They are imported only here and only when asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from sceneproof.errors import MissingExtraError, UsageError
from sceneproof.scene import Scene

from .world import world_parts

OPEN3D_HINT = (
    "Open3D does not load ({error}); install sceneproof[reconstruction] and, on Debian or Ubuntu, "
    "apt install libegl1 libgl1 libx11-6 libudev1 libusb-1.0-0"
)


def open3d() -> Any:
    """The module `open3d`. Raises `MissingExtraError` with the line that names what to install."""
    try:
        import open3d as module
    except (ImportError, OSError) as error:
        raise MissingExtraError(OPEN3D_HINT.format(error=str(error).splitlines()[0])) from None
    return module


def to_trimesh(scene: Scene) -> Any:
    """A `trimesh.Scene` with one geometry per drawn primitive, in world space."""
    import trimesh as module

    trimesh: Any = module

    result = trimesh.Scene()
    for part in world_parts(scene):
        name = f"{scene.nodes[part.node].name or part.node}-{part.primitive}-{part.instance}"
        if len(part.triangles):
            result.add_geometry(trimesh.Trimesh(part.positions, part.triangles, process=False), geom_name=name)
        else:
            result.add_geometry(trimesh.PointCloud(part.positions), geom_name=name)
    return result


def to_open3d(scene: Scene) -> Any:
    """One `open3d` triangle mesh in world space; a point cloud where the scene has no triangles."""
    o3d = open3d()
    parts = world_parts(scene)
    vertices = [part.positions for part in parts] + [cloud.positions for cloud in scene.points]
    positions = np.concatenate(vertices).astype(np.float64) if vertices else np.zeros((0, 3))
    starts = np.cumsum([0] + [len(part.positions) for part in parts])
    triangles = [part.triangles + start for part, start in zip(parts, starts, strict=False) if len(part.triangles)]
    points = o3d.utility.Vector3dVector(positions)
    if not triangles:
        return o3d.geometry.PointCloud(points)
    return o3d.geometry.TriangleMesh(points, o3d.utility.Vector3iVector(np.concatenate(triangles).astype(np.int32)))


def to_pygltflib(scene: Scene) -> Any:
    """A `pygltflib.GLTF2` of the document's JSON, with the GLB's binary chunk when there is one."""
    import pygltflib

    text = getattr(scene.document, "text", None)
    if text is None:
        raise UsageError(f"a {scene.format} has no glTF document")
    view = pygltflib.GLTF2.gltf_from_json(text)
    if scene.document.binary:
        view.set_binary_blob(bytes(scene.document.buffers[0]))
    return view
