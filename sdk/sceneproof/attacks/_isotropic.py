"""The local steps of isotropic remeshing, each on many places at once that do not touch each other.

Every function takes and gives welded arrays; where the surface is open or not a manifold, the edges there are split and
shortened along themselves but never flipped, and their vertices are not relaxed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ._mesh import area_vectors, edges
from ._subject import Floats, Geometry, Ints
from ._weld import renumber

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Links:
    """What hangs together: edges, their uses, the sides of each face, and who is next to whom (compressed rows)."""

    pairs: Ints
    sides: Ints
    uses: Ints
    keys: Ints
    start: Ints
    neighbour: Ints
    border: Bools


def links(surface: Geometry) -> Links:
    """Edges and neighbours of a surface; `border` marks vertices on an edge of one or of more than two faces."""
    count = len(surface.positions)
    pairs, sides, uses = edges(surface.faces, count)
    ends = np.concatenate([pairs[:, 0], pairs[:, 1]])
    others = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.argsort(ends, kind="stable")
    border = np.zeros(count, dtype=bool)
    border[pairs[uses != 2].reshape(-1)] = True
    start = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=count))])
    return Links(pairs, sides, uses, pairs[:, 0] * count + pairs[:, 1], start, others[order], border)


def lengths(surface: Geometry, pairs: Ints) -> Floats:
    """Of each edge."""
    out: Floats = np.linalg.norm(surface.positions[pairs[:, 0]] - surface.positions[pairs[:, 1]], axis=1)
    return out


def split_long(surface: Geometry, longest: float, rounds: int = 16) -> Geometry:
    """Halve every edge that is longer, until none is."""
    for _ in range(rounds):
        pairs, sides, _ = edges(surface.faces, len(surface.positions))
        cut = lengths(surface, pairs) > longest
        if not cut.any():
            break
        middle = surface.positions[pairs[cut]].mean(axis=1)
        new = np.where(cut, len(surface.positions) + renumber(cut), -1)[sides]  # per side the new vertex, or -1
        surface = Geometry(np.concatenate([surface.positions, middle]), _cut_faces(surface.faces, new))
    return surface


def _cut_faces(faces: Ints, new: Ints) -> Ints:
    """Faces by the number of their cut sides: one, two, three or four for one."""
    cut = new >= 0
    number = cut.sum(axis=1)
    # turn each face so that its first side is cut and, of two, its last side is not
    first = np.where(number == 2, np.where(cut[:, 0] & cut[:, 2], 2, np.argmax(cut, axis=1)), np.argmax(cut, axis=1))
    turn = (first[:, None] + np.arange(3)) % 3
    f, n = np.take_along_axis(faces, turn, axis=1), np.take_along_axis(new, turn, axis=1)
    a, b, c = f.T
    ab, bc, ca = n.T
    one, two, three = number == 1, number == 2, number == 3

    def rows(which: Bools, *columns: Ints) -> Ints:
        return np.stack([column[which] for column in columns], axis=1).reshape(-1, 3)

    return np.concatenate(
        [
            faces[number == 0],
            rows(one, a, ab, c, ab, b, c),
            rows(two, ab, b, bc, a, ab, bc, a, bc, c),
            rows(three, a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca),
        ]
    )


def collapse_short(
    surface: Geometry, shortest: float, longest: float, rng: np.random.Generator, rounds: int = 200
) -> Geometry:
    """Collapse edges that are shorter, where that makes none longer than `longest` and turns no face over.

    Each round takes edges that do not touch each other. While most will do, they are chosen first and looked at then;
    later all are looked at first, so that those that will not do stand in nobody's way.
    """
    count = len(surface.positions)
    closely = False
    for _ in range(rounds):
        net = links(surface)
        size = lengths(surface, net.pairs)
        chosen = np.flatnonzero(size < shortest)
        ends = net.border[net.pairs[chosen]]
        chosen = chosen[~(ends.all(axis=1) & (net.uses[chosen] != 1))]
        if closely:
            chosen = chosen[_collapses(surface, net, chosen, longest)]
        if not len(chosen):
            break
        rank = np.argsort(np.argsort(size[chosen] * rng.uniform(0.75, 1.25, len(chosen)), kind="stable"))
        chosen = chosen[_apart(net, net.pairs[chosen], rank)]
        if not closely:
            fits = _collapses(surface, net, chosen, longest)
            closely = bool(fits.mean() < 0.7)
            chosen = chosen[fits]
        keep, gone = net.pairs[chosen].T
        positions = surface.positions.copy()
        positions[keep] = _meeting_places(surface, net, chosen)
        name = np.arange(count)
        name[gone] = keep
        faces = name[surface.faces]
        faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
        surface = Geometry(positions, faces)
    used = np.zeros(count, dtype=bool)
    used[surface.faces.reshape(-1)] = True
    return Geometry(surface.positions[used], renumber(used)[surface.faces])


def _collapses(surface: Geometry, net: Links, chosen: Ints, longest: float) -> Bools:
    """Whether each edge may be collapsed."""
    good = _link_holds(net, chosen)
    some = chosen[good]
    place = _meeting_places(surface, net, some)
    fits = _stays_short(surface, net, some, place, longest) & _turns_nothing(surface, net, some, place)
    good[np.flatnonzero(good)[~fits]] = False
    return good


def _apart(net: Links, pairs: Ints, rank: Ints) -> Bools:
    """Edges that come before all others within one step of their ends: their faces do not touch."""
    count = len(net.start) - 1
    first = np.full(count, len(rank), np.int64)
    np.minimum.at(first, pairs.reshape(-1), np.repeat(rank, 2))
    around = first.copy()
    owner = np.repeat(np.arange(count), np.diff(net.start))
    np.minimum.at(around, owner, first[net.neighbour])
    return np.asarray((around[pairs] == rank[:, None]).all(axis=1))


def _around(net: Links, vertices: Ints) -> tuple[Ints, Ints]:
    """Row in `vertices` and neighbour, for all neighbours of all of them."""
    degree = net.start[vertices + 1] - net.start[vertices]
    row = np.repeat(np.arange(len(vertices)), degree)
    within = np.arange(len(row)) - np.repeat(np.cumsum(degree) - degree, degree)
    return row, net.neighbour[net.start[vertices][row] + within]


def _known(net: Links, one: Ints, two: Ints) -> Bools:
    """Whether there is an edge between."""
    key = np.minimum(one, two) * (len(net.start) - 1) + np.maximum(one, two)
    at = np.searchsorted(net.keys, key).clip(max=max(len(net.keys) - 1, 0))
    return np.asarray(net.keys[at] == key)


def _link_holds(net: Links, chosen: Ints) -> Bools:
    """The ends share just the corners across (Dey et al. 1999): else the collapse would pinch the surface."""
    a, b = net.pairs[chosen].T
    row, other = _around(net, a)
    shared = np.bincount(row[_known(net, other, b[row]) & (other != b[row])], minlength=len(chosen))
    return np.asarray((shared == net.uses[chosen]) & (net.uses[chosen] <= 2))


def _meeting_places(surface: Geometry, net: Links, chosen: Ints) -> Floats:
    """The middle; where one end alone is on a border, that end."""
    a, b = net.pairs[chosen].T
    share = np.where(net.border[a] == net.border[b], 0.5, np.where(net.border[a], 1.0, 0.0))[:, None]
    out: Floats = share * surface.positions[a] + (1.0 - share) * surface.positions[b]
    return out


def _stays_short(surface: Geometry, net: Links, chosen: Ints, place: Floats, longest: float) -> Bools:
    good = np.ones(len(chosen), dtype=bool)
    for end in net.pairs[chosen].T:
        row, other = _around(net, end)
        far = np.linalg.norm(surface.positions[other] - place[row], axis=1) > longest
        good[row[far]] = False
    return good


def _turns_nothing(surface: Geometry, net: Links, chosen: Ints, place: Floats) -> Bools:
    """No face that stays turns by more than about 75 degrees."""
    faces, count = surface.faces, len(surface.positions)
    flat = faces.reshape(-1)
    order = np.argsort(flat, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=count))])
    good = np.ones(len(chosen), dtype=bool)
    before = area_vectors(surface)
    for end, other in (net.pairs[chosen].T, net.pairs[chosen].T[::-1]):
        degree = start[end + 1] - start[end]
        row = np.repeat(np.arange(len(chosen)), degree)
        corner = order[start[end][row] + np.arange(len(row)) - np.repeat(np.cumsum(degree) - degree, degree)]
        face, slot = np.divmod(corner, 3)
        stays = (faces[face] != other[row][:, None]).all(axis=1)
        face, slot, row = face[stays], slot[stays], row[stays]
        corners = surface.positions[faces[face]]
        corners[np.arange(len(face)), slot] = place[row]
        after = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        cosine = np.einsum("ij,ij->i", after, before[face])
        size = np.linalg.norm(after, axis=1) * np.linalg.norm(before[face], axis=1)
        good[row[~(cosine > 0.25 * size)]] = False
    return good


def flip_edges(surface: Geometry, rng: np.random.Generator, rounds: int = 12) -> Geometry:
    """Flip inner edges where that brings valences nearer to six (four at borders) and turns no face over."""
    for _ in range(rounds):
        net = links(surface)
        one, two, corners = _diamonds(surface.faces, net)
        a, b, c, d = corners.T
        wanted = np.where(net.border, 4, 6)
        excess = np.diff(net.start) - wanted
        gain = sum(np.abs(excess[v]) - np.abs(excess[v] + by) for v, by in ((a, -1), (b, -1), (c, 1), (d, 1)))
        good = (np.asarray(gain) > 0) & (c != d) & ~_known(net, c, d)
        one, two, corners, gain = one[good], two[good], corners[good], np.asarray(gain)[good]
        new = corners[:, [0, 3, 2, 3, 1, 2]].reshape(-1, 2, 3)
        good = _faces_alike(surface, one, two, new)
        one, two, corners, gain, new = one[good], two[good], corners[good], gain[good], new[good]
        if not len(one):
            break
        rank = np.argsort(np.argsort(-gain + rng.uniform(0.0, 0.5, len(gain)), kind="stable"))
        first = np.full(len(surface.positions), len(rank), np.int64)
        np.minimum.at(first, corners.reshape(-1), np.repeat(rank, 4))
        alone = (first[corners] == rank[:, None]).all(axis=1)
        faces = surface.faces.copy()
        faces[one[alone]], faces[two[alone]] = new[alone, 0], new[alone, 1]
        surface = Geometry(surface.positions, faces)
    return surface


def _diamonds(faces: Ints, net: Links) -> tuple[Ints, Ints, Ints]:
    """The two faces of each inner edge, and the vertices [shape=(k, 4)]: the edge a-b as the first face runs it, the
    corner c of the first face, d of the second. Edges whose faces are wound against each other are left out."""
    order = np.argsort(net.sides.reshape(-1), kind="stable")
    inner = order[net.uses[net.sides.reshape(-1)[order]] == 2].reshape(-1, 2)
    (one, side), (two, other) = np.divmod(inner[:, 0], 3), np.divmod(inner[:, 1], 3)
    a, b, c = faces[one, side], faces[one, (side + 1) % 3], faces[one, (side + 2) % 3]
    alike = faces[two, other] == b
    corners = np.stack([a, b, c, faces[two, (other + 2) % 3]], axis=1)
    return one[alike], two[alike], corners[alike]


def _faces_alike(surface: Geometry, one: Ints, two: Ints, new: Ints) -> Bools:
    vectors = area_vectors(surface)
    old = _unit(np.stack([vectors[one], vectors[two]], axis=1))
    corners = surface.positions[new]
    fresh = _unit(np.cross(corners[:, :, 1] - corners[:, :, 0], corners[:, :, 2] - corners[:, :, 0]))
    # every new face within about 60 degrees of both old ones, which then lie within that of each other
    return np.asarray((np.einsum("nik,njk->nij", fresh, old) > 0.5).all(axis=(1, 2)))


def relax(surface: Geometry, share: float) -> Geometry:
    """Slide each vertex that is on no border within its tangent plane towards the mean of its neighbours."""
    net = links(surface)
    count = len(surface.positions)
    owner = np.repeat(np.arange(count), np.diff(net.start))
    degree = np.maximum(np.diff(net.start), 1)[:, None]
    points = surface.positions
    mean = np.stack([np.bincount(owner, points[net.neighbour, k], count) for k in range(3)], axis=1) / degree
    vectors = np.repeat(area_vectors(surface), 3, axis=0)
    around = [np.bincount(surface.faces.reshape(-1), vectors[:, k], count) for k in range(3)]
    normal = _unit(np.stack(around, axis=1).astype(np.float64))
    move = mean - points
    move -= normal * np.einsum("ij,ij->i", move, normal)[:, None]
    move[net.border | (np.diff(net.start) == 0)] = 0.0
    return Geometry(points + share * move, surface.faces)


def _unit(vectors: Floats) -> Floats:
    """Of length 1 along the last axis; without a length they stay 0."""
    out: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-300)
    return out
