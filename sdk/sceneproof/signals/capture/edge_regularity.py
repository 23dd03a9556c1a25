"""How regular the triangulation is: valences and edge lengths. A description, not a score.

What it measures
    ``value`` is the share of inner vertices with six neighbours. ``detail`` holds the spread of valences, and the
    coefficient of variation and the quartiles of the edge lengths, metres.
Unit
    share of vertices (welded, whole default scene).
Confounders
    Remeshing, subdivision and decimation set all of these, whatever the origin.
Not evidence of
    anything about origin: the useful direction differed between hand-made and made test sets.
"""

from __future__ import annotations

import numpy as np

from sceneproof.derived.welded import world_edges, world_surface
from sceneproof.findings import Signal
from sceneproof.scene import Scene

GROUP = "capture"
UNIT = "1"
COST = "normal"
TESTS: tuple[str, ...] = ()

FEWEST = 100  # faces


def measure(scene: Scene) -> Signal:
    """Value ``None`` below 100 faces or without an inner vertex."""
    surface = world_surface(scene)
    if len(surface.faces) < FEWEST:
        return Signal("edge-regularity", None, UNIT)
    count = len(surface.positions)
    sides = world_edges(scene)
    starts, uses = sides.runs[:-1], np.diff(sides.runs)
    low, high = sides.low[starts], sides.high[starts]
    valence = np.bincount(low, minlength=count) + np.bincount(high, minlength=count)
    edge = np.zeros(count, bool)
    edge[low[uses == 1]] = edge[high[uses == 1]] = True
    inner = valence[~edge & (valence > 0)]
    lengths = np.linalg.norm(surface.positions[high] - surface.positions[low], axis=1)
    quartiles = np.quantile(lengths, [0.25, 0.5, 0.75])
    return Signal(
        "edge-regularity",
        round(float((inner == 6).mean()), 4) if len(inner) else None,
        UNIT,
        detail={
            "valence_spread": round(float(inner.std()), 4) if len(inner) else None,
            "edge_variation": round(float(lengths.std() / lengths.mean()), 4) if lengths.any() else None,
            "edge_quartiles_m": [float(length) for length in quartiles],
        },
    )
