"""Plain shapes with outward faces, unit normals and UVs, in metres and glTF's axes (+Y up)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class Shape:
    """positions, normals [shape=(n, 3), float32], uvs [shape=(n, 2), float32], faces [shape=(m, 3), uint32]."""

    positions: np.ndarray
    faces: np.ndarray
    normals: np.ndarray | None = None
    uvs: np.ndarray | None = None
    colors: np.ndarray | None = None

    def attributes(self) -> dict[str, np.ndarray]:
        """glTF attribute semantics (and ``indices``) -> array; the shape's own order, nothing that is None."""
        named = {
            "POSITION": np.asarray(self.positions, np.float32),
            "NORMAL": None if self.normals is None else np.asarray(self.normals, np.float32),
            "TEXCOORD_0": None if self.uvs is None else np.asarray(self.uvs, np.float32),
            "COLOR_0": self.colors,
            "indices": index_array(self.faces, len(self.positions)),
        }
        return {name: array for name, array in named.items() if array is not None}

    def moved(self, offset: tuple[float, float, float]) -> Shape:
        return replace(self, positions=self.positions + np.asarray(offset))

    def scaled(self, factor: float | tuple[float, float, float]) -> Shape:
        """Positions scaled; normals follow (inverse transpose)."""
        scale = np.broadcast_to(np.asarray(factor, float), 3)
        normals = None if self.normals is None else unit(self.normals / scale)
        return replace(self, positions=self.positions * scale, normals=normals)

    def turned(self, axis: str, angle: float) -> Shape:
        """Turned about an axis (``"x"``, ``"y"``, ``"z"``) by ``angle`` radians."""
        matrix = rotation(axis, angle)
        normals = None if self.normals is None else self.normals @ matrix.T
        return replace(self, positions=self.positions @ matrix.T, normals=normals)


def index_array(faces: np.ndarray, count: int) -> np.ndarray:
    return np.ascontiguousarray(faces, np.uint16 if count < 0xFFFF else np.uint32).reshape(-1)


