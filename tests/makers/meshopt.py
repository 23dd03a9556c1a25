"""Buffer views packed with meshopt, as gltfpack leaves them: the streams in the buffer, a fallback without data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sceneproof.io._codecs.meshopt_encode import encode_meshopt
from tests.makers._pack import pack_glb, unpack_glb

EXT = "EXT_meshopt_compression"
KHR = "KHR_meshopt_compression"


def compressed(
    glb: bytes,
    *,
    extension: str = EXT,
    version: int = 0,
    filters: Mapping[int, str] | None = None,
    fallback: bool = False,
    views: set[int] | None = None,
) -> bytes:
    """A GLB whose vertex views (those with a target for vertices, or ``views``) are packed.

    ``filters`` names a filter per view, whose content must be the filter's words already. With ``fallback`` the
    fallback is no buffer without data but the bytes as they were, at the end of the chunk.
    """
    tree, binary = unpack_glb(glb)
    out = bytearray()
    plain = bytearray()
    packed: list[tuple[dict[str, Any], bytes]] = []
    for number, view in enumerate(tree["bufferViews"]):
        start = view.get("byteOffset", 0)
        content = binary[start : start + view["byteLength"]]
        entry = next((item for item in tree["accessors"] if item.get("bufferView") == number), None)
        chosen = view.get("target") == 34962 if views is None else number in views
        if not chosen or entry is None:
            out += b"\0" * (-len(out) % 8)
            view["byteOffset"] = len(out)
            out += content
            continue
        width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}[entry["type"]]
        stride = view.get("byteStride") or width * np.dtype(sizes()[entry["componentType"]]).itemsize
        count = len(content) // stride
        stream = encode_meshopt(content, count=count, stride=stride, version=version)
        out += b"\0" * (-len(out) % 4)
        settings = {
            "buffer": 0, "byteOffset": len(out), "byteLength": len(stream), "byteStride": stride, "count": count,
            "mode": "ATTRIBUTES",
        }  # fmt: skip
        if filters and number in filters:
            settings["filter"] = filters[number]
        out += stream
        plain += b"\0" * (-len(plain) % 4)
        view |= {"byteOffset": len(plain), "byteStride": stride, "extensions": {extension: settings}}
        packed.append((view, content))
        plain += content
    tree["buffers"] = [{"byteLength": len(out)}]
    if fallback:
        out += b"\0" * (-len(out) % 4)
        for view, content in packed:
            view["byteOffset"] = len(out)
            out += content + b"\0" * (-len(content) % 4)
        tree["buffers"][0]["byteLength"] = len(out)
    else:
        tree["buffers"].append({"byteLength": len(plain), "extensions": {extension: {"fallback": True}}})
        for view, _ in packed:
            view["buffer"] = 1
        tree["extensionsRequired"] = [*tree.get("extensionsRequired", []), extension]
    tree["extensionsUsed"] = [*tree.get("extensionsUsed", []), extension]
    return pack_glb(tree, bytes(out))


def sizes() -> dict[int, type]:
    return {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
