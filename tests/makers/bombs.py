"""Small files that ask for much: memory, time, or both. What `hostile` breaks, these overdo.

``FILES`` maps ``NAME.EXT`` to a maker of bytes. All are to be refused in one line, without the memory being taken.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.makers._pack import pack_glb, unpack_glb
from tests.makers.builder import Builder
from tests.makers.hostile import good

__all__ = ["FILES", "png_bomb", "webp_header"]

_FLOAT, _USHORT = 5126, 5123


def _document(**members: Any) -> dict[str, Any]:
    return {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}], **members}


def _edited(edit: Callable[[dict[str, Any]], object]) -> bytes:
    doc, binary = unpack_glb(good())
    edit(doc)
    return pack_glb(doc, binary)


# -- JSON and graphs --------------------------------------------------------------------------------------------


def json_values() -> bytes:
    """Nine million empty arrays: 27 MB of text, 600 MB of Python."""
    return pack_glb(b'{"asset":{"version":"2.0"},"extras":[' + b"[]," * 9_000_000 + b"0]}")


def json_deep_objects() -> bytes:
    return pack_glb(b'{"asset":{"version":"2.0"},"extras":' + b'{"a":' * 100_000 + b"0" + b"}" * 100_000 + b"}")


def json_digits() -> bytes:
    """A number of two million digits: turning it into an integer takes quadratic time."""
    return pack_glb(b'{"asset":{"version":"2.0"},"extras":' + b"9" * 2_000_000 + b"}")


def many_nodes() -> bytes:
    return pack_glb(json.dumps(_document(nodes=[{}] * 300_000)).encode())


def many_draws() -> bytes:
    """A thousand nodes draw one mesh of five thousand primitives: five million draws."""

    def edit(doc: dict[str, Any]) -> None:
        doc["meshes"][0]["primitives"] *= 5000
        doc["nodes"] = [{"mesh": 0}] * 1000
        doc["scenes"] = [{"nodes": list(range(1000))}]

    return _edited(edit)


def many_instances() -> bytes:
    """Two million instances out of an accessor without data."""

    def edit(doc: dict[str, Any]) -> None:
        doc["accessors"].append({"componentType": _FLOAT, "type": "VEC3", "count": 2_000_000})
        attributes = {"TRANSLATION": len(doc["accessors"]) - 1}
        doc["nodes"][0]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": attributes}}
        doc["extensionsUsed"] = ["EXT_mesh_gpu_instancing"]

    return _edited(edit)


def large_mesh_drawn_often() -> bytes:
    """60,000 vertices in 4,000 places: 5.8 GB of positions in world space."""
    b = Builder()
    b.mesh({"POSITION": np.zeros((60_000, 3), np.float32)}, mode=0)
    b.doc["nodes"] = [{"mesh": 0}] * 4000
    b.doc["scenes"] = [{"nodes": list(range(4000))}]
    b.doc["scene"] = 0
    return b.glb()


# -- accessors and streams --------------------------------------------------------------------------------------


def accessors_without_data() -> bytes:
    """A hundred accessors of four million points each, all zeros by the format's rule: 4.8 GB."""

    def edit(doc: dict[str, Any]) -> None:
        doc["accessors"] = [{"componentType": _FLOAT, "type": "VEC3", "count": 4_000_000}] * 100
        doc["meshes"] = [{"primitives": [{"mode": 0, "attributes": {"POSITION": i}} for i in range(100)]}]

    return _edited(edit)


def huge_count_with_view() -> bytes:
    return _edited(lambda doc: doc["accessors"][0].update(count=3_000_000_000))


def huge_count_of_indices() -> bytes:
    return _edited(lambda doc: doc["accessors"][3].update(count=4_294_967_295))


def huge_sparse() -> bytes:
    def edit(doc: dict[str, Any]) -> None:
        doc["accessors"][0].pop("bufferView")
        doc["accessors"][0].update(count=50_000_000, sparse={"count": 50_000_000})

    return _edited(edit)


def negative_count() -> bytes:
    return _edited(lambda doc: doc["accessors"][0].update(count=-1))


def huge_stride() -> bytes:
    return _edited(lambda doc: doc["bufferViews"][0].update(byteStride=1 << 40))


