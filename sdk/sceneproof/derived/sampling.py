"""How densely a surface is sampled: vertices per area, and the lengths of its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._memo import derived
from .pieces import pieces
from .places import pointers, triple
from .welded import world_edges, world_surface

if TYPE_CHECKING:
    from sceneproof.scene import Array, Scene

MANY = 100  # faces of a part below which its density says little
LONG = 10.0  # times the median length: an edge that bridges what was not captured


@derived
def sampling(scene: Scene) -> dict[str, Any] | None:
    """The ``sampling`` object of the drawn surface, seams closed; ``None`` without faces.

    Returns
    -------
    ``vertices_per_m2``; ``edge_m`` with ``p05``, ``median``, ``p95`` and ``variation`` (standard deviation over
    mean: about 0.2 for remeshed surfaces, 0.3 to 0.6 for scans, above 1 for built ones); ``long_edges`` (more than ten
    medians: what bridges a gap) with the ``longest`` and its place; ``sparsest`` and ``densest`` part by triangles per
    m2, where several have at least 100 faces.
    """
    surface, sides, found = world_surface(scene), world_edges(scene), pieces(scene)
    if not len(surface.faces):
        return None
    lead = sides.runs[:-1]
    low, high = surface.positions[sides.low[lead]], surface.positions[sides.high[lead]]
    length = np.linalg.norm(high - low, axis=1)
    area = float(found.area.sum())
    p05, median, p95 = (float(x) for x in np.percentile(length, (5, 50, 95)))
    mean, worst = float(length.mean()), int(length.argmax())
    return {
        "vertices_per_m2": len(surface.positions) / area if area > 0 else None,
        "edge_m": {
            "p05": p05,
            "median": median,
            "p95": p95,
            "variation": float(length.std()) / mean if mean > 0 else None,
        },
        "long_edges": {
            "count": int(np.count_nonzero(length > LONG * median)),
            "longest_m": float(length[worst]),
            "centre_m": triple((low[worst] + high[worst]) / 2),
            **pointers(scene, int(surface.part[sides.face[lead[worst]]])),
        },
        **_extremes(scene, surface.part, found.area),
    }


def _extremes(scene: Scene, part: Array, area: Array) -> dict[str, Any]:
    """The parts with the fewest and the most triangles per m2."""
    faces, areas = np.bincount(part), np.bincount(part, area)
    chosen = np.flatnonzero((faces >= MANY) & (areas > 0))
    if len(chosen) < 2:
        return {"sparsest": None, "densest": None}
    density = faces[chosen] / areas[chosen]
    return {
        name: {"triangles_per_m2": float(density[n]), **pointers(scene, int(chosen[n]))}
        for name, n in (("sparsest", density.argmin()), ("densest", density.argmax()))
    }
