"""Surfaces made by formula, and what may happen to them."""

from __future__ import annotations

import numpy as np

from sceneproof.marks.watermark.codec import Surface

KEY = b"a key that only the tests hold"


def grid_faces(rows: int, columns: int) -> np.ndarray:
    """Triangles of a grid of vertices."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a, b, c, d = (((i + x) * columns + j + y).ravel() for x, y in ((0, 0), (1, 0), (1, 1), (0, 1)))
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int64)


def blob(columns: int = 150) -> Surface:
    """A closed lump without symmetry, about a unit large; its poles and its seam are separate equal vertices."""
    rows = columns * 2 // 3
    theta = np.linspace(0.0, np.pi, rows)[:, None]
    phi = np.linspace(0.0, 2.0 * np.pi, columns)[None, :]
    phi = np.where(np.arange(columns) == columns - 1, 0.0, phi)
    x, y, z = np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta) + 0.0 * phi
    size = 1.0 + 0.25 * np.sin(2.0 * x + 1.0) * np.cos(3.0 * y) + 0.2 * z * x + 0.1 * np.sin(5.0 * z + y)
    points = np.stack([1.5 * size * x, size * y, 0.8 * size * z + 0.3 * x * x], axis=-1)
    points[0], points[-1] = points[0, 0], points[-1, 0]
    return Surface(_float32(points.reshape(-1, 3)), grid_faces(rows, columns))


def sheet(columns: int = 110) -> Surface:
    """An open, bent sheet."""
    x, y = np.meshgrid(np.linspace(0, 2, columns), np.linspace(0, 1.4, columns), indexing="ij")
    z = 0.15 * np.sin(3 * x) * np.cos(4 * y) + 0.2 * x * x + 0.1 * x * y
    return Surface(_float32(np.stack([x, y, z], axis=-1).reshape(-1, 3)), grid_faces(columns, columns))


def _float32(points: np.ndarray) -> np.ndarray:
    return points.astype(np.float32).astype(np.float64)


def stored(surface: Surface, displacement: np.ndarray) -> Surface:
    """The marked surface as a file holds it."""
    return Surface(_float32(surface.positions + displacement), surface.faces)


def reordered(surface: Surface, seed: int = 0) -> Surface:
    """Vertices, faces and the first corners of faces in another order."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(surface.positions))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    faces = place[surface.faces][random.permutation(len(surface.faces))]
    turn = random.integers(0, 3, len(faces))
    corners = [faces[np.arange(len(faces)), (turn + k) % 3] for k in range(3)]
    return Surface(surface.positions[order], np.stack(corners, axis=1))


def soup(surface: Surface) -> Surface:
    """Every triangle with vertices of its own."""
    flat = surface.faces.reshape(-1)
    return Surface(surface.positions[flat], np.arange(len(flat), dtype=np.int64).reshape(-1, 3))


def turned(surface: Surface, seed: int = 0) -> Surface:
    """An arbitrary rotation, scale and shift, stored as float32."""
    random = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(random.normal(size=(3, 3)))
    axes *= np.sign(np.linalg.det(axes))
    points = surface.positions @ axes.T * random.uniform(0.1, 10.0) + random.normal(size=3) * 10.0
    return Surface(_float32(points), surface.faces)


def stretched(surface: Surface, seed: int = 0) -> Surface:
    """A tenth longer, a tenth shorter and something between along axes of its own, turned, stored as float32."""
    random = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(random.normal(size=(3, 3)))
    factors = np.array([1.1, 0.9, random.uniform(0.9, 1.1)])
    return turned(Surface(surface.positions @ (axes * factors) @ axes.T, surface.faces), seed)


def quantised(surface: Surface, bits: int) -> Surface:
    """Coordinates rounded over their own intervals."""
    low, size = surface.positions.min(axis=0), np.ptp(surface.positions, axis=0)
    levels = 2**bits - 1
    return Surface(low + np.round((surface.positions - low) / size * levels) / levels * size, surface.faces)


def noisy(surface: Surface, amount: float, seed: int = 0) -> Surface:
    """Uniform noise times the mean distance to the centre, equal for equal positions."""
    random = np.random.default_rng(seed)
    distinct, group = np.unique(surface.positions, axis=0, return_inverse=True)
    size = np.linalg.norm(distinct - distinct.mean(axis=0), axis=1).mean()
    shaken = distinct + random.uniform(-amount, amount, distinct.shape) * size
    return Surface(_float32(shaken[group.reshape(-1)]), surface.faces)


def cropped(surface: Surface, share: float) -> Surface:
    """Without the part that lies lowest along x."""
    keep = surface.positions[:, 0] > np.quantile(surface.positions[:, 0], share)
    return Surface(surface.positions, surface.faces[keep[surface.faces].all(axis=1)])
