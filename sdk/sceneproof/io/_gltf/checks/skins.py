"""Skins (glTF 2.0, section 3.7.3)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sceneproof.io._gltf import fields
from sceneproof.scene import Array, Problem

from ._look import Look, listed

AFFINE = 1e-4  # last row of an inverse bind matrix, as stored by single-precision tools


def check(look: Look) -> Iterator[Problem]:
    """Joints that hang together, and inverse bind matrices that are affine."""
    tops = _tops(_parents(look))
    for place, skin in look.entries("skins"):
        joints = [number for item in listed(skin, "joints") if (number := fields.whole(item)) is not None]
        if len({tops[joint] for joint in joints if 0 <= joint < len(tops)}) > 1:
            yield Problem(
                "skin-no-common-root", "the joints have no common root", "关节没有共同的根节点", f"{place}/joints"
            )
        accessor = look.accessor(skin.get("inverseBindMatrices"))
        where = f"{place}/inverseBindMatrices"
        if look.strided(accessor):
            yield Problem("skin-ibm-accessor-with-bytestride", "inverse bind matrices must not have a stride",
                          "逆绑定矩阵不得有 byteStride", where)  # fmt: skip
        values = look.values(skin.get("inverseBindMatrices")) if accessor else None
        if values is not None and values.shape[1] == 16 and len(values):
            count = look.once(_not_affine, values)
            if count:
                en = f"{count} inverse bind matrices have a last row that is not 0 0 0 1"
                yield Problem("accessor-invalid-ibm", en, f"{count} 个逆绑定矩阵的最后一行不是 0 0 0 1", where, count)


def _parents(look: Look) -> list[int | None]:
    nodes = listed(look.tree, "nodes")
    parents: list[int | None] = [None] * len(nodes)
    for index, node in enumerate(nodes):
        for child in listed(node, "children"):
            number = fields.whole(child)
            if number is not None and 0 <= number < len(nodes):
                parents[number] = index
    return parents


def _tops(parents: list[int | None]) -> list[int]:
    """The root above each node. The reader has refused cycles."""
    tops = [-1] * len(parents)
    for start in range(len(parents)):
        way, node = [], start
        while tops[node] < 0 and (above := parents[node]) is not None:
            way.append(node)
            node = above
        top = tops[node] if tops[node] >= 0 else node
        for passed in (*way, node):
            tops[passed] = top
    return tops


def _not_affine(matrices: Array) -> int:
    """How many matrices have another last row than 0 0 0 1."""
    return int(np.count_nonzero(np.abs(matrices[:, [3, 7, 11, 15]] - np.array([0, 0, 0, 1])).max(axis=1) > AFFINE))
