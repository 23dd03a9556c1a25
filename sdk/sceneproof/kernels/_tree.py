"""A tree of boxes over items sorted along a Morton curve, whole in three arrays: no pointers, no recursion.

Nodes are numbered as in a heap: the children of node ``n`` are ``2 n + 1`` and ``2 n + 2``; the leaves, each of `LEAF`
items, are the last power of two (Karras 2012 sorts likewise; the balanced shape here needs no search for splits).
"""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, frozen
from sceneproof.kernels._kernel import kernel

LEAF = 4


@kernel
def _fill(low: Array, high: Array, order: Array, leaves: int) -> tuple[Array, Array]:
    count = order.shape[0]
    boxes = 2 * leaves - 1
    least = np.full((boxes, 3), np.inf)
    most = np.full((boxes, 3), -np.inf)
    for i in range(count):
        node = leaves - 1 + i // LEAF
        for k in range(3):
            least[node, k] = min(least[node, k], low[order[i], k])
            most[node, k] = max(most[node, k], high[order[i], k])
    for node in range(leaves - 2, -1, -1):
        for k in range(3):
            least[node, k] = min(least[2 * node + 1, k], least[2 * node + 2, k])
            most[node, k] = max(most[2 * node + 1, k], most[2 * node + 2, k])
    return least, most


def morton_order(points: Array) -> Array:
    """Row numbers of float64 points [shape=(n, 3)], finite, along a Morton curve of 21 bits an axis; stable.

    The curve runs through ranks, not places: one stray point far away would else put all others into one cell.
    """
    code = np.zeros(len(points), np.uint64)
    for axis in range(3):
        names, rank = np.unique(points[:, axis], return_inverse=True)
        scale = (2**21 - 1) / max(len(names) - 1, 1)
        code |= _spread((rank.ravel() * scale).astype(np.uint64)) << np.uint64(axis)
    order: Array = np.argsort(code, kind="stable").astype(np.int64)
    return order


def _spread(word: Array) -> Array:
    """The lowest 21 bits of each word, two zero bits after each."""
    word = word & np.uint64(0x1FFFFF)
    for shift, mask in (
        (32, 0x1F00000000FFFF),
        (16, 0x1F0000FF0000FF),
        (8, 0x100F00F00F00F00F),
        (4, 0x10C30C30C30C30C3),
        (2, 0x1249249249249249),
    ):
        word = (word | word << np.uint64(shift)) & np.uint64(mask)
    return word


def tree(low: Array, high: Array) -> tuple[Array, Array, Array, int]:
    """Boxes over items, whose own boxes have the corners `low` and `high`, float64 [shape=(n, 3)], n > 0, finite.

    Returns the order of the items, the lower and upper corners of the nodes, and the number of leaves.
    """
    order = morton_order((low + high) / 2)
    leaves = 1 << max(0, (-(-len(order) // LEAF) - 1).bit_length())
    order = frozen(order, np.int64)
    least, most = _fill(frozen(low, np.float64), frozen(high, np.float64), order, leaves)
    return order, frozen(least, np.float64), frozen(most, np.float64), leaves
