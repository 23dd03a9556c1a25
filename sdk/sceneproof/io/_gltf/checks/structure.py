"""What the parts in scope must have: required members, whole arrays, references that lead somewhere, ranges.

Source: the JSON schemas of glTF 2.0, as far as Sceneproof reads them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sceneproof.io._gltf import fields
from sceneproof.io._paths import is_data_uri
from sceneproof.scene import Problem

from ._look import Look


@dataclass(frozen=True)
class Shape:
    """One kind of object: members that must be there, index members and where they lead, ranges, words, inner kinds.

    `lists` are arrays of objects, `parts` single objects; both may not be empty where they stand.
    """

    required: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, str] = field(default_factory=dict)  # arrays of indices
    least: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)  # arrays of numbers and their length
    lists: Mapping[str, Shape] = field(default_factory=dict)
    parts: Mapping[str, Shape] = field(default_factory=dict)


_DATA_URI = re.compile(r"^data:([\w.+-]+/[\w.+-]+(;[\w.+-]+=[^;,]*)*)?(;base64)?,", re.IGNORECASE)
_TYPES = ("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4")
_INDEX_TYPES = (5121, 5123, 5125)
_SPARSE = Shape(
    ("count", "indices", "values"),
    least={"count": 1},
    parts={
        "indices": Shape(("bufferView", "componentType"), {"bufferView": "bufferViews"},
                         words={"componentType": _INDEX_TYPES}),
        "values": Shape(("bufferView",), {"bufferView": "bufferViews"}),
    },
)  # fmt: skip
_TARGET = Shape(
    ("path",), {"node": "nodes"}, words={"path": ("translation", "rotation", "scale", "weights", "pointer")}
)
_CAMERA = {
    "perspective": Shape(("yfov", "znear"), least={"yfov": 1e-9, "znear": 1e-9, "aspectRatio": 1e-9, "zfar": 1e-9}),
    "orthographic": Shape(("xmag", "ymag", "zfar", "znear"), least={"znear": 0.0, "zfar": 1e-9}),
}
SHAPES: Mapping[str, Shape] = {
    "buffers": Shape(("byteLength",), least={"byteLength": 1}),
    "bufferViews": Shape(
        ("buffer", "byteLength"), {"buffer": "buffers"}, least={"byteLength": 1, "byteOffset": 0, "byteStride": 4}
    ),
    "accessors": Shape(
        ("componentType", "count", "type"), {"bufferView": "bufferViews"}, least={"count": 1, "byteOffset": 0},
        words={"type": _TYPES, "componentType": (5120, 5121, 5122, 5123, 5125, 5126)}, parts={"sparse": _SPARSE},
    ),
    "meshes": Shape(
        ("primitives",),
        lists={
            "primitives": Shape(
                ("attributes",), {"indices": "accessors", "material": "materials"},
                words={"mode": tuple(range(7))}, parts={"attributes": Shape()}, lists={"targets": Shape()},
            )
        },
    ),
    "nodes": Shape(
        (), {"mesh": "meshes", "skin": "skins", "camera": "cameras"}, many={"children": "nodes"},
        numbers={"matrix": 16, "translation": 3, "rotation": 4, "scale": 3},
    ),
    "scenes": Shape((), many={"nodes": "nodes"}),
    "skins": Shape(
        ("joints",), {"skeleton": "nodes", "inverseBindMatrices": "accessors"}, many={"joints": "nodes"}
    ),
    "animations": Shape(
        ("channels", "samplers"),
        lists={
            "channels": Shape(("sampler", "target"), parts={"target": _TARGET}),
            "samplers": Shape(
                ("input", "output"), {"input": "accessors", "output": "accessors"},
                words={"interpolation": ("LINEAR", "STEP", "CUBICSPLINE")},
            ),
        },
    ),
    "images": Shape((), {"bufferView": "bufferViews"}),
    "textures": Shape((), {"source": "images", "sampler": "samplers"}),
    "cameras": Shape(("type",), words={"type": ("perspective", "orthographic")}, parts=_CAMERA),
}  # fmt: skip


def check(look: Look) -> Iterator[Problem]:
    """Walk `SHAPES` over the document."""
    tree = look.tree
    counts = {name: len(value) for name, value in tree.items() if isinstance(value, list)}
    for kind in ("buffers", "images"):
        for place, entry in look.entries(kind):
            uri = entry.get("uri")
            if isinstance(uri, str) and is_data_uri(uri) and not _DATA_URI.match(uri[:256]):
                yield Problem(
                    "invalid-uri", "the data URI's head is malformed", "data URI 的头部格式错误", f"{place}/uri"
                )
    if "scene" in tree:
        yield from _reference(tree["scene"], "scenes", counts, "/scene")
    for name, shape in SHAPES.items():
        if name in tree:
            yield from _list(tree[name], shape, f"/{name}", counts)
    used, required = (tree.get(name) for name in ("extensionsUsed", "extensionsRequired"))
    for number, name in enumerate(required if isinstance(required, list) else []):
        if not isinstance(used, list) or name not in used:
            en = f"extension {str(name)[:60]} is required but not listed as used"
            zh = f"扩展 {str(name)[:60]} 被要求但未列入 extensionsUsed"
            yield Problem("unused-extension-required", en, zh, f"/extensionsRequired/{number}")
    quantized = "KHR_mesh_quantization"
    if isinstance(used, list) and quantized in used and not (isinstance(required, list) and quantized in required):
        en = f"{quantized} is used but not required; readers without it would show other positions"
        zh = f"使用了 {quantized} 但未列为必需；不支持的读取器会得到错误的位置"
        yield Problem("non-required-extension", en, zh, f"/extensionsUsed/{used.index(quantized)}")


def _list(value: Any, shape: Shape, place: str, counts: Mapping[str, int]) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _type(place, "an array", "数组")
        return
    if not value:
        yield _empty(place)
    for number, item in enumerate(value):
        yield from _object(item, shape, f"{place}/{number}", counts)


def _object(value: Any, shape: Shape, place: str, counts: Mapping[str, int]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _type(place, "an object", "对象")
        return
    for name in shape.required:
        if name not in value:
            yield Problem("undefined-property", f"{name} is missing", f"缺少 {name}", place)
    for name, target in shape.references.items():
        if name in value:
            yield from _reference(value[name], target, counts, f"{place}/{name}")
    for name, target in shape.many.items():
        if name in value:
            yield from _indices(value[name], target, counts, f"{place}/{name}")
    for name, bound in shape.least.items():
        if name in value:
            yield from _range(value[name], bound, f"{place}/{name}")
    for name, words in shape.words.items():
        if name in value and (isinstance(value[name], bool | list | dict) or value[name] not in words):
            en = f"{name} is {str(value[name])[:40]!r}, which glTF does not know"
            yield Problem(
                "value-not-in-list", en, f"{name} 的值 {str(value[name])[:40]!r} 不在规定范围", f"{place}/{name}"
            )
    for name, size in shape.numbers.items():
        if name in value:
            yield from _vector(value[name], size, f"{place}/{name}")
    for name, inner in shape.lists.items():
        if name in value:
            yield from _list(value[name], inner, f"{place}/{name}", counts)
    for name, inner in shape.parts.items():
        if name in value:
            if value[name] == {} and name == "attributes":
                yield _empty(f"{place}/{name}")
            yield from _object(value[name], inner, f"{place}/{name}", counts)


def _indices(value: Any, target: str, counts: Mapping[str, int], place: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _type(place, "an array", "数组")
        return
    if not value:
        yield _empty(place)
    seen: set[Any] = set()
    for number, item in enumerate(value):
        yield from _reference(item, target, counts, f"{place}/{number}")
        if isinstance(item, int) and item in seen:
            yield Problem("array-duplicate-elements", f"{item} stands twice", f"{item} 重复出现", f"{place}/{number}")
        if isinstance(item, int):
            seen.add(item)


def _reference(value: Any, target: str, counts: Mapping[str, int], place: str) -> Iterator[Problem]:
    number = fields.whole(value)
    if number is None:
        yield _type(place, "a whole number", "整数")
    elif not 0 <= number < counts.get(target, 0):
        en = f"{number} leads nowhere: there are {counts.get(target, 0)} {target}"
        yield Problem("unresolved-reference", en, f"引用 {number} 无效：{target} 共 {counts.get(target, 0)} 个", place)


def _range(value: Any, bound: float, place: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield _type(place, "a number", "数字")
    elif not bound <= value < math.inf:
        en = (
            f"{value!r} is out of range, at least {bound:g} is needed" if bound > 1e-6 else f"{value!r} is out of range"
        )
        yield Problem("value-not-in-range", en, f"数值 {value!r} 超出范围", place)


def _vector(value: Any, size: int, place: str) -> Iterator[Problem]:
    if not isinstance(value, list) or len(value) != size:
        yield _type(place, f"an array of {size} numbers", f"{size} 个数字")


def _type(place: str, en: str, zh: str) -> Problem:
    return Problem("type-mismatch", f"must be {en}", f"必须是{zh}", place)


def _empty(place: str) -> Problem:
    return Problem("empty-entity", "is empty; leave it out", "为空，应省略", place)
