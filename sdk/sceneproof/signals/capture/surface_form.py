"""The form of the whole surface: pieces, flat and sharp neighbours, repeated coordinates.

What it measures
    ``value`` is log10(faces per connected piece). ``detail`` holds the share of neighbouring faces that are coplanar
    (dihedral angle below 0.3 degrees) and sharp (above 35 degrees), the smallest share of distinct coordinates over
    the three axes, and the share of faces in the largest piece. Scenes built by hand are many parts, with flat sides,
    sharp edges and repeated coordinates; captured surfaces are one piece and organic.
Score
    ``clip((value - 2) / 3)``, towards reconstruction.
Unit
    log10 of faces per piece (welded at 1e-6 of the extent, whole default scene).
Confounders
    Any sculpt on one piece looks the same; decimation makes flat faces; marching cubes repeats coordinates.
Not evidence of
    generation by AI.
"""

from __future__ import annotations

import numpy as np

from sceneproof.derived.welded import Surface, world_edges, world_surface
from sceneproof.findings import Signal
from sceneproof.kernels.topology import HalfEdges, edge_topology
from sceneproof.scene import Scene
from sceneproof.signals._tools import clip, face_pairs, unit_normals

GROUP = "capture"
UNIT = "log10(faces/piece)"
COST = "normal"
TESTS = ("reconstruction",)

FEWEST = 100  # faces
COPLANAR, SHARP = np.cos(np.radians(0.3)), np.cos(np.radians(35))


def measure(scene: Scene) -> Signal:
    """Value ``None`` below 100 faces."""
    surface = world_surface(scene)
    if len(surface.faces) < FEWEST:
        return Signal("surface-form", None, UNIT)
    pieces = edge_topology(surface.faces, len(surface.positions))
    value = float(np.log10(len(surface.faces) / max(pieces.components, 1)))
    labels = pieces.labels[pieces.labels >= 0]
    largest = float(np.bincount(labels).max() / len(labels)) if len(labels) else 0.0
    return Signal(
        "surface-form",
        round(value, 4),
        UNIT,
        score=round(clip((value - 2) / 3), 4),
        confidence=0.4,
        detail={
            "pieces": pieces.components,
            "largest_piece": round(largest, 4),
            **_angles(surface, world_edges(scene)),
            "distinct": round(_distinct(surface), 4),
        },
    )


def _angles(surface: Surface, sides: HalfEdges) -> dict[str, float]:
    pairs = face_pairs(sides)
    if not len(pairs):
        return {"coplanar": 0.0, "sharp": 0.0}
    normals = unit_normals(surface.positions, surface.faces)
    # Faces of opposed winding meet at the same fold: the angle counts without its sign.
    cosine = np.abs(np.einsum("ij,ij->i", normals[pairs[:, 0]], normals[pairs[:, 1]]))
    return {"coplanar": round(float((cosine > COPLANAR).mean()), 4), "sharp": round(float((cosine < SHARP).mean()), 4)}


def _distinct(surface: Surface) -> float:
    low = surface.positions.min(axis=0)
    steps = np.rint((surface.positions - low) / (1e-6 * surface.extent or 1.0)).astype(np.int64)
    return min(len(np.unique(steps[:, axis])) for axis in range(3)) / len(steps)