def rotation(axis: str, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return {
        "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
        "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
        "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
    }[axis]


def unit(vectors: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.where(length > 1e-20, vectors / np.maximum(length, 1e-20), (0.0, 1.0, 0.0))


def vertex_normals(positions: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted vertex normals."""
    corners = np.asarray(positions, float)[faces]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.stack([np.bincount(faces.ravel(), np.repeat(face[:, k], 3), len(positions)) for k in range(3)], 1)
    return unit(total)


def merged(shapes: list[Shape]) -> Shape:
    """One shape of several; a part without UVs gets zeros when another has them."""
    start = np.cumsum([0] + [len(s.positions) for s in shapes])
    uvs = [s.uvs if s.uvs is not None else np.zeros((len(s.positions), 2)) for s in shapes]
    return Shape(
        positions=np.concatenate([s.positions for s in shapes]),
        faces=np.concatenate([s.faces + offset for s, offset in zip(shapes, start, strict=False)]).astype(np.uint32),
        normals=np.concatenate([s.normals for s in shapes]) if all(s.normals is not None for s in shapes) else None,
        uvs=np.concatenate(uvs) if any(s.uvs is not None for s in shapes) else None,
    )


def grid_faces(rows: int, columns: int) -> np.ndarray:
    """Two triangles per cell of a (rows, columns) lattice of vertices stored row by row."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = (i * columns + j).ravel()
    quads = np.stack([a, a + columns, a + columns + 1, a, a + columns + 1, a + 1], axis=1)
    return quads.reshape(-1, 3).astype(np.uint32)


def surface(points: np.ndarray, *, repeat: tuple[float, float] = (1, 1)) -> Shape:
    """A shape from a lattice of points [shape=(rows, columns, 3)]; its front where rows x columns point."""
    rows, columns = points.shape[:2]
    faces = grid_faces(rows, columns)
    v, u = np.meshgrid(np.linspace(0, repeat[1], rows), np.linspace(0, repeat[0], columns), indexing="ij")
    positions = points.reshape(-1, 3)
    uvs = np.stack([u, v], -1).reshape(-1, 2)
    return Shape(positions, faces, vertex_normals(positions, faces), uvs)


def box(size: tuple[float, float, float] = (1, 1, 1), *, texel: float | None = None) -> Shape:
    """A box about the origin, 24 vertices. UVs fill each side, or repeat once per ``texel`` metres."""
    half = np.asarray(size, float) / 2
    positions, normals, uvs = [], [], []
    for axis in range(3):
        for sign in (1.0, -1.0):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            corners = np.zeros((4, 3))
            corners[:, axis] = sign * half[axis]
            corners[:, u] = half[u] * np.array([-1, 1, 1, -1]) * sign
            corners[:, v] = half[v] * np.array([-1, -1, 1, 1])
            positions.append(corners)
            normals.append(np.eye(3)[[axis] * 4] * sign)
            scale = np.array([size[u], size[v]]) / texel if texel else np.ones(2)
            uvs.append(np.array([[0, 1], [1, 1], [1, 0], [0, 0]]) * scale)
    faces = (np.array([[0, 1, 2], [0, 2, 3]]) + 4 * np.arange(6)[:, None, None]).reshape(-1, 3)
    stacked = (np.concatenate(part) for part in (positions, normals, uvs))
    points, directions, coordinates = stacked
    return Shape(points, faces.astype(np.uint32), directions, coordinates)


def plane(
    size: tuple[float, float] = (1, 1), segments: tuple[int, int] = (1, 1), *, texel: float | None = None
) -> Shape:
    """A horizontal lattice in x and z about the origin that faces up."""
    z, x = np.meshgrid(
        np.linspace(-size[1] / 2, size[1] / 2, segments[1] + 1),
        np.linspace(-size[0] / 2, size[0] / 2, segments[0] + 1),
        indexing="ij",
    )
    return surface(
        np.stack([x, np.zeros_like(x), z], -1), repeat=(size[0] / texel, size[1] / texel) if texel else (1, 1)
    )


def uv_sphere(radius: float = 0.5, rows: int = 24, columns: int = 48) -> Shape:
    """A sphere of latitude and longitude, with a UV seam and fans at the poles (no zero-area faces)."""
    theta, phi = np.meshgrid(np.linspace(0, np.pi, rows + 1), np.linspace(0, 2 * np.pi, columns + 1), indexing="ij")
    directions = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], -1)
    directions[:, -1] = directions[:, 0]
    directions[0], directions[-1] = (0, 1, 0), (0, -1, 0)
    shape = surface(directions * radius)
    keep = np.ones(len(shape.faces), bool).reshape(rows, columns, 2)
    keep[0, :, 1] = keep[-1, :, 0] = False
    return replace(shape, faces=shape.faces[keep.ravel()], normals=directions.reshape(-1, 3))


def icosphere(radius: float = 0.5, level: int = 3) -> Shape:
    """A subdivided icosahedron: 10 * 4**level + 2 vertices, closed, no UVs."""
    g = (1 + 5**0.5) / 2
    points = [(-1, g, 0), (1, g, 0), (-1, -g, 0), (1, -g, 0), (0, -1, g), (0, 1, g)]
    points += [(0, -1, -g), (0, 1, -g), (g, 0, -1), (g, 0, 1), (-g, 0, -1), (-g, 0, 1)]
    index = "0b5 051 017 07a 0ab 159 5b4 ba2 a76 718 394 342 326 368 389 495 24b 62a 867 981"
    faces = np.array([[int(c, 16) for c in face] for face in index.split()])
    directions = unit(np.array(points, float))
    for _ in range(level):
        edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        unique, inverse = np.unique(edges, axis=0, return_inverse=True)
        a, b, c = faces.T
        ab, bc, ca = len(directions) + inverse.reshape(-1, 3).T
        directions = np.concatenate([directions, unit(directions[unique[:, 0]] + directions[unique[:, 1]])])
        faces = np.stack([a, ab, ca, b, bc, ab, c, ca, bc, ab, bc, ca], 1).reshape(-1, 3)
    return Shape(directions * radius, faces.astype(np.uint32), directions)


def torus(radius: float = 0.4, tube: float = 0.15, rows: int = 24, columns: int = 48) -> Shape:
    """A ring about the Y axis with UV seams."""
    v, u = np.meshgrid(np.linspace(0, 2 * np.pi, rows + 1), np.linspace(0, 2 * np.pi, columns + 1), indexing="ij")
    normals = np.stack([np.cos(v) * np.sin(u), -np.sin(v), np.cos(v) * np.cos(u)], -1)
    centre = np.stack([np.sin(u), np.zeros_like(u), np.cos(u)], -1)
    points = radius * centre + tube * normals
    for lattice in (points, normals):
        lattice[-1], lattice[:, -1] = lattice[0], lattice[:, 0]
    return replace(surface(points), normals=normals.reshape(-1, 3))


def bumpy_sphere(vertices: int = 20_000, *, radius: float = 0.5, depth: float = 0.18, seed: int = 1) -> Shape:
    """A closed organic blob of exactly ``vertices`` (>= 12) vertices, smooth noise, nearly even triangles.

    Fibonacci points joined by their convex hull; every point lies on the unit sphere, so the hull uses them all.
    """
    from scipy.spatial import ConvexHull

    k = np.arange(vertices) + 0.5
    height, angle = 1 - 2 * k / vertices, np.pi * (1 + 5**0.5) * k
    ring = np.sqrt(1 - height**2)
    directions = np.stack([ring * np.cos(angle), height, ring * np.sin(angle)], 1)
    faces = ConvexHull(directions).simplices
    corners = directions[faces]
    inward = (
        np.einsum("ij,ij->i", np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), corners[:, 0]) < 0
    )
    faces = np.where(inward[:, None], faces[:, ::-1], faces)
    faces = np.take_along_axis(faces, (faces.argmin(1)[:, None] + np.arange(3)) % 3, axis=1)
    faces = faces[np.lexsort(faces.T[::-1])]
    positions = directions * (radius * (1 + depth * smooth_noise(directions * 2.0, seed=seed)))[:, None]
    return Shape(positions, faces.astype(np.uint32), vertex_normals(positions, faces))


def smooth_noise(points: np.ndarray, *, seed: int = 0, waves: int = 24) -> np.ndarray:
    """Band-limited noise, about -1..1, at ``points`` [shape=(..., 3)]: plane waves about one unit long."""
    rng = np.random.default_rng(seed)
    directions = unit(rng.normal(size=(waves, 3))) * rng.uniform(2.0, 6.0, (waves, 1))
    phases = rng.uniform(0, 2 * np.pi, waves)
    total = np.zeros(points.shape[:-1])
    for direction, phase in zip(directions, phases, strict=True):
        total += np.sin(
            points[..., 0] * direction[0] + points[..., 1] * direction[1] + points[..., 2] * direction[2] + phase
        )
    return total / np.sqrt(waves)
