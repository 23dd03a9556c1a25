"""Nodes and cameras (glTF 2.0, sections 3.5 and 3.10)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from sceneproof.io._gltf import fields
from sceneproof.scene import Problem

from ._look import Look, item_at, listed, mapped

_MOVES = ("translation", "rotation", "scale")
UNIT = 2e-3  # a rotation's length may be off by this: float32 of several tools in a row


def check(look: Look) -> Iterator[Problem]:
    """Transforms, skins and weights of nodes; near and far planes."""
    for place, node in look.entries("nodes"):
        yield from _transform(node, place)
        yield from _mesh(look, node, place)
    for place, camera in look.entries("cameras"):
        for kind in ("perspective", "orthographic"):
            inner = mapped(camera, kind)
            near, far = inner.get("znear"), inner.get("zfar")
            if isinstance(near, int | float) and isinstance(far, int | float) and far <= near:
                yield Problem("camera-zfar-lequal-znear", f"zfar {far!r} is not beyond znear {near!r}",
                              f"zfar {far!r} 不大于 znear {near!r}", f"{place}/{kind}")  # fmt: skip
        if len([kind for kind in ("perspective", "orthographic") if kind in camera]) > 1:
            yield Problem("one-of-mismatch", "is both perspective and orthographic", "同时为透视和正交相机", place)


def _transform(node: dict[str, Any], place: str) -> Iterator[Problem]:
    if "matrix" in node and any(name in node for name in _MOVES):
        yield Problem("node-matrix-trs", "has a matrix and also translation, rotation or scale; the matrix is taken",
                      "同时有 matrix 和平移、旋转或缩放；以 matrix 为准", place)  # fmt: skip
    rotation = node.get("rotation")
    if isinstance(rotation, list) and len(rotation) == 4 and all(isinstance(item, int | float) for item in rotation):
        length = math.hypot(*rotation)
        if length > 1e-12 and abs(length - 1) > UNIT:  # one without length is told by the reader
            yield Problem("rotation-non-unit", f"the rotation has length {length:.4g}, not 1; it is normalised",
                          f"旋转四元数长度为 {length:.4g}，应为 1；按归一化处理", f"{place}/rotation")  # fmt: skip


def _mesh(look: Look, node: dict[str, Any], place: str) -> Iterator[Problem]:
    mesh = item_at(look.tree, "meshes", node.get("mesh"))
    primitives = [item for item in listed(mesh, "primitives") if isinstance(item, dict)]
    if "skin" in node:
        if "mesh" not in node:
            yield Problem("unsatisfied-dependency", "has a skin but no mesh", "有 skin 但没有 mesh", f"{place}/skin")
        elif primitives and not any("JOINTS_0" in mapped(item, "attributes") for item in primitives):
            yield Problem("node-skin-with-non-skinned-mesh", "has a skin, but its mesh has no JOINTS_0",
                          "有 skin，但网格没有 JOINTS_0", place)  # fmt: skip
    elif any("JOINTS_0" in mapped(item, "attributes") for item in primitives):
        yield Problem("node-skinned-mesh-without-skin", "its mesh has joints, but the node has no skin",
                      "网格带有关节，但节点没有 skin", place)  # fmt: skip
    if "weights" in node:
        weights, targets = node["weights"], len(listed(primitives[0], "targets")) if primitives else 0
        if "mesh" not in node:
            yield Problem(
                "unsatisfied-dependency", "has weights but no mesh", "有 weights 但没有 mesh", f"{place}/weights"
            )
        elif isinstance(weights, list) and len(weights) != targets:
            yield Problem("node-weights-invalid", f"{len(weights)} weights for {targets} morph targets",
                          f"{targets} 个变形目标却有 {len(weights)} 个权重", f"{place}/weights")  # fmt: skip
    if fields.whole(node.get("mesh")) is not None and mesh is not None and mesh.get("primitives") == []:
        yield Problem("empty-entity", "its mesh has no primitives", "网格没有图元", place)
