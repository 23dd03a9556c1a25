"""A turntable scan as fusion software leaves it: marching cubes with noise, colours per vertex, holes and floaters."""

from __future__ import annotations

import numpy as np

from tests.makers.builder import Builder
from tests.makers.samples._scan import colours, jug
from tests.makers.samples._sdf import ball, iso_surface
from tests.makers.shapes import Shape, smooth_noise, unit, vertex_normals

PITCH = 0.0033
FLOATERS = np.array(
    [
        (0.16, 0.22, 0.10),
        (-0.18, 0.26, -0.06),
        (0.09, 0.35, -0.13),
        (-0.03, 0.05, 0.18),
        (0.20, 0.06, -0.03),
        (-0.20, 0.12, 0.10),
    ]
)


def scanned(p: np.ndarray) -> np.ndarray:
    """The objects under depth noise in two bands, with flakes of false surface in the air."""
    d = jug(p)
    near = np.abs(d) < 0.01
    d[near] += 0.0006 * smooth_noise(p[near] * 30, seed=211) + 0.0005 * smooth_noise(p[near] * 110, seed=212)
    for k, centre in enumerate(FLOATERS):
        flake = ball(p, centre, 0.005 + 0.0018 * k)
        near = flake < 0.015
        flake[near] += 0.003 * smooth_noise(p[near] * 90, seed=220 + k)
        d = np.minimum(d, flake)
    return d


def make() -> bytes:
    points, faces = iso_surface(scanned, (-0.215, -0.030, -0.215), (0.215, 0.375, 0.215), PITCH)
    rng = np.random.default_rng(230)
    points = points + vertex_normals(points, faces) * rng.normal(0, 0.00018, (len(points), 1))
    faces = with_holes(points, faces)
    kept, faces = np.unique(faces, return_inverse=True)
    points, faces = np.round(points[kept], 6), faces.reshape(-1, 3).astype(np.uint32)
    tint = np.clip(colours(points) + rng.normal(0, 0.008, (len(points), 3)), 0, 1)
    rgba = np.concatenate([np.rint(tint * 255), np.full((len(points), 1), 255)], 1).astype(np.uint8)
    shape = Shape(points, faces, np.round(vertex_normals(points, faces), 5), colors=rgba)
    b = Builder(rights="CC0-1.0, the sceneproof authors")
    material = b.material("scan", roughness=0.9, doubleSided=True)
    b.node("scan", mesh=b.mesh(shape, material=material, name="scan"))
    return b.glb()


def with_holes(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Faces less those that no camera saw: the underside, the inside of the jug's belly, and three ragged patches."""
    middle = points[faces].mean(axis=1)
    ragged = 0.006 * smooth_noise(middle * 60, seed=231)
    down = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])[:, 1] < 0
    # The underside goes whole; a ragged height alone would leave scraps of it that read as a torn base.
    unseen = (middle[:, 1] + 0.6 * ragged < -0.0165) | (down & (middle[:, 1] < -0.0145))
    inside = (
        (np.hypot(middle[:, 0], middle[:, 2] + 0.02) < 0.040) & (middle[:, 1] + ragged < 0.20) & (middle[:, 1] > 0.02)
    )
    for way, size in (((0.3, 0.35, -0.9), 0.022), ((-0.5, 0.1, -0.85), 0.016), ((0.85, 0.1, 0.5), 0.013)):
        centre = np.array([0, 0.12, -0.02]) + 0.085 * unit(np.array(way))
        inside |= np.linalg.norm(middle - centre, axis=1) + ragged < size
    return faces[~(unseen | inside)]
