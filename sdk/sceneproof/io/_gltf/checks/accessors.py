"""Accessors and buffer views: strides, stated minima and maxima, what normalised may mean (glTF 2.0, section 3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sceneproof.io._gltf import fields
from sceneproof.io._gltf.accessors import COMPONENTS, MESHOPT, WIDTHS, element_bytes
from sceneproof.scene import Array, Problem

from ._look import Look, mapped

SLACK = 1e-6  # of the values' size: writers print fewer digits than a float32 needs; that is no fault to report


def check(look: Look) -> Iterator[Problem]:
    """Every buffer view and accessor."""
    for place, view in look.entries("bufferViews"):
        yield from _view(look, view, place)
    for place, accessor in look.entries("accessors"):
        yield from _fields(look, accessor, place)
        if "min" in accessor or "max" in accessor:
            values = look.values(int(place.rpartition("/")[2]))
            if values is not None and len(values):
                yield from _bounds(accessor, values, place)


def _view(look: Look, view: dict[str, Any], place: str) -> Iterator[Problem]:
    stride = fields.whole(view.get("byteStride"))
    if stride is not None and (stride % 4 or not 4 <= stride <= 252):
        en = f"byteStride {stride} is no multiple of four from 4 to 252"
        yield Problem("buffer-view-invalid-byte-stride", en, f"byteStride {stride} 不是 4 至 252 之间的 4 的倍数",
                      f"{place}/byteStride")  # fmt: skip
    if stride is not None and view.get("target") == 34963:
        en = "a view of indices must not have a stride"
        yield Problem("buffer-view-invalid-byte-stride", en, "索引视图不得有 byteStride", f"{place}/byteStride")
    if any(name in mapped(view, "extensions") for name in MESHOPT):
        return
    number = fields.whole(view.get("buffer"))
    buffers = look.tree.get("buffers")
    known = isinstance(buffers, list) and number is not None and 0 <= number < len(buffers)
    length = fields.whole(view.get("byteLength"))
    if not known or length is None or not isinstance(buffers, list) or number is None:
        return
    stated = fields.whole(buffers[number].get("byteLength")) or 0
    offset = fields.whole(view.get("byteOffset", 0)) or 0
    if offset + length > stated:
        en = f"ends at byte {offset + length:,} of a buffer of {stated:,}"
        where = "byteOffset" if offset >= stated else "byteLength"
        yield Problem("buffer-view-too-long", en, f"结束于第 {offset + length:,} 字节，缓冲区仅有 {stated:,} 字节",
                      f"{place}/{where}")  # fmt: skip


def _fields(look: Look, accessor: dict[str, Any], place: str) -> Iterator[Problem]:
    component = fields.whole(accessor.get("componentType"))
    kind = accessor.get("type")
    if component in (5125, 5126) and accessor.get("normalized"):
        yield Problem("accessor-normalized-invalid", "only 8 and 16 bit integers can be normalised",
                      "仅 8 位和 16 位整数可归一化", f"{place}/normalized")  # fmt: skip
    if "byteOffset" in accessor and "bufferView" not in accessor:
        yield Problem("unsatisfied-dependency", "byteOffset without a bufferView", "byteOffset 缺少 bufferView",
                      f"{place}/byteOffset")  # fmt: skip
    if component in COMPONENTS and kind in WIDTHS:
        packed = element_bytes(str(kind), np.dtype(COMPONENTS[component]).itemsize, WIDTHS[str(kind)])
        stride = fields.whole((look.view(accessor.get("bufferView")) or {}).get("byteStride"))
        if stride is not None and 0 < stride < packed:
            yield Problem("accessor-small-bytestride", f"byteStride {stride} is less than one element ({packed})",
                          f"byteStride {stride} 小于单个元素的 {packed} 字节", place)  # fmt: skip
    sparse = mapped(accessor, "sparse")
    few, count = fields.whole(sparse.get("count")), fields.whole(accessor.get("count"))
    if few is not None and count is not None and few > count:
        yield Problem("accessor-sparse-count-out-of-range", f"{few:,} sparse values for {count:,} elements",
                      f"{count:,} 个元素却有 {few:,} 个稀疏值", f"{place}/sparse/count")  # fmt: skip
    for name in ("indices", "values"):
        view = look.view(mapped(sparse, name).get("bufferView"))
        if view is not None and "byteStride" in view:
            yield Problem("buffer-view-invalid-byte-stride", "a view of sparse data must not have a stride",
                          "稀疏数据的视图不得有 byteStride", f"{place}/sparse/{name}/bufferView")  # fmt: skip


def _bounds(accessor: dict[str, Any], values: Array, place: str) -> Iterator[Problem]:
    """Stated minima and maxima against the values: culling and the start picture are computed from them."""
    width = values.shape[1]
    size = np.abs(values.astype(np.float64)).max(initial=0.0)
    slack = SLACK * size if values.dtype.kind == "f" else 0.0
    for name, word, found in (
        ("min", "min", [values[:, c].min() for c in range(width)]),
        ("max", "max", [values[:, c].max() for c in range(width)]),
    ):
        stated = accessor.get(name)
        if not isinstance(stated, list) or len(stated) != width:
            continue
        for axis, (claim, true) in enumerate(zip(stated, found, strict=True)):
            if isinstance(claim, bool) or not isinstance(claim, int | float) or not np.isfinite(true):
                continue
            if abs(float(claim) - float(true)) > slack:
                en = f"{name} says {claim!r}, the data have {float(true):g}"
                yield Problem(f"accessor-{word}-mismatch", en, f"{name} 为 {claim!r}，实际数据为 {float(true):g}",
                              f"{place}/{name}/{axis}")  # fmt: skip
