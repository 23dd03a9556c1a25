"""The sampling lattice that marching cubes leaves in a mesh.

What it measures
    Iso-surface extraction on a cubic grid (Lorensen and Cline 1987) puts every vertex on a grid edge: exactly two of
    its three grid coordinates are whole. The signal looks for such a grid in each of the largest meshes (node-local,
    welded, at most 30,000 vertices of each), in the file's axes and in axes that the edges vote for, fits frame, pitch
    and offset, and counts. ``value`` is f2, the share of vertices with exactly two whole coordinates (within 0.05
    cells): about 0.9 for plain marching cubes and Poisson reconstructions, 0.03 by chance.
Score
    ``clip((f2 + min(f3, 0.15) - 0.2) / 0.4)`` when every axis shows phase (> 0.2), f2 exceeds what three independent
    axes would give by 0.03, and the third coordinate is not snapped too (at most 0.4 of them in one twentieth of a
    cell); else 0. ``detail.strong`` is the rule f2 >= 0.35 and phase >= 0.3 with the same two conditions, which none
    of the 51 hand-made assets of the development set with enough vertices met (95 % bound for the rate of false
    alarms: 5.7 %). It found 8 of 8 turned marching-cubes meshes of 48 and 96 cells, also after 10-bit quantisation and
    after decimation to a half; not after one step of smoothing.
Unit
    share of vertices; ``detail.pitch_m`` in mesh units, ``detail.cells`` across the longest side.
Confounders
    Decimation that moves vertices, smoothing, dual methods (surface nets, dual contouring) and remeshing weaken or
    remove the trace: f2 falls while the phase stays a while. Meshes of repeated coordinates (rows of equal spheres)
    come nearest among modelled ones (f2 0.34). Marching cubes of a volume of only two values puts every vertex halfway
    along its edge and is not told from a snapped grid.
Not evidence of
    generation by AI: scans, computed tomography, Poisson reconstruction and voxel remeshing in sculpting tools leave
    the same trace. Its absence is evidence of nothing.
"""

from __future__ import annotations

import numpy as np

from sceneproof.derived.topology import mark_meshes
from sceneproof.derived.welded import welded
from sceneproof.findings import Signal
from sceneproof.scene import Scene
from sceneproof.signals._tools import clip

from ._lattice import Lattice, find_lattice

GROUP = "capture"
UNIT = "1"
COST = "normal"
TESTS = ("synthesised", "reconstruction")

FEWEST = 500  # vertices below which a share says little
MESHES = 4  # the largest ones
STRONG_SHARE, STRONG_PHASE, EXCESS, CROWDED = 0.35, 0.3, 0.03, 0.4


def measure(scene: Scene) -> Signal:
    """The lattice of the mesh that shows it best; value ``None`` when no mesh has 500 vertices."""
    sizes = [
        (len(welded(scene, mesh).positions), mesh)
        for mesh in range(len(scene.meshes))
        if mesh not in mark_meshes(scene)
    ]
    chosen = [mesh for size, mesh in sorted(sizes, key=lambda item: (-item[0], item[1]))[:MESHES] if size >= FEWEST]
    found = [(lattice, mesh) for mesh in chosen if (lattice := _of(scene, mesh)) is not None]
    if not found:
        value = 0.0 if chosen else None
        return Signal("iso-surface-lattice", value, UNIT, value, detail={"strong": False})
    lattice, mesh = max(found, key=lambda item: (score(item[0]), item[0].quality))
    return Signal(
        "iso-surface-lattice",
        round(lattice.shares[2], 4),
        UNIT,
        score=round(score(lattice), 4),
        confidence=0.9 if is_strong(lattice) else 0.5,
        pointers=(scene.meshes[mesh].pointer,),
        detail={
            "strong": is_strong(lattice),
            "shares": [round(share, 4) for share in lattice.shares],
            "phases": [round(phase, 4) for phase in lattice.phases],
            "expected_f2": round(lattice.expected, 4),
            "crowded": round(lattice.crowded, 4),
            "pitch_m": lattice.pitch,
            "cells": round(lattice.cells, 2),
            "axes": "voted" if lattice.voted else "file",
        },
    )


def score(lattice: Lattice) -> float:
    """0..1 as the page says."""
    if min(lattice.phases) <= 0.2 or not _free(lattice):
        return 0.0
    return clip((lattice.shares[2] + min(lattice.shares[3], 0.15) - 0.2) / 0.4)


def is_strong(lattice: Lattice) -> bool:
    """The strong rule of the page."""
    return _free(lattice) and lattice.shares[2] >= STRONG_SHARE and min(lattice.phases) >= STRONG_PHASE


def _free(lattice: Lattice) -> bool:
    """Whether two coordinates are whole together more than by chance, and the third is anywhere."""
    return lattice.shares[2] > lattice.expected + EXCESS and lattice.crowded <= CROWDED


def _of(scene: Scene, mesh: int) -> Lattice | None:
    surface = welded(scene, mesh)
    whole = np.isfinite(surface.positions[surface.faces]).all(axis=(1, 2))
    used = np.unique(surface.faces[whole])
    if len(used) < FEWEST:
        return None
    return find_lattice(surface.positions[used], np.searchsorted(used, surface.faces[whole]))
