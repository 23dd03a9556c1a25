"""Meshes in Draco streams, and GLBs that hold them as exporters leave them: accessors without data, one view each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import DracoPy
import numpy as np

from sceneproof.io._codecs import decode_draco
from tests.makers.builder import Builder
from tests.makers.shapes import Shape

EXTENSION = "KHR_draco_mesh_compression"
_NAMES = {0: "POSITION", 1: "NORMAL", 2: "COLOR_0", 3: "TEXCOORD_0", 4: "_OWN"}


def stream(shape: Shape, *, level: int = 5, bits: int = 14, order: bool = False, **extra: Any) -> bytes:
    """The shape as a Draco stream; slow levels (7 and more) predict normals and texture coordinates from positions."""
    return DracoPy.encode(
        np.asarray(shape.positions, np.float32),
        np.asarray(shape.faces, np.uint32),
        quantization_bits=bits,
        compression_level=level,
        preserve_order=order,
        normals=None if shape.normals is None else np.asarray(shape.normals, np.float64),
        tex_coord=None if shape.uvs is None else np.asarray(shape.uvs, np.float64),
        tex_coord_quantization_bits=12,
        normal_quantization_bits=10,
        **extra,
    )


def ids(data: bytes) -> dict[str, int]:
    """Name to unique id, as the extension's ``attributes``."""
    held = DracoPy.decode(data).attributes
    return {_NAMES[int(entry["attribute_type"])]: int(entry["unique_id"]) for entry in held}


def put(b: Builder, data: bytes, **primitive: Any) -> dict[str, Any]:
    """A primitive of a stream for `Builder.mesh`."""
    names = ids(data)
    mesh = decode_draco(data, names)
    accessors = {}
    for name, values in mesh.attributes.items():
        entry: dict[str, Any] = {
            "componentType": {"f": 5126, "b": 5120, "h": 5122, "B": 5121}[values.dtype.char],
            "type": {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}[values.shape[1]],
            "count": len(values),
        }
        if name == "POSITION":
            entry |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        accessors[name] = b.add("accessors", entry)
    corners = b.add("accessors", {"componentType": 5125, "type": "SCALAR", "count": mesh.triangles.size})
    b.use(EXTENSION, required=True)
    settings: Mapping[str, Any] = {"bufferView": b.view(data), "attributes": names}
    return {"attributes": accessors, "indices": corners, "mode": 4, "extensions": {EXTENSION: settings}, **primitive}


def glb(*streams: bytes, setup: Any = None) -> bytes:
    """One node with a mesh of one primitive per stream."""
    b = Builder()
    b.node("packed", mesh=b.mesh([put(b, data) for data in streams]))
    if setup:
        setup(b)
    return b.glb()
