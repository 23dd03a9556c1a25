"""To and from trimesh and Open3D objects. Both are imported only here and only when asked for."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from sceneproof.errors import InputError, MissingExtraError
from sceneproof.scene import Array, Scene

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

    from sceneproof.derived.world import world_parts

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
    from sceneproof.derived.world import world_parts

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


def to_gltf_bytes(source: Any) -> bytes:
    """A GLB in memory of a trimesh mesh, point cloud or scene, or of an Open3D mesh or point cloud."""
    family = type(source).__module__.split(".")[0]
    if family == "trimesh":
        return glb_of(_from_trimesh(source))
    if family == "open3d" or type(source).__module__.startswith("open3d"):
        return glb_of([_from_open3d(source)])
    raise InputError(
        f"cannot read a {type(source).__name__}; give a path, bytes, a Scene, a trimesh or an Open3D object"
    )


def _from_trimesh(source: Any) -> list[tuple[Array, Array]]:
    geometries = source.dump() if hasattr(source, "geometry") else [source]
    found = []
    for item in geometries:
        faces = getattr(item, "faces", np.zeros((0, 3), np.int64))
        found.append((np.asarray(item.vertices, np.float32), np.asarray(faces, np.int64)))
    return found


def _from_open3d(source: Any) -> tuple[Array, Array]:
    if hasattr(source, "triangles"):
        return np.asarray(source.vertices, np.float32), np.asarray(source.triangles, np.int64)
    return np.asarray(source.points, np.float32), np.zeros((0, 3), np.int64)


def glb_of(parts: list[tuple[Array, Array]]) -> bytes:
    """The smallest GLB that holds these positions and triangles; one mesh and node each."""
    content = bytearray()
    tree: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}
    for name in ("nodes", "meshes", "accessors", "bufferViews"):
        tree[name] = []
    for number, (positions, triangles) in enumerate(parts):
        if not len(positions):
            continue
        rows = np.ascontiguousarray(positions, np.float32)
        attributes = {"POSITION": _column(tree, content, rows, 5126, "VEC3", 34962)}
        low, high = np.nanmin(rows, axis=0), np.nanmax(rows, axis=0)
        tree["accessors"][-1] |= {"min": [float(x) for x in low], "max": [float(x) for x in high]}
        primitive: dict[str, Any] = {"attributes": attributes, "mode": 4 if len(triangles) else 0}
        if len(triangles):
            corners = np.ascontiguousarray(triangles, np.uint32).reshape(-1, 1)
            primitive["indices"] = _column(tree, content, corners, 5125, "SCALAR", 34963)
        tree["scenes"][0]["nodes"].append(len(tree["nodes"]))
        tree["nodes"].append({"name": f"part {number}", "mesh": len(tree["meshes"])})
        tree["meshes"].append({"primitives": [primitive]})
    if not content:
        raise InputError("the object has no vertices")
    tree["buffers"] = [{"byteLength": len(content)}]
    text = json.dumps(tree, separators=(",", ":"), allow_nan=True).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(content), 0x004E4942) + content
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def _column(tree: dict[str, Any], content: bytearray, rows: Array, component: int, kind: str, target: int) -> int:
    tree["bufferViews"].append({"buffer": 0, "byteOffset": len(content), "byteLength": rows.nbytes, "target": target})
    content.extend(rows.tobytes())
    tree["accessors"].append(
        {"bufferView": len(tree["bufferViews"]) - 1, "componentType": component, "count": len(rows), "type": kind}
    )
    return len(tree["accessors"]) - 1
