"""The connected parts of a surface with most vertices: small beside coarse walls, and with room of their own.

The cell of a surface is chosen for all of it, so a room of large flat walls gets cells in which its furniture is
lost. Each of its finest parts can bear the whole payload as if it were a mesh alone, and is read alone, whatever it was
merged with or taken from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._mesh import Welded, weld
from ._parts import connected
from ._types import Surface

Ints = NDArray[np.int64]

MOST_FINE = 4  # parts of one surface that bear the payload
LOOKED_AT = 6  # parts of all surfaces together that a reader looks at
FEWEST_WRITTEN = 1000  # distinct vertices of a part that is worth writing in
FEWEST_READ = 200  # and of one that is looked at: it may have been simplified
LARGEST = 0.5  # share of the surface's area from which its own cells suit a part as well


def fine_parts(welded: Welded, fewest: int, most: int) -> list[Ints]:
    """Faces of the parts with most vertices, most first; none where the surface is one part."""
    if len(welded.vertices) < 2 * fewest or not len(welded.faces):
        return []
    found = connected(welded)
    if len(found.vertices) < 2:
        return []
    good = (found.vertices >= fewest) & (found.area > 0.0) & (found.area < LARGEST * welded.area)
    order = np.argsort(-found.vertices, kind="stable")
    return [np.flatnonzero(found.of_face == part) for part in order[good[order]][:most]]


def alone(welded: Welded, faces: Ints) -> Welded:
    """A part as a surface of its own."""
    return weld(Surface(welded.vertices, welded.faces[faces]))


def stored(surface: Surface, welded: Welded, faces: Ints) -> tuple[Surface, Ints]:
    """A part with its own stored vertices, and which of the surface's they are; what is fixed stays so."""
    inside = np.zeros(len(welded.vertices), dtype=bool)
    inside[welded.faces[faces].reshape(-1)] = True
    used = (welded.group >= 0) & inside[welded.group]
    corners = np.asarray(surface.faces, dtype=np.int64)
    kept = corners[used[corners].all(axis=1)]
    number = np.cumsum(used) - 1
    fixed = None if surface.fixed is None else np.asarray(surface.fixed, dtype=bool)[used]
    positions = np.ascontiguousarray(np.asarray(surface.positions)[used])
    return Surface(positions, np.ascontiguousarray(number[kept]), fixed), np.flatnonzero(used)