def one_index_list_spread_often() -> bytes:
    """60,000 indices, 120 kB, used by 5,000 primitives as strips: 9.6 GB of triangles."""
    indices = np.zeros(60_000, np.uint16).tobytes()
    primitive = {"mode": 5, "attributes": {"POSITION": 0}, "indices": 1}
    doc = _document(
        buffers=[{"byteLength": 1200 + len(indices)}],
        bufferViews=[
            {"buffer": 0, "byteLength": 1200},
            {"buffer": 0, "byteOffset": 1200, "byteLength": len(indices)},
        ],
        accessors=[
            {"bufferView": 0, "componentType": _FLOAT, "type": "VEC3", "count": 100},
            {"bufferView": 1, "componentType": _USHORT, "type": "SCALAR", "count": 60_000},
        ],
        meshes=[{"primitives": [primitive] * 5000}],
    )
    return pack_glb(doc, bytes(1200) + indices)


def one_range_read_often() -> bytes:
    """4 MB under 4,000 accessors: every one is sound, all together are 16 GB to look through."""
    count = 333_333
    accessors = [{"bufferView": 0, "componentType": _FLOAT, "type": "VEC3", "count": count}] * 4000
    primitives = [{"mode": 0, "attributes": {"POSITION": number}} for number in range(4000)]
    doc = _document(
        buffers=[{"byteLength": 12 * count}],
        bufferViews=[{"buffer": 0, "byteLength": 12 * count}],
        accessors=accessors,
        meshes=[{"primitives": primitives}],
    )
    return pack_glb(doc, bytes(12 * count))


def _meshopt(count: int, stride: int, size: int) -> bytes:
    settings = {"buffer": 0, "byteLength": size, "byteStride": stride, "count": count, "mode": "ATTRIBUTES"}
    doc = _document(
        extensionsUsed=["EXT_meshopt_compression"],
        extensionsRequired=["EXT_meshopt_compression"],
        buffers=[{"byteLength": size}, {"byteLength": count * stride}],
        bufferViews=[{
            "buffer": 1, "byteLength": count * stride, "byteStride": stride,
            "extensions": {"EXT_meshopt_compression": settings},
        }],
        accessors=[{"bufferView": 0, "componentType": _FLOAT, "type": "VEC3", "count": count}],
        meshes=[{"primitives": [{"mode": 0, "attributes": {"POSITION": 0}}]}],
    )  # fmt: skip
    return pack_glb(doc, b"\xa1" + bytes(size - 1))


def meshopt_bomb() -> bytes:
    """A stream of zeros, one byte for a thousand: 1 MB for 1 GB."""
    count = 4_000_000
    return _meshopt(count, 252, 1 + (count // 32 + 1) * 63 + 400)


def meshopt_claim() -> bytes:
    """Two billion elements in a stream of a hundred bytes."""
    return _meshopt(2_000_000_000, 12, 100)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _draco(stream: bytes) -> bytes:
    extension = {"bufferView": 0, "attributes": {"POSITION": 0}}
    doc = _document(
        extensionsUsed=["KHR_draco_mesh_compression"],
        extensionsRequired=["KHR_draco_mesh_compression"],
        buffers=[{"byteLength": len(stream)}],
        bufferViews=[{"buffer": 0, "byteLength": len(stream)}],
        accessors=[
            {"componentType": _FLOAT, "type": "VEC3", "count": 3},
            {"componentType": 5125, "type": "SCALAR", "count": 3},
        ],
        meshes=[{"primitives": [{
            "attributes": {"POSITION": 0}, "indices": 1, "extensions": {"KHR_draco_mesh_compression": extension},
        }]}],
    )  # fmt: skip
    return pack_glb(doc, stream)


def draco_claim() -> bytes:
    """Sequential, two billion faces and points, in thirty bytes."""
    return _draco(b"DRACO\x02\x02\x01\x00\0\0" + _varint(2_000_000_000) + _varint(2_000_000_000) + bytes(16))


def draco_within_ratio() -> bytes:
    """Claims that the header check lets pass, and a body of zeros that the decoder then works on."""
    return _draco(b"DRACO\x02\x02\x01\x00\0\0" + _varint(20_000_000) + _varint(20_000_000) + bytes(1 << 16))


def draco_edgebreaker() -> bytes:
    return _draco(b"DRACO\x02\x02\x01\x01\0\0\0" + _varint(20_000_000) + _varint(20_000_000) + bytes(1 << 16))


# -- pictures ---------------------------------------------------------------------------------------------------


def png_bomb(width: int, height: int, whole: bool = False) -> bytes:
    """A PNG of zeros; unless `whole`, its data ends after some rows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer, rows = zlib.compressobj(9), height if whole else min(height, 64)
    body = b"".join(packer.compress(bytes(1 + 3 * width)) for _ in range(rows)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP that claims a canvas and has nothing on it."""
    body = b"VP8X" + struct.pack("<II", 10, 0) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _picture(data: bytes, mime: str) -> bytes:
    doc, binary = unpack_glb(good())
    doc["bufferViews"].append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)})
    doc["images"] = [{"bufferView": len(doc["bufferViews"]) - 1, "mimeType": mime}]
    binary += data + bytes(-len(data) % 4)
    doc["buffers"][0]["byteLength"] = len(binary)
    return pack_glb(doc, binary)


