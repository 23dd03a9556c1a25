"""Isotropic remeshing: edges of one length.

What it models: retopology, remeshing before simulation, printing or sculpting.
Definition: four iterations on edges of length L, the given percent of the bounding-box diagonal: split edges longer
than 4/3 L, collapse those shorter than 4/5 L, flip edges towards valence six, relax tangentially (two half steps), go
back to the nearest point of the surface.
Limits: needs Open3D (``sceneproof[reconstruction]``) for the nearest points. Sharp edges are not kept as such; borders
are split and shortened but not relaxed. Features smaller than L go.
Source: Botsch and Kobbelt, "A remeshing approach to multiresolution modeling", SGP 2004, section 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ._amount import number
from ._isotropic import collapse_short, flip_edges, links, relax, split_long
from ._mesh import area_vectors, unit_frame
from ._open3d import library
from ._subject import AttackError, Geometry

ID = "remesh-isotropic"
KIND = "surface"
AMOUNTS = ("0.7", "1.5")
SUMMARY = {"en": "remeshed to edges of so many percent of the diagonal", "zh": "各向同性重网格化，边长为对角线的百分比"}
ITERATIONS = 4
MOST_FACES = 4_000_000


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """The remeshed surface, in the old frame."""
    share = number(ID, amount, 0.01, 50.0) / 100.0
    o3d = library(ID)
    unit, scale, shift = unit_frame(subject)
    length = share * unit.diagonal
    area = float(np.linalg.norm(area_vectors(unit), axis=1).sum())
    if area / (0.433 * length**2) > MOST_FACES:
        raise AttackError(f"{ID}: edges of {amount} % would make more than {MOST_FACES:,} faces")
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(unit.positions.astype(np.float32), unit.faces.astype(np.uint32))
    now = unit
    for _ in range(ITERATIONS):
        now = split_long(now, 4.0 / 3.0 * length)
        now = collapse_short(now, 0.8 * length, 4.0 / 3.0 * length, rng)
        now = flip_edges(now, rng)
        now = _projected(scene, relax(relax(now, 0.5), 0.5))
    return Geometry(now.positions * scale + shift, now.faces)


def _projected(scene: Any, surface: Geometry) -> Geometry:
    """Vertices that are on no border go to the nearest point of the old surface (float32 at unit size)."""
    near = scene.compute_closest_points(surface.positions.astype(np.float32))["points"].numpy().astype(np.float64)
    return Geometry(np.where(links(surface).border[:, None], surface.positions, near), surface.faces)
