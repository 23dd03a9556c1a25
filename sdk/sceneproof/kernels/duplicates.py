"""Vertices at exactly the same place: equal float32 coordinates, where -0 equals +0 and NaN equals nothing."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, compiled, frozen
from sceneproof.kernels._kernel import kernel

PATIENCE = 64  # mean probes per vertex before a crafted file's collisions send the work to the sorting path


@kernel
def _hash_weld(bits: Array, lonely: Array) -> tuple[Array, int]:
    count = bits.shape[0]
    size = 16
    while size < 2 * count:
        size *= 2
    mask = size - 1
    table = np.full(size, -1, np.int64)
    first = np.empty(count, np.int64)  # vertex that each id stands for
    ids = np.empty(count, np.int64)
    found = 0
    probes = 0
    for v in range(count):
        x, y, z = bits[v, 0], bits[v, 1], bits[v, 2]
        slot = np.int64(-1)
        if not lonely[v]:
            # Multiplicative mixing of the three words, then the finaliser of MurmurHash3 (Appleby, public domain).
            h = np.uint64(x) * np.uint64(0x9E3779B97F4A7C15)
            h = (h ^ np.uint64(y)) * np.uint64(0xC2B2AE3D27D4EB4F)
            h = (h ^ np.uint64(z)) * np.uint64(0x165667B19E3779F9)
            h ^= h >> np.uint64(33)
            h *= np.uint64(0xFF51AFD7ED558CCD)
            h ^= h >> np.uint64(33)
            slot = np.int64(h & np.uint64(mask))
            while table[slot] >= 0:
                other = first[table[slot]]
                if bits[other, 0] == x and bits[other, 1] == y and bits[other, 2] == z:
                    break
                slot = np.int64((slot + 1) & mask)
                probes += 1
            if probes > PATIENCE * (count + 16):
                return ids, -1
        if slot >= 0 and table[slot] >= 0:
            ids[v] = table[slot]
        else:
            if slot >= 0:
                table[slot] = found
            first[found] = v
            ids[v] = found
            found += 1
    return ids, found


def weld(positions: Array) -> tuple[Array, int]:
    """Number the distinct positions in the order of their first vertices.

    Parameters
    ----------
    positions : float32 [shape=(n, 3)]; other types are rounded to float32 first.

    Returns
    -------
    ids : int64 [shape=(n,)], the same number for vertices at the same place; a vertex with NaN has its own.
    count : how many numbers there are; ``n - count`` vertices are duplicates.
    """
    bits, lonely = _bits(positions)
    if compiled(len(bits)):
        ids, count = _hash_weld(bits, lonely)
        if count >= 0:
            return ids, count
    return _sort_weld(bits, lonely)


def _bits(positions: Array) -> tuple[Array, Array]:
    points = np.asarray(positions, np.float32).reshape(-1, 3) + np.float32(0)  # -0 + 0 is +0
    lonely = np.isnan(points)
    return frozen(points.view(np.uint32), np.uint32), frozen(lonely[:, 0] | lonely[:, 1] | lonely[:, 2], np.bool_)


def _sort_weld(bits: Array, lonely: Array) -> tuple[Array, int]:
    count = len(bits)
    if not count:
        return np.zeros(0, np.int64), 0
    plane = bits[:, 0].astype(np.uint64) << np.uint64(32) | bits[:, 1]
    order = np.lexsort((bits[:, 2], plane))  # stable, so the first of each group is its first vertex
    new = np.ones(count, bool)
    new[1:] = (plane[order][1:] != plane[order][:-1]) | (bits[order, 2][1:] != bits[order, 2][:-1]) | lonely[order][1:]
    first = np.empty(count, np.int64)
    first[order] = order[np.flatnonzero(new)[np.cumsum(new) - 1]]
    leads = first == np.arange(count)
    return (np.cumsum(leads) - 1)[first], int(np.count_nonzero(leads))
