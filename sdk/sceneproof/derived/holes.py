"""Holes: loops of boundary edges of the drawn surface, once seams are closed, with length, fill and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sceneproof.kernels.loops import loops

from ._memo import derived
from .pieces import pieces
from .places import SHOWN, folded, pointers, triple
from .welded import world_edges, world_surface

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene

RIM = 0.5  # of its piece's extent: a loop at least as wide is the piece's outer border, no hole in it


@dataclass(frozen=True, eq=False)
class Boundary:
    """The loops of boundary edges, l of them, longest first.

    Attributes
    ----------
    edges, face : int64 [shape=(l,)], number of edges, and a face that one of them bounds.
    length : float64 [shape=(l,)], metres.
    fan, least : float64 [shape=(l,)], m2: area of the fan from the loop's centre, which closes it, and the length of
        the loop's vector area, which no surface that closes it can undercut; equal for a flat convex loop.
    centre : float64 [shape=(l, 3)], mean of the loop by length. radius : float64 [shape=(l,)], metres, about `centre`.
    closed, rim : bool [shape=(l,)]; a chain that does not close stands where three or more faces meet.
    """

    edges: Array
    face: Array
    length: Array
    fan: Array
    least: Array
    centre: Array
    radius: Array
    closed: Array
    rim: Array


@derived
def boundary(scene: Scene) -> Boundary:
    """Every loop of edges that exactly one face of the drawn surface uses."""
    surface, sides, found = world_surface(scene), world_edges(scene), pieces(scene)
    lone = sides.runs[:-1][np.diff(sides.runs) == 1]
    edges = np.stack([sides.low[lone], sides.high[lone]], axis=1)
    vertices, starts, closed = loops(edges)
    if not len(closed):
        none, count = np.zeros(0), np.zeros(0, np.int64)
        return Boundary(count, count, none, none, none, np.zeros((0, 3)), none, closed, closed)
    face = sides.face[lone][_edge_numbers(edges, vertices[starts[:-1]], vertices[starts[:-1] + 1])]
    size = np.diff(starts)
    owner = np.repeat(np.arange(len(size)), size)
    after = np.arange(1, len(vertices) + 1)
    after[starts[1:] - 1] = starts[:-1]
    place, beyond = surface.positions[vertices], surface.positions[vertices[after]]
    step = np.linalg.norm(beyond - place, axis=1)
    step[(starts[1:] - 1)[~closed]] = 0.0  # an open chain has no edge back to its start
    weight = step + 1e-300  # a loop of no length has a centre all the same
    total = np.add.reduceat(weight, starts[:-1])
    centre = np.add.reduceat((place + beyond) / 2 * weight[:, None], starts[:-1], axis=0) / total[:, None]
    spokes = place - centre[owner], beyond - centre[owner]
    areas = np.cross(*spokes) / 2
    fan = np.add.reduceat(np.linalg.norm(areas, axis=1), starts[:-1])
    least = np.linalg.norm(np.add.reduceat(areas, starts[:-1], axis=0), axis=1)
    radius = np.maximum.reduceat(np.linalg.norm(spokes[0], axis=1), starts[:-1])
    rim = 2 * radius >= RIM * found.sizes[found.label[face]]
    length = np.add.reduceat(step, starts[:-1])
    order = np.lexsort((np.arange(len(length)), -length))
    columns = (size - ~closed, face, length, fan, least, centre, radius, closed, rim)
    return Boundary(*(column[order] for column in columns))


@derived
def holes(scene: Scene) -> dict[str, Any]:
    """The ``holes`` object: loops within a piece, longest first, and the outer rims of open pieces counted apart.

    Returns
    -------
    ``count``, ``length_m`` and ``area_m2`` (fans) of all holes; ``largest``: each with ``edges``, ``length_m``,
    ``area_m2``, ``least_area_m2``, ``centre_m``, ``radius_m``, ``pointer``, ``node``; ``more``; ``rims`` and
    ``rim_length_m``; ``open_chains``, which no fill closes.
    """
    found = boundary(scene)
    surface = world_surface(scene)
    hole = np.flatnonzero(~found.rim & found.closed)
    entries = [
        {
            "edges": int(found.edges[n]),
            "length_m": float(found.length[n]),
            "area_m2": float(found.fan[n]),
            "least_area_m2": float(found.least[n]),
            "centre_m": triple(found.centre[n]),
            "radius_m": float(found.radius[n]),
            **pointers(scene, int(surface.part[found.face[n]])),
        }
        for n in hole[:SHOWN]
    ]
    rims = found.rim & found.closed
    return {
        "length_m": float(found.length[hole].sum()),
        "area_m2": float(found.fan[hole].sum()),
        **folded(entries, len(hole)),
        "rims": int(np.count_nonzero(rims)),
        "rim_length_m": float(found.length[rims].sum()),
        "open_chains": int(np.count_nonzero(~found.closed)),
    }


def _edge_numbers(edges: Array, one: Array, other: Array) -> Array:
    """Rows of `edges` (smaller vertex first, sorted) that join the given vertices."""
    base = int(edges.max()) + 1
    keys = edges[:, 0] * base + edges[:, 1]
    return np.searchsorted(keys, np.minimum(one, other) * base + np.maximum(one, other))
