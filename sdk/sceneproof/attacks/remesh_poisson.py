"""Poisson reconstruction from points of the surface.

What it models: a scan of a print, reconstruction from a point cloud.
Definition: 60,000 points uniform by area with the normals of their faces, screened Poisson reconstruction of the given
depth (Open3D, one thread, scale 1.1, linear fit).
Limits: needs Open3D (``sceneproof[reconstruction]``). Openings are closed by smooth lids, open sheets get a back;
detail finer than box / 2^depth is gone.
Source: Kazhdan and Hoppe, "Screened Poisson surface reconstruction", ACM TOG 2013.
"""

from __future__ import annotations

import numpy as np

from ._amount import whole
from ._mesh import area_vectors, unit_frame
from ._open3d import from_mesh, library
from ._subject import AttackError, Floats, Geometry

ID = "remesh-poisson"
KIND = "surface"
AMOUNTS = ("8",)
SUMMARY = {"en": "Poisson reconstruction from 60,000 points", "zh": "由 6 万个采样点作泊松重建"}
POINTS = 60_000


def apply(subject: Geometry, amount: str, rng: np.random.Generator) -> Geometry:
    """The reconstruction, in the old frame."""
    depth = whole(ID, amount, 3, 12)
    o3d = library(ID)
    unit, scale, shift = unit_frame(subject)
    points, normals = sampled(unit, POINTS, rng)
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    cloud.normals = o3d.utility.Vector3dVector(normals)
    mesh, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(
        cloud, depth=depth, linear_fit=True, n_threads=1
    )
    found = from_mesh(mesh)
    if not len(found.faces):
        raise AttackError(f"{ID}: no surface came out at depth {depth}")
    return Geometry(found.positions * scale + shift, found.faces)


def sampled(surface: Geometry, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Points uniform by area and the unit normals of their faces, each float64 [shape=(count, 3)]."""
    vectors = area_vectors(surface)
    sizes = np.linalg.norm(vectors, axis=1)
    total = np.cumsum(sizes)
    face = np.searchsorted(total, rng.uniform(0.0, total[-1], count), side="right").clip(max=len(sizes) - 1)
    u, v = rng.uniform(size=(2, count))
    over = u + v > 1.0
    u, v = np.where(over, 1.0 - u, u), np.where(over, 1.0 - v, v)
    a, b, c = (surface.corners[face, k] for k in range(3))
    return a + u[:, None] * (b - a) + v[:, None] * (c - a), vectors[face] / sizes[face, None]