def picture_png() -> bytes:
    return _picture(png_bomb(60_000, 60_000), "image/png")


def picture_webp() -> bytes:
    return _picture(webp_header(1 << 24, 1 << 24), "image/webp")


# -- archives and packed clouds ---------------------------------------------------------------------------------


def spz_bomb() -> bytes:
    """64 MB of zeros behind a header of ten million splats, in 64 kB of gzip."""
    head = struct.pack("<4sIIBBBB", b"NGSP", 3, 10_000_000, 3, 12, 0, 0)
    return gzip.compress(head + bytes(64 << 20), 9, mtime=0)


def spz_claim() -> bytes:
    return gzip.compress(struct.pack("<4sIIBBBB", b"NGSP", 3, 0xFFFFFFFF, 3, 12, 0, 0), 9, mtime=0)


def sog_zip_bomb() -> bytes:
    """A ``meta.json`` of 600 MB in 600 kB of zip."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("meta.json", "w", force_zip64=False) as member,
    ):
        for _ in range(150):
            member.write(b" " * (4 << 20))
    return out.getvalue()


def sog_picture_bomb() -> bytes:
    count = 1000
    meta = {
        "version": 2, "count": count,
        "means": {"mins": [0, 0, 0], "maxs": [1, 1, 1], "files": ["means_l.webp", "means_u.webp"]},
        "scales": {"codebook": [0.0] * 256, "files": ["scales.webp"]}, "quats": {"files": ["quats.webp"]},
        "sh0": {"codebook": [0.0] * 256, "files": ["sh0.webp"]},
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("meta.json", json.dumps(meta))
        for name in ("means_l", "means_u", "scales", "quats", "sh0"):
            archive.writestr(f"{name}.webp", webp_header(16384, 16384))
    return out.getvalue()


def ply_claim() -> bytes:
    return (
        b"ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\nproperty float x\nproperty float y\n"
        b"property float z\nend_header\n" + bytes(120)
    )


def ply_list_claim() -> bytes:
    head = (
        b"ply\nformat binary_little_endian 1.0\nelement vertex 3\n"
        b"property float x\nproperty float y\nproperty float z\n"
        b"element face 1\nproperty list uint int vertex_indices\nend_header\n"
    )
    return head + np.eye(3, dtype="<f4").tobytes() + struct.pack("<Iiii", 0xFFFFFFFF, 0, 1, 2)


def ply_header_without_end() -> bytes:
    return b"ply\nformat ascii 1.0\n" + b"comment x\n" * 400_000


def stl_claim() -> bytes:
    return bytes(80) + struct.pack("<I", 0xFFFFFFFF) + bytes(50)


def obj_index_past_vertices() -> bytes:
    return b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4000000000\n"


def pcd_claim() -> bytes:
    return (
        b"VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 4000000000\nHEIGHT 1\n"
        b"VIEWPOINT 0 0 0 1 0 0 0\nPOINTS 4000000000\nDATA binary\n" + bytes(120)
    )


_GLB = [
    json_values, json_deep_objects, json_digits, many_nodes, many_draws, many_instances, large_mesh_drawn_often,
    accessors_without_data, huge_count_with_view, huge_count_of_indices, huge_sparse, negative_count, huge_stride,
    one_index_list_spread_often, one_range_read_often, meshopt_bomb, meshopt_claim, draco_claim, draco_within_ratio,
    draco_edgebreaker, picture_png, picture_webp,
]  # fmt: skip
_OTHERS = [
    spz_bomb, spz_claim, sog_zip_bomb, sog_picture_bomb, ply_claim, ply_list_claim, ply_header_without_end, stl_claim,
    obj_index_past_vertices, pcd_claim,
]  # fmt: skip

FILES: dict[str, Callable[[], bytes]] = {f"{maker.__name__}.glb": maker for maker in _GLB} | {
    f"{maker.__name__}.{maker.__name__.partition('_')[0]}": maker for maker in _OTHERS
}
