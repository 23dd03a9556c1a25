"""Broken and hostile files, each made by one function, for tests of what a reader refuses.

``FILES`` maps a name to a maker of GLB bytes; ``FOLDERS`` to a function that writes a ``.gltf`` with
faulty parts into a folder and returns its path. Every file is small: what is huge in it is only claimed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.makers import shapes
from tests.makers._hostile_folders import FOLDERS
from tests.makers._pack import BIN_CHUNK, JSON_CHUNK, dump_json, pack_glb, unpack_glb
from tests.makers.builder import Builder

__all__ = ["FILES", "FOLDERS", "good"]


def good() -> bytes:
    """The sound file that the others are broken copies of: one box, one node, indices at accessor 3."""
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), name="box"))
    return b.glb()


def _edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    doc, binary = unpack_glb(good())
    edit(doc)
    return pack_glb(doc, binary)


def _patched(accessor: int, values: np.ndarray) -> bytes:
    """The good file with the first bytes of an accessor overwritten."""
    doc, binary = unpack_glb(good())
    start = doc["bufferViews"][doc["accessors"][accessor]["bufferView"]]["byteOffset"]
    data = values.tobytes()
    return pack_glb(doc, binary[:start] + data + binary[start + len(data) :])


# -- the container ----------------------------------------------------------------------------------------------


def empty() -> bytes:
    return b""


def not_gltf() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(64)


def truncated() -> bytes:
    return good()[:-40]


def truncated_header() -> bytes:
    return good()[:10]


def truncated_json() -> bytes:
    return good()[:60]


def wrong_magic() -> bytes:
    return b"glTG" + good()[4:]


def wrong_version() -> bytes:
    return struct.pack("<4sI", b"glTF", 7) + good()[8:]


def length_lies_long() -> bytes:
    data = good()
    return data[:8] + struct.pack("<I", len(data) + 4096) + data[12:]


def length_lies_short() -> bytes:
    data = good()
    return data[:8] + struct.pack("<I", 20) + data[12:]


def chunk_lies_long() -> bytes:
    data = good()
    return data[:12] + struct.pack("<I", 0xFFFFFFF0) + data[16:]


def binary_chunk_lies_long() -> bytes:
    data = bytearray(good())
    at = 20 + struct.unpack_from("<I", data, 12)[0]
    struct.pack_into("<I", data, at, 0x7FFFFFFC)
    return bytes(data)


def no_json_chunk() -> bytes:
    return struct.pack("<4sIIII", b"glTF", 2, 24, 4, BIN_CHUNK) + bytes(4)


def zero_chunk() -> bytes:
    return struct.pack("<4sIIII", b"glTF", 2, 20, 0, JSON_CHUNK)


# -- JSON -------------------------------------------------------------------------------------------------------


def bad_json() -> bytes:
    return pack_glb(b'{"asset":{"version":"2.0"},"nodes":[')


def json_not_object() -> bytes:
    return pack_glb(b'["asset"]')


def invalid_utf8() -> bytes:
    return pack_glb(b'{"asset":{"version":"2.0","generator":"\xff\xfe"}}')


def deep_json() -> bytes:
    """Nested 100,000 deep: a recursive parser overflows its stack."""
    depth = 100_000
    return pack_glb(b'{"asset":{"version":"2.0"},"extras":' + b"[" * depth + b"]" * depth + b"}")


def duplicate_keys() -> bytes:
    doc, binary = unpack_glb(good())
    return pack_glb(b'{"meshes":[],' + dump_json(doc)[1:], binary)


def no_asset() -> bytes:
    return _edited(lambda doc: doc.pop("asset"))


def version_1() -> bytes:
    return _edited(lambda doc: doc["asset"].update(version="1.0"))


def wrong_types() -> bytes:
    return _edited(lambda doc: doc.update(accessors={"0": "POSITION"}))


def required_unknown_extension() -> bytes:
    return _edited(lambda doc: doc.update(extensionsUsed=["XX_no_such"], extensionsRequired=["XX_no_such"]))


# -- buffers and accessors --------------------------------------------------------------------------------------


def accessor_beyond_view() -> bytes:
    return _edited(lambda doc: doc["accessors"][0].update(count=100_000))


def accessor_offset_beyond_view() -> bytes:
    return _edited(lambda doc: doc["accessors"][0].update(byteOffset=1 << 20))


def view_beyond_buffer() -> bytes:
    return _edited(lambda doc: doc["bufferViews"][0].update(byteLength=1 << 30))


def negative_offset() -> bytes:
    return _edited(lambda doc: doc["bufferViews"][1].update(byteOffset=-64))


def negative_stride() -> bytes:
    return _edited(lambda doc: doc["bufferViews"][0].update(byteStride=-12))


def huge_count() -> bytes:
    """An accessor of four billion elements without a view: zeros, by the format's rule; 48 GB if allocated."""

    def edit(doc: dict[str, Any]) -> None:
        doc["accessors"][0].update(count=4_000_000_000)
        doc["accessors"][0].pop("bufferView")

    return _edited(edit)


def huge_buffer() -> bytes:
    return _edited(lambda doc: doc["buffers"][0].update(byteLength=1 << 50))


def unknown_component_type() -> bytes:
    return _edited(lambda doc: doc["accessors"][0].update(componentType=5130))


def unknown_accessor_type() -> bytes:
    return _edited(lambda doc: doc["accessors"][0].update(type="VEC9"))


