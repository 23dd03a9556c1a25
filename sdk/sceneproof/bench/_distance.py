"""How far two surfaces lie apart, by points spread over each of them, however they are triangulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sceneproof.derived.bridges import open3d

if TYPE_CHECKING:
    from sceneproof.scene import Array

SAMPLES = 100_000


@dataclass(frozen=True)
class Apart:
    """Both as fractions of the bounding-box diagonal of the first surface.

    Attributes
    ----------
    mrms : the greater of the two root mean square distances, from the first to the second and back.
    hausdorff : the greatest distance of any sample, either way: a lower bound of the Hausdorff distance.
    """

    mrms: float
    hausdorff: float


def apart(first: tuple[Array, Array], second: tuple[Array, Array], samples: int = SAMPLES, seed: int = 0) -> Apart:
    """Compare two triangle surfaces, each (positions [shape=(n, 3)], faces [shape=(m, 3)]).

    Source: Cignoni, Rocchini and Scopigno 1998 (Metro), sections 2 and 3, with points drawn uniformly by area.
    Raises `MissingExtraError` without Open3D, which finds the nearest point of a surface.
    """
    low = first[0][np.unique(first[1])].min(axis=0)
    diagonal = float(np.linalg.norm(first[0][np.unique(first[1])].max(axis=0) - low))
    scaled = [((positions - low) / diagonal, faces) for positions, faces in (first, second)]
    rng = np.random.default_rng(seed)
    ways = []
    for here, there in (scaled, scaled[::-1]):
        points = spread(here[0], here[1], samples, rng)
        ways.append(distances(points, there[0], there[1]))
    return Apart(max(float(np.sqrt((way**2).mean())) for way in ways), max(float(way.max()) for way in ways))


def spread(positions: Array, faces: Array, count: int, rng: np.random.Generator) -> Array:
    """Points drawn uniformly by area, float64 [shape=(count, 3)] (Osada and others 2002, section 4.1)."""
    a, b, c = (positions[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    chosen = np.searchsorted(np.cumsum(area), rng.random(count) * area.sum(), side="right").clip(max=len(faces) - 1)
    root, along = np.sqrt(rng.random(count))[:, None], rng.random(count)[:, None]
    found: Array = (1 - root) * a[chosen] + root * (1 - along) * b[chosen] + root * along * c[chosen]
    return found


def distances(points: Array, positions: Array, faces: Array) -> Array:
    """Distance of each point to the nearest point of a surface, float64 [shape=(n,)].

    The nearest point is found in float32 and the distance taken in float64 from the triangle's own corners, so that
    what is small beside the coordinates is not lost.
    """
    o3d = open3d()
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(np.ascontiguousarray(positions, np.float32), np.ascontiguousarray(faces, np.uint32))
    found = scene.compute_closest_points(o3d.core.Tensor(np.ascontiguousarray(points, np.float32)))
    corners = positions[faces[found["primitive_ids"].numpy().astype(np.int64)]]
    away: Array = np.linalg.norm(points - nearest(points, corners), axis=1)
    return away


def nearest(points: Array, corners: Array) -> Array:
    """The nearest point of each triangle [shape=(n, 3, 3)] to its own point, float64 [shape=(n, 3)].

    Source: Ericson, Real-Time Collision Detection, section 5.1.5: by the region of the plane the point falls in.
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    inside = _projected(points, a, b, c)
    best, far = np.empty_like(points), np.full(len(points), np.inf)
    for candidate in (_on_segment(points, a, b), _on_segment(points, b, c), _on_segment(points, c, a), inside):
        distance = np.where(np.isfinite(candidate).all(axis=1), np.linalg.norm(points - candidate, axis=1), np.inf)
        nearer = distance < far
        best[nearer], far = candidate[nearer], np.minimum(far, distance)
    return best


def _on_segment(points: Array, start: Array, end: Array) -> Array:
    along = end - start
    length = np.einsum("ij,ij->i", along, along)
    share = np.einsum("ij,ij->i", points - start, along) / np.where(length > 0, length, 1.0)
    found: Array = start + np.clip(share, 0.0, 1.0)[:, None] * along
    return found


def _projected(points: Array, a: Array, b: Array, c: Array) -> Array:
    """The foot of the perpendicular where it falls into the triangle, else NaN."""
    u, v, w = b - a, c - a, points - a
    uu, uv, vv = (np.einsum("ij,ij->i", *pair) for pair in ((u, u), (u, v), (v, v)))
    wu, wv = np.einsum("ij,ij->i", w, u), np.einsum("ij,ij->i", w, v)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = uu * vv - uv * uv
        s, t = (vv * wu - uv * wv) / scale, (uu * wv - uv * wu) / scale
    within = (s >= 0) & (t >= 0) & (s + t <= 1)
    return np.where(within[:, None], a + s[:, None] * u + t[:, None] * v, np.nan)
