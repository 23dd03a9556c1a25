"""Animations: samplers that fit their channels, and targets that exist (glTF 2.0, section 3.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sceneproof.io._gltf import fields
from sceneproof.scene import Array, Problem

from ._look import Look, item_at, listed, mapped

_WIDTH = {"translation": "VEC3", "rotation": "VEC4", "scale": "VEC3", "weights": "SCALAR"}
UNIT = 5e-3  # length of a key's quaternion, quantised ones included


def check(look: Look) -> Iterator[Problem]:
    """Every sampler once, every channel with the sampler it uses."""
    for place, animation in look.entries("animations"):
        samplers = [item if isinstance(item, dict) else {} for item in listed(animation, "samplers")]
        for number, sampler in enumerate(samplers):
            yield from _sampler(look, sampler, f"{place}/samplers/{number}")
        seen: set[tuple[Any, ...]] = set()
        for number, channel in enumerate(listed(animation, "channels")):
            if isinstance(channel, dict):
                yield from _channel(look, channel, samplers, f"{place}/channels/{number}", seen)


def _sampler(look: Look, sampler: dict[str, Any], place: str) -> Iterator[Problem]:
    times = look.accessor(sampler.get("input"))
    for name in ("input", "output"):
        if look.strided(look.accessor(sampler.get(name))):
            yield Problem("animation-sampler-accessor-with-bytestride", "key times and values must not have a stride",
                          "关键帧数据不得有 byteStride", f"{place}/{name}")  # fmt: skip
    if times is None:
        return
    where = f"{place}/input"
    if (times.get("type"), fields.whole(times.get("componentType"))) != ("SCALAR", 5126) or times.get("normalized"):
        yield Problem("animation-sampler-input-accessor-invalid-format", "key times must be single floats",
                      "关键帧时间须为单精度标量", where)  # fmt: skip
    if "min" not in times or "max" not in times:
        yield Problem("animation-sampler-input-accessor-without-bounds", "key times must state min and max",
                      "关键帧时间须声明 min 和 max", where)  # fmt: skip
    count = fields.whole(times.get("count"))
    if sampler.get("interpolation") == "CUBICSPLINE" and count is not None and count < 2:
        yield Problem("animation-sampler-input-accessor-too-few-elements", "a cubic spline needs two keys",
                      "三次样条至少需要两个关键帧", where)  # fmt: skip
    values = look.values(sampler.get("input"))
    if values is not None and values.shape[1] == 1 and not look.once(_increases, values):
        yield Problem("accessor-animation-input-non-increasing", "key times do not increase", "关键帧时间未递增", where)
    if values is not None and look.once(_least, values) < 0:
        yield Problem("accessor-animation-input-negative", "a key time is negative", "关键帧时间为负", where)


def _channel(
    look: Look, channel: dict[str, Any], samplers: list[dict[str, Any]], place: str, seen: set[tuple[Any, ...]]
) -> Iterator[Problem]:
    target = mapped(channel, "target")
    path, node = target.get("path"), fields.whole(target.get("node"))
    where = f"{place}/target"
    if node is not None and isinstance(path, str):
        if (node, path) in seen:
            yield Problem("animation-duplicate-targets", f"{path} of node {node} is moved by two channels",
                          f"节点 {node} 的 {path} 被两个通道驱动", where)  # fmt: skip
        seen.add((node, path))
    if path == "pointer" and "KHR_animation_pointer" not in listed(look.tree, "extensionsUsed"):
        en = "the path pointer needs KHR_animation_pointer under extensionsUsed"
        yield Problem(
            "value-not-in-list", en, "pointer 路径需要在 extensionsUsed 中列出 KHR_animation_pointer", f"{where}/path"
        )
    moved = item_at(look.tree, "nodes", node)
    morphs = _morphs(look, moved)
    if path == "weights" and moved is not None and not morphs:
        yield Problem("animation-channel-target-node-weights-no-morphs", "moves weights of a node that has no targets",
                      "驱动了没有变形目标的节点的权重", where)  # fmt: skip
    if path in ("translation", "rotation", "scale") and moved is not None and "matrix" in moved:
        yield Problem("animation-channel-target-node-matrix", "moves a node that has a matrix",
                      "驱动了使用 matrix 的节点", f"{where}/path")  # fmt: skip
    if path in ("translation", "rotation", "scale") and moved is not None and "skin" in moved:
        yield Problem("animation-channel-target-node-skin", "moves a node with a skin, which viewers ignore",
                      "驱动了带 skin 的节点，查看器会忽略", f"{where}/path")  # fmt: skip
    number = fields.whole(channel.get("sampler"))
    if number is None:
        return
    if not 0 <= number < len(samplers):
        yield Problem(
            "unresolved-reference", f"there is no sampler {number}", f"没有采样器 {number}", f"{place}/sampler"
        )
        return
    yield from _output(look, samplers[number], path, morphs, f"{place}/sampler")


def _output(look: Look, sampler: dict[str, Any], path: Any, morphs: int, place: str) -> Iterator[Problem]:
    times, output = (look.accessor(sampler.get(name)) for name in ("input", "output"))
    if times is None or output is None or path not in _WIDTH:
        return
    component = fields.whole(output.get("componentType"))
    small = component in (5120, 5121, 5122, 5123) and output.get("normalized") and path in ("rotation", "weights")
    if output.get("type") != _WIDTH[path] or (component != 5126 and not small):
        yield Problem("animation-sampler-output-accessor-invalid-format", f"the keys do not fit {path}",
                      f"关键帧数据格式与 {path} 不符", place)  # fmt: skip
        return
    keys, count = fields.whole(times.get("count")), fields.whole(output.get("count"))
    spline = sampler.get("interpolation") == "CUBICSPLINE"
    wanted = (keys or 0) * (3 if spline else 1) * (morphs or 1 if path == "weights" else 1)
    if keys is not None and count is not None and count != wanted:
        yield Problem("animation-sampler-output-accessor-invalid-count", f"{count:,} values, {wanted:,} are needed",
                      f"有 {count:,} 个值，应为 {wanted:,} 个", place)  # fmt: skip
        return
    values = look.values(sampler.get("output")) if path == "rotation" and component == 5126 else None
    if values is not None and len(values):
        off = look.once(_off_in_splines if spline else _off, values)
        if off:
            yield Problem("accessor-animation-sampler-output-non-normalized-quaternion",
                          f"{off:,} rotation keys are no unit quaternions",
                          f"{off:,} 个旋转关键帧不是单位四元数", place, off)  # fmt: skip


def _increases(times: Array) -> bool:
    return not (np.diff(times.ravel()) <= 0).any()


def _least(times: Array) -> float:
    return float(times.min(initial=0.0))


def _off(turns: Array) -> int:
    """How many quaternions are not of length one."""
    return int(np.count_nonzero(np.abs(np.linalg.norm(turns.astype(np.float64), axis=1) - 1) > UNIT))


def _off_in_splines(turns: Array) -> int:
    return _off(turns[1::3])  # between an in-tangent and an out-tangent


def _morphs(look: Look, node: dict[str, Any] | None) -> int:
    mesh = item_at(look.tree, "meshes", (node or {}).get("mesh"))
    primitives = listed(mesh, "primitives")
    return len(listed(primitives[0], "targets")) if primitives else 0
