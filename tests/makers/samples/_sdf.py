"""Signed distance fields (metres, negative inside) and the meshes made of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.makers.shapes import Shape, vertex_normals

Field = Callable[[np.ndarray], np.ndarray]
Point = tuple[float, float, float] | np.ndarray


def ball(p: np.ndarray, centre: Point, radius: float) -> np.ndarray:
    return np.linalg.norm(p - np.asarray(centre), axis=-1) - radius


def ellipsoid(p: np.ndarray, centre: Point, radii: Point) -> np.ndarray:
    """Approximate distance (Quilez, "Distance functions", ellipsoid bound)."""
    q, r = p - np.asarray(centre), np.asarray(radii)
    k0 = np.linalg.norm(q / r, axis=-1)
    k1 = np.linalg.norm(q / r**2, axis=-1)
    return k0 * (k0 - 1) / np.maximum(k1, 1e-9)


def capsule(p: np.ndarray, a: Point, b: Point, ra: float, rb: float | None = None) -> np.ndarray:
    """A capsule whose radius runs from ``ra`` to ``rb``."""
    start, along = np.asarray(a, float), np.asarray(b, float) - np.asarray(a, float)
    t = np.clip((p - start) @ along / (along @ along), 0, 1)
    return np.linalg.norm(p - start - t[..., None] * along, axis=-1) - (ra + ((rb or ra) - ra) * t)


def slab(p: np.ndarray, centre: Point, half: Point, radius: float, axes: np.ndarray | None = None) -> np.ndarray:
    """A rounded box; ``axes`` rows are its own directions."""
    q = p - np.asarray(centre)
    q = np.abs(q if axes is None else q @ axes.T) - np.asarray(half) + radius
    return np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(axis=-1), 0) - radius


def ring(p: np.ndarray, centre: Point, radius: float, tube: float) -> np.ndarray:
    """A torus about the Y axis."""
    q = p - np.asarray(centre)
    return np.hypot(np.hypot(q[..., 0], q[..., 2]) - radius, q[..., 1]) - tube


def join(a: np.ndarray, b: np.ndarray, k: float) -> np.ndarray:
    """Smooth union over a width ``k`` (polynomial)."""
    h = np.maximum(k - np.abs(a - b), 0) / k
    return np.minimum(a, b) - h * h * k / 4


def carve(a: np.ndarray, b: np.ndarray, k: float) -> np.ndarray:
    """``a`` with ``b`` taken away, smoothly."""
    return -join(-a, b, k)


def gradient(field: Field, p: np.ndarray, h: float = 5e-4) -> np.ndarray:
    steps = np.eye(3) * h
    return np.stack([field(p + s) - field(p - s) for s in steps], -1) / (2 * h)


def iso_surface(field: Field, low: Point, high: Point, pitch: float) -> tuple[np.ndarray, np.ndarray]:
    """Marching cubes on a grid of ``pitch`` metres: positions and outward faces (counterclockwise from outside)."""
    from skimage.measure import marching_cubes

    axes = [np.arange(a, b + pitch, pitch) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    values = np.stack([field(layer) for layer in grid])
    points, faces, _, _ = marching_cubes(values.astype(np.float64), 0.0, spacing=(pitch,) * 3)
    return points.astype(float) + [axis[0] for axis in axes], faces.astype(np.uint32)


def neighbours(faces: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Directed edges (from, to), each once: for averages over a vertex's ring."""
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    codes = np.unique(np.concatenate([pairs @ [count, 1], pairs @ [1, count]]))
    return codes // count, codes % count


def spread(values: np.ndarray, edges: tuple[np.ndarray, np.ndarray], rounds: int, rate: float = 0.5) -> np.ndarray:
    """Values [shape=(n, k)] averaged with their ring, ``rounds`` times."""
    at, to = edges
    degree = np.maximum(np.bincount(at, minlength=len(values)), 1)[:, None]
    for _ in range(rounds):
        ring_sum = np.stack([np.bincount(at, values[to, k], len(values)) for k in range(values.shape[1])], 1)
        values = values + rate * (ring_sum / degree - values)
    return values


def sculpted(field: Field, low: Point, high: Point, pitch: float, *, rough: Field | None = None) -> Shape:
    """An iso-surface whose triangles are evened out: vertices slide along the surface until no grid shows.

    ``rough``: a cheaper field, within a few millimetres, for the first cut.
    """
    points, faces = iso_surface(rough or field, low, high, pitch)
    edges = neighbours(faces, len(points))
    for _ in range(6):
        points = spread(points, edges, 1, 0.6)
        slope = gradient(field, points)
        points = points - (field(points) / np.maximum((slope**2).sum(-1), 0.2))[:, None] * slope
    return Shape(points, faces, vertex_normals(points, faces))
