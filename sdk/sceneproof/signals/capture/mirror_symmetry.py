"""Exact mirror symmetry of the vertices.

What it measures
    The share of vertices that have a partner mirrored in a plane through the middle of the bounding box, across x, y
    or z, whichever has most; partners within about 2e-4 of the diagonal. Modellers work with mirror tools (median 0.92
    on hand-made assets of the development set), captured and generated surfaces are never exact (median 0.00).
Score
    ``1 - share``, towards reconstruction.
Unit
    share of vertices (at most 30,000, chosen by place).
Confounders
    Asymmetric sculpts look captured; simplification breaks exact pairs (0.00 to 0.14, 0.27 to 0.46 were seen); a scene
    of many symmetric objects is not symmetric as a whole; only the file's own axes are tried.
Not evidence of
    generation or capture by itself: it is one part of a weak test "organic, one piece, asymmetric".
"""

from __future__ import annotations

import numpy as np

from sceneproof.derived.welded import world_surface
from sceneproof.findings import Signal
from sceneproof.scene import Array, Scene
from sceneproof.signals._tools import sample

GROUP = "capture"
UNIT = "1"
COST = "normal"
TESTS = ("reconstruction",)

CELL = 2e-4  # of the diagonal
FLAT = 1e-3  # of the diagonal: an extent below which mirroring across it means nothing
FEWEST = 100  # faces


def measure(scene: Scene) -> Signal:
    """The best share over the three planes; value ``None`` below 100 faces."""
    surface = world_surface(scene)
    if len(surface.faces) < FEWEST or not surface.extent:
        return Signal("mirror-symmetry", None, UNIT)
    shares = mirror_shares(surface.positions)
    best = max(shares.values(), default=0.0)
    return Signal(
        "mirror-symmetry", round(best, 4), UNIT, score=round(1 - best, 4), confidence=0.5, detail={"planes": shares}
    )


def mirror_shares(points: Array, limit: int = 30_000) -> dict[str, float]:
    """Axis to share of points with a mirrored partner. Points float64 [shape=(n, 3)]."""
    low, high = points.min(axis=0), points.max(axis=0)
    diagonal = float(np.linalg.norm(high - low))
    centred = (points - (low + high) / 2) / diagonal
    keys = np.sort(_keys(np.floor(centred / CELL)))
    asked = centred[sample(points, limit)]
    shares = {}
    for axis in range(3):
        if (high - low)[axis] < FLAT * diagonal:
            continue
        mirrored = asked.copy()
        mirrored[:, axis] *= -1
        base = np.floor(mirrored / CELL - 0.5)
        found = np.zeros(len(asked), bool)
        for corner in np.ndindex(2, 2, 2):
            wanted = _keys(base + np.array(corner))
            place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            found |= keys[place] == wanted
        shares["xyz"[axis]] = round(float(found.mean()), 4)
    return shares


def _keys(cells: Array) -> Array:
    whole = cells.astype(np.int64) + (1 << 14)  # within 1 / CELL = 5000 cells of the middle
    packed: Array = whole[:, 0] << 32 | whole[:, 1] << 16 | whole[:, 2]
    return packed
