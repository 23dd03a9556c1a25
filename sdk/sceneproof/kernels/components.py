"""Connected components by union-find; each component is known by its smallest member."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel


@kernel
def find(parent: Array, item: int) -> int:
    """Root of an item; halves the path on the way (Tarjan and van Leeuwen 1984)."""
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


@kernel
def union(parent: Array, first: int, second: int) -> None:
    """Join two items under the smaller root, so that the result does not depend on the order of the joins."""
    first, second = find(parent, first), find(parent, second)
    if first < second:
        parent[second] = first
    elif second < first:
        parent[first] = second


@kernel
def _roots(links: Array, count: int) -> Array:
    parent = np.arange(count)
    for row in range(links.shape[0]):
        union(parent, links[row, 0], links[row, 1])
    for item in range(count):
        parent[item] = find(parent, item)
    return parent


def roots(links: Array, count: int) -> Array:
    """Smallest member of each item's component.

    Parameters
    ----------
    links : integers [shape=(k, 2)], pairs of joined items, each in ``0 .. count - 1``.
    count : number of items.

    Returns
    -------
    int64 [shape=(count,)].
    """
    links = frozen(np.asarray(links).reshape(-1, 2), np.int64)
    if compiled(len(links)):
        return _roots(links, count)
    return _roots_numpy(links, count)


def _roots_numpy(links: Array, count: int) -> Array:
    """The same by hooking the larger root to the smaller and pointer jumping, a few rounds over all links."""
    parent = np.arange(count, dtype=np.int64)
    first, second = links[:, 0], links[:, 1]
    while len(first):
        a, b = parent[first], parent[second]
        np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above
        apart = parent[first] != parent[second]
        first, second = first[apart], second[apart]
    return parent
