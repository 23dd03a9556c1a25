"""Where the fuzzer begins: sound and broken files of each format, small ones, most of them made by code."""

from __future__ import annotations

import base64
import gzip
import json
import os
import struct
from functools import cache
from pathlib import Path

from tests.makers import bombs, hostile
from tests.makers._pack import dump_json, unpack_glb

MOST_BYTES = 48 << 10
ASSETS = Path(__file__).resolve().parents[2] / "assets"
_WORDS = {
    "ply": [
        "ply\\x0a", "format ascii 1.0\\x0a", "format binary_little_endian 1.0\\x0a", "element vertex ", "element face ",
        "property float x\\x0a", "property list uchar int vertex_indices\\x0a", "end_header\\x0a", "comment ",
        "f_dc_0", "f_rest_0", "scale_0", "rot_0", "opacity", "packed_position", "element chunk 1\\x0a",
    ],
    "obj": [
        "v 0 0 0\\x0a", "vn 0 0 1\\x0a", "vt 0 0\\x0a", "f 1 2 3\\x0a", "f 1/1/1 2/2/2 3/3/3\\x0a", "f -1 -2 -3\\x0a",
        "mtllib ", "usemtl ", "o ", "g ", "s off\\x0a", "l 1 2\\x0a", "p 1\\x0a", "nan", "inf", "1e999",
    ],
    "stl": ["solid ", "facet normal ", "outer loop\\x0a", "vertex ", "endloop", "endfacet", "endsolid"],
    "pcd": [
        "VERSION .7\\x0a", "FIELDS x y z rgb\\x0a", "SIZE 4 4 4 4\\x0a", "TYPE F F F U\\x0a", "COUNT 1 1 1 1\\x0a",
        "WIDTH ", "HEIGHT ", "POINTS ", "DATA ascii\\x0a", "DATA binary\\x0a", "DATA binary_compressed\\x0a",
    ],
}  # fmt: skip


@cache
def formats() -> tuple[str, ...]:
    """The formats that are read here."""
    from sceneproof import io

    return tuple(ending[1:] for ending in io.extensions())


@cache
def of(format_: str) -> list[bytes]:
    """Seeds of a format, each once."""
    found = [path.read_bytes() for path in sorted(ASSETS.glob(f"*.{format_}")) if path.stat().st_size <= MOST_BYTES]
    if format_ in ("glb", "vrm", "gltf"):
        from tests.io._fuzz import SMALL

        made = [SMALL, hostile.good(), *(make() for make in hostile.FILES.values())]
        found += [_as_gltf(data) for data in made] if format_ == "gltf" else made
    found += _made(format_)
    found += [make() for name, make in bombs.FILES.items() if name.endswith(f".{format_}")]
    shared = os.environ.get("SCENEPROOF_DATA")
    if shared:
        paths = sorted(Path(shared).rglob(f"*.{format_}"))
        found += [path.read_bytes() for path in paths if path.stat().st_size <= MOST_BYTES]
    return list(dict.fromkeys(data for data in found if data and len(data) <= MOST_BYTES)) or [b"\0"]


def write(format_: str, folder: Path) -> int:
    """One file per seed; returns their number."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(of(format_)):
        (folder / f"{number}.{format_}").write_bytes(data)
    return len(of(format_))


def dictionary(format_: str, folder: Path) -> list[str]:
    """The engine's option that names the words of a format, if it has any."""
    if format_ not in _WORDS:
        return []
    path = folder / "words"
    path.write_text("".join(f'"{word}"\n' for word in _WORDS[format_]), encoding="ascii")
    return [f"-dict={path}"]


def _made(format_: str) -> list[bytes]:
    """Small sound files of the formats whose samples are large or missing."""
    places = "0 0 0\n1 0 0\n0 1 0\n0 0 1\n"
    if format_ in ("xyz", "txt", "pts"):
        return [places.encode()]
    if format_ in ("off", "coff"):
        return [f"{format_.upper()}\n4 1 0\n{places}3 0 1 2\n".encode()]
    if format_ == "obj":
        return [b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3/1/1\n"]
    if format_ == "stl":
        corners = struct.pack("<12fH", *range(12), 0)
        text = "solid x\nfacet normal 0 0 1\nouter loop\n" + "vertex 0 0 0\n" * 3 + "endloop\nendfacet\nendsolid x\n"
        return [bytes(80) + struct.pack("<I", 1) + corners, text.encode()]
    if format_ == "pcd":
        head = "VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 4\nHEIGHT 1\nPOINTS 4\nDATA "
        return [f"{head}ascii\n{places}".encode(), f"{head}binary\n".encode() + struct.pack("<12f", *range(12))]
    if format_ == "splat":
        return [struct.pack("<6f8B", 0, 0, 0, 1, 1, 1, *[128] * 8) * 3]
    if format_ == "spz":
        head = struct.pack("<4sIIBBBB", b"NGSP", 2, 4, 1, 12, 0, 0)
        return [gzip.compress(head + bytes(4 * (9 + 1 + 3 + 3 + 3 + 9)), mtime=0)]
    if format_ == "drc":
        from tests.io._codec_golden import GOLDEN, plain

        return [plain(case["data"]) for case in GOLDEN["draco"]]
    if format_ in ("las", "laz"):
        from tests.io.test_las import las

        return [las(format_ == "laz", form, version) for form, version in ((0, "1.2"), (3, "1.2"), (7, "1.4"))]
    return []


def _as_gltf(data: bytes) -> bytes:
    """A GLB as one JSON file, its buffer as a data URI; as it is when it does not come apart."""
    try:
        document, binary = unpack_glb(data)
        document["buffers"][0]["uri"] = "data:;base64," + base64.b64encode(binary).decode()
        return dump_json(document)
    except Exception:  # a broken seed is a seed
        return json.dumps({"asset": {"version": "2.0"}}).encode()
