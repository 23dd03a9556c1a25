"""Primitives and morph targets (glTF 2.0, section 3.7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from sceneproof.io._gltf import fields
from sceneproof.scene import Array, Problem

from ._look import Look, listed, mapped

_FIXED = ("POSITION", "NORMAL", "TANGENT")
_INDEXED = re.compile(r"^(TEXCOORD|COLOR|JOINTS|WEIGHTS)_(0|[1-9]\d*)$")
_TEXTURES = ("normalTexture", "occlusionTexture", "emissiveTexture")
_PBR_TEXTURES = ("baseColorTexture", "metallicRoughnessTexture")


def check(look: Look) -> Iterator[Problem]:
    """Every primitive, and the meshes as wholes."""
    for place, mesh in look.entries("meshes"):
        counts = [len(listed(item, "targets")) for item in listed(mesh, "primitives") if isinstance(item, dict)]
        for number, count in enumerate(counts):
            if count != counts[0]:
                en = f"{count} morph targets where the first primitive has {counts[0]}"
                zh = f"有 {count} 个变形目标，而首个图元有 {counts[0]} 个"
                yield Problem("mesh-primitives-unequal-targets-count", en, zh, f"{place}/primitives/{number}/targets")
        weights = mesh.get("weights")
        if isinstance(weights, list) and counts and len(weights) != counts[0]:
            en = f"{len(weights)} weights for {counts[0]} morph targets"
            yield Problem("mesh-invalid-weights-count", en, f"{counts[0]} 个变形目标却有 {len(weights)} 个权重",
                          f"{place}/weights")  # fmt: skip
    for place, primitive in look.entries("meshes", "primitives"):
        yield from _primitive(look, primitive, place)


def _primitive(look: Look, primitive: dict[str, Any], place: str) -> Iterator[Problem]:
    attributes = mapped(primitive, "attributes")
    where = f"{place}/attributes"
    if attributes and "POSITION" not in attributes:
        yield Problem("mesh-primitive-no-position", "there is no POSITION", "没有 POSITION 属性", where)
    if "TANGENT" in attributes and "NORMAL" not in attributes:
        yield Problem("mesh-primitive-tangent-without-normal", "TANGENT without NORMAL", "有 TANGENT 但没有 NORMAL",
                      f"{where}/TANGENT")  # fmt: skip
    if ("JOINTS_0" in attributes) != ("WEIGHTS_0" in attributes):
        yield Problem("unsatisfied-dependency", "JOINTS_0 and WEIGHTS_0 need each other",
                      "JOINTS_0 与 WEIGHTS_0 须同时存在", where)  # fmt: skip
    yield from _semantics(attributes, where)
    for name, index in attributes.items():
        yield from _attribute(look, name, index, f"{where}/{fields.step(name)}")
    for number, target in enumerate(listed(primitive, "targets")):
        if isinstance(target, dict):
            yield from _target(look, target, attributes, f"{place}/targets/{number}")
    yield from _corners(look, primitive, place)
    yield from _texcoords(look, primitive, attributes, place)


def _semantics(attributes: dict[str, Any], place: str) -> Iterator[Problem]:
    sets: dict[str, set[int]] = {}
    for name in attributes:
        match = _INDEXED.match(name)
        if match:
            sets.setdefault(match[1], set()).add(int(match[2]))
        elif name not in _FIXED and not name.startswith("_") and ":" not in name:
            en = f"glTF knows no attribute {name[:40]!r}; studios' own begin with _"
            zh = f"glTF 没有属性 {name[:40]!r}；自定义属性须以下划线开头"
            yield Problem("mesh-primitive-invalid-attribute", en, zh, f"{place}/{fields.step(name)}")
    for stem, numbers in sets.items():
        if numbers != set(range(len(numbers))):
            yield Problem("mesh-primitive-indexed-semantic-continuity", f"{stem} sets are not numbered from 0 on",
                          f"{stem} 的编号不是从 0 连续递增", place)  # fmt: skip


def _attribute(look: Look, name: str, index: Any, place: str) -> Iterator[Problem]:
    accessor = look.accessor(index)
    if accessor is None:
        return
    if name == "POSITION" and not (isinstance(accessor.get("min"), list) and isinstance(accessor.get("max"), list)):
        yield Problem("mesh-primitive-position-accessor-without-bounds", "POSITION must state min and max",
                      "POSITION 须声明 min 和 max", place)  # fmt: skip
    if fields.whole(accessor.get("componentType")) == 5125:
        yield Problem("mesh-primitive-attributes-accessor-unsigned-int", "an attribute cannot be of 32 bit integers",
                      "顶点属性不能是 32 位整数", place)  # fmt: skip
    if name.startswith("COLOR_") and fields.whole(accessor.get("componentType")) == 5126:
        values = look.values(index)
        outside = 0 if values is None else look.once(_outside, values)
        if outside:
            yield Problem("accessor-non-clamped", f"{outside:,} colour values lie outside 0..1",
                          f"{outside:,} 个颜色值超出 0..1", place, outside)  # fmt: skip


def _outside(colors: Array) -> int:
    return int(np.count_nonzero((colors < 0) | (colors > 1)))


def _restarts(indices: Array) -> int:
    return int(np.count_nonzero(indices == np.iinfo(indices.dtype).max))


def _target(look: Look, target: dict[str, Any], attributes: dict[str, Any], place: str) -> Iterator[Problem]:
    if not target:
        yield Problem("empty-entity", "the morph target moves nothing", "变形目标为空", place)
    for name, index in target.items():
        where = f"{place}/{fields.step(name)}"
        if name not in attributes:
            yield Problem("mesh-primitive-morph-target-no-base-accessor", f"the primitive has no {name[:40]} to move",
                          f"图元没有可变形的 {name[:40]}", where)  # fmt: skip
        if name not in _FIXED and not _INDEXED.match(name) and not name.startswith("_"):
            yield Problem("mesh-primitive-invalid-attribute", f"glTF knows no morph target of {name[:40]!r}",
                          f"glTF 没有 {name[:40]!r} 变形目标", where)  # fmt: skip
        accessor = look.accessor(index)
        if name == "POSITION" and accessor is not None and ("min" not in accessor or "max" not in accessor):
            yield Problem("mesh-primitive-position-accessor-without-bounds", "POSITION must state min and max",
                          "POSITION 须声明 min 和 max", where)  # fmt: skip


def _corners(look: Look, primitive: dict[str, Any], place: str) -> Iterator[Problem]:
    """Indices, and whether their number fits the mode."""
    indexed = look.accessor(primitive.get("indices"))
    if "indices" in primitive:
        if look.strided(indexed):
            yield Problem("mesh-primitive-indices-accessor-with-bytestride", "indices must not have a stride",
                          "索引不得有 byteStride", f"{place}/indices")  # fmt: skip
        values = look.values(primitive["indices"])
        if values is not None and len(values) and values.dtype.kind == "u":
            restarts = look.once(_restarts, values)
            if restarts:
                yield Problem("accessor-index-primitive-restart", f"{restarts:,} indices restart the primitive",
                              f"{restarts:,} 个索引为图元重启值", f"{place}/indices", restarts)  # fmt: skip
    counted = indexed or look.accessor(mapped(primitive, "attributes").get("POSITION"))
    count, mode = fields.whole((counted or {}).get("count")), fields.whole(primitive.get("mode", 4))
    fits = {1: lambda n: n and n % 2 == 0, 2: lambda n: n > 1, 3: lambda n: n > 1,
            4: lambda n: n and n % 3 == 0, 5: lambda n: n > 2, 6: lambda n: n > 2}  # fmt: skip
    if count is not None and mode in fits and not fits[mode](count):
        yield Problem("mesh-primitive-incompatible-mode", f"{count:,} corners do not make whole shapes of mode {mode}",
                      f"{count:,} 个角点与绘制模式 {mode} 不匹配", place)  # fmt: skip


def _texcoords(look: Look, primitive: dict[str, Any], attributes: dict[str, Any], place: str) -> Iterator[Problem]:
    """UV sets that the material's textures ask for."""
    number = fields.whole(primitive.get("material"))
    materials = listed(look.tree, "materials")
    if number is None or not 0 <= number < len(materials) or not isinstance(materials[number], dict):
        return
    material = materials[number]
    owners = [(material, name, "") for name in _TEXTURES]
    owners += [(mapped(material, "pbrMetallicRoughness"), name, "pbrMetallicRoughness/") for name in _PBR_TEXTURES]
    for owner, name, above in owners:
        texture = owner.get(name)
        if not isinstance(texture, dict):
            continue
        wanted = mapped(mapped(texture, "extensions"), "KHR_texture_transform").get(
            "texCoord", texture.get("texCoord", 0)
        )
        if f"TEXCOORD_{wanted}" not in attributes:
            yield Problem("mesh-primitive-too-few-texcoords", f"{above}{name} needs TEXCOORD_{str(wanted)[:10]}",
                          f"{above}{name} 需要 TEXCOORD_{str(wanted)[:10]}", f"{place}/material")  # fmt: skip