def sparse_out_of_range() -> bytes:
    """Sparse indices past the accessor's count."""
    doc, binary = unpack_glb(good())
    views = doc["bufferViews"]
    views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": 2})
    views.append({"buffer": 0, "byteOffset": len(binary) + 4, "byteLength": 12})
    binary += struct.pack("<HHfff", 60_000, 0, 1.0, 2.0, 3.0)
    doc["accessors"][0]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": len(views) - 2, "componentType": 5123},
        "values": {"bufferView": len(views) - 1},
    }
    doc["buffers"][0]["byteLength"] = len(binary)
    return pack_glb(doc, binary)


def index_out_of_range() -> bytes:
    return _patched(3, np.array([0, 1, 65_000], np.uint16))


def nan_positions() -> bytes:
    return _patched(0, np.array([np.nan, 0, 0, 0, np.inf], np.float32))


def denormal_positions() -> bytes:
    """Every coordinate below the smallest normal number: a box, 1e-40 m wide."""
    return _patched(0, np.linspace(1e-40, 9e-40, 72).astype(np.float32))


def denormal_noise() -> bytes:
    """One coordinate of rounding noise in a sound box: harmless."""
    return _patched(0, np.array([1e-42], np.float32))


def overlapping_indices() -> bytes:
    """The indices begin inside the positions: one of the two is not what it says."""

    def edit(doc: dict[str, Any]) -> None:
        doc["accessors"][3].update(componentType=5121)
        doc["bufferViews"][doc["accessors"][3]["bufferView"]]["byteOffset"] = 0

    doc, binary = unpack_glb(good())
    edit(doc)
    return pack_glb(doc, bytes(64) + binary[64:])


def overlapping_picture() -> bytes:
    return _edited(lambda doc: doc.update(images=[{"bufferView": 0, "mimeType": "image/png"}]))


def picture_outside() -> bytes:
    return _edited(lambda doc: doc.update(images=[{"uri": "../outside.png"}]))


def required_extension_in_geometry() -> bytes:
    """A required extension that is not known here holds the geometry."""

    def edit(doc: dict[str, Any]) -> None:
        doc.update(extensionsUsed=["XX_no_such"], extensionsRequired=["XX_no_such"])
        doc["meshes"][0]["primitives"][0]["extensions"] = {"XX_no_such": {"bufferView": 0}}

    return _edited(edit)


def missing_position() -> bytes:
    return _edited(lambda doc: doc["meshes"][0]["primitives"][0]["attributes"].pop("POSITION"))


def mismatched_counts() -> bytes:
    return _edited(lambda doc: doc["accessors"][1].update(count=5))


def dangling(where: str = "accessor") -> bytes:
    """A reference to something that is not there: ``accessor``, ``mesh``, ``child``, ``view`` or ``scene``."""
    edits: dict[str, Callable[[dict[str, Any]], object]] = {
        "accessor": lambda doc: doc["meshes"][0]["primitives"][0]["attributes"].update(POSITION=99),
        "mesh": lambda doc: doc["nodes"][0].update(mesh=99),
        "child": lambda doc: doc["nodes"][0].update(children=[99]),
        "view": lambda doc: doc["accessors"][0].update(bufferView=99),
        "scene": lambda doc: doc["scenes"][0].update(nodes=[99]),
    }
    return _edited(edits[where])


# -- the node graph ---------------------------------------------------------------------------------------------


def node_cycle() -> bytes:
    def edit(doc: dict[str, Any]) -> None:
        doc["nodes"] = [{"mesh": 0, "children": [1]}, {"children": [2]}, {"children": [0]}]

    return _edited(edit)


def node_self_cycle() -> bytes:
    return _edited(lambda doc: doc["nodes"][0].update(children=[0]))


def doubling_graph() -> bytes:
    """Each node names the next one twice: 2**60 instances when walked without a guard."""

    def edit(doc: dict[str, Any]) -> None:
        doc["nodes"] = [{"children": [i + 1, i + 1]} for i in range(60)] + [{"mesh": 0}]

    return _edited(edit)


def deep_graph() -> bytes:
    """A chain of 50,000 nodes: sound, but a recursive walk overflows."""

    def edit(doc: dict[str, Any]) -> None:
        doc["nodes"] = [{"children": [i + 1]} for i in range(50_000)] + [{"mesh": 0}]

    return _edited(edit)


def non_finite_transform() -> bytes:
    return _edited(lambda doc: doc["nodes"][0].update(translation=[float("nan"), 0, 0]))


def singular_transform() -> bytes:
    return _edited(lambda doc: doc["nodes"][0].update(scale=[0, 0, 0]))


_BYTES = [
    empty, not_gltf, truncated, truncated_header, truncated_json, wrong_magic, wrong_version, length_lies_long,
    length_lies_short, chunk_lies_long, binary_chunk_lies_long, no_json_chunk, zero_chunk, bad_json, json_not_object,
    invalid_utf8, deep_json, duplicate_keys, no_asset, version_1, wrong_types, required_unknown_extension,
    accessor_beyond_view, accessor_offset_beyond_view, view_beyond_buffer, negative_offset, negative_stride, huge_count,
    huge_buffer, unknown_component_type, unknown_accessor_type, sparse_out_of_range, index_out_of_range, nan_positions,
    denormal_positions, denormal_noise, overlapping_indices, overlapping_picture, picture_outside,
    required_extension_in_geometry, missing_position, mismatched_counts, dangling,
    node_cycle, node_self_cycle, doubling_graph, deep_graph,
    non_finite_transform, singular_transform,
]  # fmt: skip
FILES: dict[str, Callable[[], bytes]] = {maker.__name__: maker for maker in _BYTES}
