"""The GLB container and the asset's version (glTF 2.0, sections 3.2 and 4.4)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from sceneproof.io._gltf.container import BIN_CHUNK, JSON_CHUNK
from sceneproof.scene import Problem

from ._look import Look, listed, mapped

_VERSION = re.compile(r"^(\d+)\.(\d+)$")


def check(look: Look) -> Iterator[Problem]:
    """Chunks that readers may stumble over; versions that contradict each other."""
    raw = look.document.raw
    if look.document.container == "glb" and raw is not None:
        yield from _chunks(raw)
        first = next(iter(listed(look.tree, "buffers")), None)
        # A buffer for readers without meshopt may lack its data.
        if isinstance(first, dict) and "uri" not in first and not first.get("extensions") and not look.document.binary:
            en, zh = "the GLB has no BIN chunk for this buffer", "GLB 中没有该缓冲区的 BIN 块"
            yield Problem("buffer-missing-glb-data", en, zh, "/buffers/0")
    asset = mapped(look.tree, "asset")
    version, least = (_VERSION.match(str(asset.get(name))) for name in ("version", "minVersion"))
    if version and least and tuple(map(int, least.groups())) > tuple(map(int, version.groups())):
        en = f"minVersion {least[0]} is above version {version[0]}"
        yield Problem(
            "asset-min-version-greater-than-version",
            en,
            f"minVersion {least[0]} 高于 version {version[0]}",
            "/asset/minVersion",
        )
    if version and version[0] not in ("2.0", "2.1"):
        yield Problem(
            "unknown-asset-minor-version",
            f"version {version[0]} is read as far as 2.0 reaches",
            f"版本 {version[0]} 按 2.0 的范围读取",
            "/asset/version",
        )


def _chunks(raw: bytes) -> Iterator[Problem]:
    seen: set[int] = set()
    at, end = 12, min(len(raw), struct.unpack_from("<I", raw, 8)[0])
    while at + 8 <= end:
        size, kind = struct.unpack_from("<II", raw, at)
        if size % 4:
            en = f"the GLB chunk at byte {at} is {size} bytes long, no multiple of four"
            yield Problem("glb-chunk-length-unaligned", en, f"第 {at} 字节处的 GLB 块长度 {size} 不是 4 的倍数")
        if kind in seen and kind in (JSON_CHUNK, BIN_CHUNK):
            en = f"a second chunk of the same kind stands at byte {at}; it is kept and not read"
            yield Problem("glb-duplicate-chunk", en, f"第 {at} 字节处有重复类型的 GLB 块，按原样保留，不读取")
        seen.add(kind)
        at += 8 + size
