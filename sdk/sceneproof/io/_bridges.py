"""From trimesh and Open3D objects: a GLB in memory. Neither library is imported here."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from sceneproof.errors import InputError
from sceneproof.scene import Array


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
        if not np.isfinite(rows).all():
            raise InputError(f"the object holds vertices that are not finite (part {number})")
        attributes = {"POSITION": _column(tree, content, rows, 5126, "VEC3", 34962)}
        low, high = rows.min(axis=0), rows.max(axis=0)
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
