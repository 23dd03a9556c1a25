"""Mutators that get past a container: they change what is inside and put it together again with right lengths."""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from tests.makers._pack import pack_glb, unpack_glb

Mutator = Callable[[bytes, int, int], bytes]
VALUES: list[Any] = [
    None, True, False, -1, 0, 1, 2, 3, 4, 127, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 10**30,
    0.5, -0.0, 1.0, 1e-45, 1e38, 1e300, "", "x", "POSITION", "SCALAR", "VEC3", "MAT4", "../x", "data:,", "\ud800",
    [], {}, [0], [[]], [None], [1, 2, 3], 5120, 5121, 5123, 5125, 5126, "KHR_draco_mesh_compression",
    "EXT_meshopt_compression",
]  # fmt: skip
NUMBERS = [struct.pack("<f", value) for value in (float("nan"), float("inf"), -1e38, 1e-45, 0.0)] + [
    bytes(4), b"\xff" * 4, b"\xff\xff", b"\0\0", b"\x80", struct.pack("<I", 1 << 31), struct.pack("<H", 40000),
]  # fmt: skip


def of(format_: str) -> Mutator | None:
    """The mutator of a format; ``None`` for those whose bytes the engine reaches on its own."""
    return {"glb": glb, "vrm": glb, "gltf": gltf, "spz": spz, "sog": sog}.get(format_)


def glb(data: bytes, most: int, seed: int) -> bytes:
    """JSON values, buffer bytes, or now and then the container."""
    draw = random.Random(seed)
    try:
        document, binary = unpack_glb(data)
    except (ValueError, struct.error, IndexError):
        return _engine(data, most)
    if not isinstance(document, dict) or draw.random() < 0.05:
        return _engine(data, most)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 5))):
        if binary and draw.random() < 0.4:
            binary = _bytes(binary, draw, len(binary) + 64)
        else:
            _json(document, draw)
    buffers = document.get("buffers") if isinstance(document, dict) else None
    if isinstance(buffers, list) and buffers and isinstance(buffers[0], dict) and draw.random() < 0.8:
        buffers[0]["byteLength"] = len(binary)
    made = pack_glb(json.dumps(document).encode(), binary)
    return made if len(made) <= most else data[:most]


def gltf(data: bytes, most: int, seed: int) -> bytes:
    """JSON values."""
    draw = random.Random(seed)
    try:
        document = json.loads(data)
    except ValueError:
        return _engine(data, most)
    if not isinstance(document, dict) or draw.random() < 0.1:
        return _engine(data, most)
    for _ in range(draw.choice((1, 1, 2, 4))):
        _json(document, draw)
    made = json.dumps(document).encode()
    return made if len(made) <= most else data[:most]


def spz(data: bytes, most: int, seed: int) -> bytes:
    """What the gzip of versions 1 to 3 holds; version 4 is not one stream, its bytes are taken as they are."""
    draw = random.Random(seed)
    if data[:2] != b"\x1f\x8b" or draw.random() < 0.1:
        return _engine(data, most)
    try:
        plain = zlib.decompressobj(31).decompress(data, 1 << 20)
    except zlib.error:
        return _engine(data, most)
    made = gzip.compress(_bytes(plain, draw, 1 << 18), 1, mtime=0)
    return made if len(made) <= most else data[:most]


def sog(data: bytes, most: int, seed: int) -> bytes:
    """One member of the zip: the JSON by its values, an image by its bytes."""
    draw = random.Random(seed)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, zlib.error, EOFError, ValueError):
        return _engine(data, most)
    if not members or draw.random() < 0.1:
        return _engine(data, most)
    name = draw.choice(sorted(members))
    try:
        document = json.loads(members[name])
        _json(document if isinstance(document, dict) else {}, draw)
        members[name] = json.dumps(document).encode()
    except ValueError:
        members[name] = _bytes(members[name], draw, len(members[name]) + 64)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member), content)
    return made.getvalue() if len(made.getvalue()) <= most else data[:most]


def _engine(data: bytes, most: int) -> bytes:
    import atheris

    return bytes(atheris.Mutate(data, most))


def _bytes(data: bytes, draw: random.Random, most: int) -> bytes:
    if draw.random() < 0.5:
        return _engine(data, most)
    number = draw.choice(NUMBERS)
    at = draw.randrange(0, max(1, len(data) - len(number) + 1))
    at -= at % len(number) if draw.random() < 0.7 else 0
    return (data[:at] + number + data[at + len(number) :])[:most]


def _json(document: Any, draw: random.Random) -> None:
    """Change one value in place: another one, one from elsewhere, a near one; or remove, double or rename it."""
    places = list(_places(document))
    if not places:
        return
    owner, key = draw.choice(places)
    value = owner[key]
    change = draw.randrange(7)
    if change == 0:
        del owner[key]
    elif change == 1 and isinstance(owner, list):
        owner.insert(key, copy.deepcopy(value))
    elif change == 1:
        owner[draw.choice(["extensions", "extras", "sparse", "indices", "skin", "children", "x"])] = copy.deepcopy(
            value
        )
    elif change in (2, 3) and isinstance(value, int | float) and not isinstance(value, bool):
        owner[key] = draw.choice([value + 1, value - 1, -value, value * 2, value * 1000, 0.5, 2**31 + 4])
    elif change == 4:
        other, name = draw.choice(places)
        if len(json.dumps(other[name])) < 4000:
            owner[key] = copy.deepcopy(other[name])
    else:
        owner[key] = copy.deepcopy(draw.choice(VALUES))


def _places(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    level = [tree]
    while level:
        box = level.pop()
        keys = list(box) if isinstance(box, dict) else list(range(len(box)))
        found += [(box, key) for key in keys]
        level += [box[key] for key in keys if isinstance(box[key], dict | list)]
    return found
