"""Triangles that pass through one another, found with a tree of boxes."""

from __future__ import annotations

import numpy as np

from sceneproof.kernels._choice import Array, frozen
from sceneproof.kernels._kernel import kernel
from sceneproof.kernels._tree import LEAF, tree

STACK = 128  # twice the depth of any tree here
TEST = 16  # steps through the tree that comparing two triangles takes as long as
FLAT = 1e-9  # of the product of the lengths: heights and volumes below it count as touching, not crossing


@kernel
def _height(p: Array, q: Array, r: Array, s: Array) -> float:
    """Six times the volume of a tetrahedron; 0 when it is as good as flat."""
    ax, ay, az = q[0] - p[0], q[1] - p[1], q[2] - p[2]
    bx, by, bz = r[0] - p[0], r[1] - p[1], r[2] - p[2]
    cx, cy, cz = s[0] - p[0], s[1] - p[1], s[2] - p[2]
    volume = (ay * bz - az * by) * cx + (az * bx - ax * bz) * cy + (ax * by - ay * bx) * cz
    size = (ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz) * (cx * cx + cy * cy + cz * cz)
    return volume if volume * volume > FLAT * FLAT * size else 0.0


@kernel
def _pierces(p: Array, q: Array, corners: Array) -> bool:
    """Whether the open segment p q goes through the inside of a triangle [shape=(3, 3)]."""
    a, b, c = corners[0], corners[1], corners[2]
    above, below = _height(a, b, c, p), _height(a, b, c, q)
    if above == 0.0 or below == 0.0 or (above > 0.0) == (below > 0.0):
        return False
    x, y, z = _height(p, q, a, b), _height(p, q, b, c), _height(p, q, c, a)
    return (x > 0.0 and y > 0.0 and z > 0.0) or (x < 0.0 and y < 0.0 and z < 0.0)


@kernel
def _cross(one: Array, two: Array) -> bool:
    """Whether two triangles cross: then an edge of one goes through the other."""
    crossed = False
    for k in range(3):
        crossed = crossed or _pierces(one[k], one[(k + 1) % 3], two) or _pierces(two[k], two[(k + 1) % 3], one)
    return crossed


@kernel
def _search(
    corners: Array, faces: Array, queries: Array, nodes: tuple[Array, Array, int], budget: int
) -> tuple[Array, Array, int]:
    """All in the order of the tree, where neighbours in space are neighbours in memory."""
    least, most, leaves = nodes
    count = faces.shape[0]
    partner = np.full(queries.shape[0], -1, np.int64)
    crossings = np.zeros(queries.shape[0], np.int64)
    stack = np.empty(STACK, np.int64)
    low = np.empty(3)
    high = np.empty(3)
    spent = 0
    for turn in range(queries.shape[0]):
        i = queries[turn]
        for k in range(3):
            low[k] = min(corners[i, 0, k], corners[i, 1, k], corners[i, 2, k])
            high[k] = max(corners[i, 0, k], corners[i, 1, k], corners[i, 2, k])
        top = 1
        stack[0] = 0
        while top > 0:
            top -= 1
            node = stack[top]
            spent += 1
            apart = False
            for k in range(3):
                apart = apart or low[k] > most[node, k] or high[k] < least[node, k]
            if apart:
                continue
            if node < leaves - 1:
                stack[top] = 2 * node + 1
                stack[top + 1] = 2 * node + 2
                top += 2
                continue
            begin = (node - leaves + 1) * LEAF
            for j in range(begin, min(begin + LEAF, count)):
                joined = False
                for k in range(3):
                    for m in range(3):
                        joined = joined or faces[i, k] == faces[j, m]
                    x, y, z = corners[j, 0, k], corners[j, 1, k], corners[j, 2, k]
                    joined = joined or low[k] > max(x, y, z) or high[k] < min(x, y, z)
                spent += 1
                if joined:
                    continue
                spent += TEST
                if _cross(corners[i], corners[j]):
                    crossings[turn] += 1
                    if partner[turn] < 0 or j < partner[turn]:
                        partner[turn] = j
        if spent > budget:
            return partner, crossings, turn + 1
    return partner, crossings, queries.shape[0]


def crossings(positions: Array, faces: Array, queries: Array, budget: int) -> tuple[Array, Array, int]:
    """For each queried face, the other faces that cross it.

    Two faces cross when an edge of one goes through the inside of the other. Faces that share a vertex are not
    compared, and faces that only touch, lie in one plane, or meet edge on edge (stacked boxes, exact mirror images) do
    not cross (relative tolerance 1e-9).

    Parameters
    ----------
    positions : float64 [shape=(n, 3)], finite.
    faces : integers [shape=(m, 3)], welded, so that neighbours share vertices.
    queries : integers [shape=(q,)], faces to look at, in this order.
    budget : steps through the tree after which the search ends with the face that it is at.

    Returns
    -------
    partner : int64 [shape=(q,)], one of the faces that cross it, -1 for none.
    counts : int64 [shape=(q,)], how many faces cross it.
    done : how many queries were answered; the rest of both arrays is -1 and 0.
    """
    triangles = frozen(np.asarray(faces).reshape(-1, 3), np.int64)
    if not len(triangles) or not len(queries):
        return np.full(len(queries), -1, np.int64), np.zeros(len(queries), np.int64), len(queries)
    corners = np.asarray(positions, np.float64)[triangles]
    order, least, most, leaves = tree(corners.min(axis=1), corners.max(axis=1))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    sorted_corners, sorted_faces = frozen(corners[order], np.float64), frozen(triangles[order], np.int64)
    asked = frozen(place[queries], np.int64)
    partner, counts, done = _search(sorted_corners, sorted_faces, asked, (least, most, leaves), int(budget))
    partner[partner >= 0] = order[partner[partner >= 0]]
    return partner, counts, int(done)
