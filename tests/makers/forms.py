"""Richer forms than ``shapes``: rounded boxes, lathes, tubes, pillows, and per-vertex tangents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.makers.shapes import Shape, grid_faces, surface, unit, vertex_normals


def rounded_box(
    size: tuple[float, float, float], radius: float = 0.02, *, segments: int = 3, middle: int = 1, texel: float = 1.0
) -> Shape:
    """A box with rounded edges about the origin: ``segments`` per rounding, ``middle`` cells on the flat part.

    UVs are box-projected, one repeat per ``texel`` metres; normals are exact.
    """
    half = np.asarray(size, float) / 2
    radius = min(radius, float(half.min()) * 0.999)
    turn = np.tan(np.linspace(0, np.pi / 4, segments + 1))

    def line(h: float) -> np.ndarray:
        flat = np.linspace(-(h - radius), h - radius, middle + 1)
        rim = radius * turn[1:]
        return np.concatenate([-(h - radius) - rim[::-1], flat, (h - radius) + rim])

    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    count = 0
    for axis in range(3):
        for sign in (1.0, -1.0):
            u, v = (axis + 1) % 3, (axis + 2) % 3
            b, a = np.meshgrid(line(half[v]), line(half[u]) * sign, indexing="ij")
            cube = np.zeros((*a.shape, 3))
            cube[..., axis], cube[..., u], cube[..., v] = sign * half[axis], a, b
            inner = np.clip(cube, -(half - radius), half - radius)
            normal = unit(cube - inner).reshape(-1, 3)
            points = inner.reshape(-1, 3) + radius * normal
            upright = (points[:, [2, 1]], points[:, [0, 2]], points[:, [0, 1]])[axis]
            faces = grid_faces(*a.shape)[:, [0, 2, 1]] + count
            parts.append((points, normal, upright * (1, -1) / texel, faces))
            count += len(points)
    points, normals, uvs, faces = (np.concatenate([p[k] for p in parts]) for k in range(4))
    return Shape(points, faces.astype(np.uint32), normals, uvs)


def lathe(profile: np.ndarray, columns: int = 48, *, repeat: tuple[float, float] = (1, 1)) -> Shape:
    """A profile of (radius, height) rows [shape=(k, 2)], bottom to top on the outside, turned about the Y axis."""
    angle = np.linspace(0, 2 * np.pi, columns + 1)
    radius, height = np.asarray(profile, float).T
    points = np.stack(
        [
            radius[::-1, None] * np.sin(angle),
            np.broadcast_to(height[::-1, None], (len(radius), columns + 1)),
            radius[::-1, None] * np.cos(angle),
        ],
        -1,
    )
    points[:, -1] = points[:, 0]
    shape = surface(points, repeat=repeat)
    corners = shape.positions[shape.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    shape = replace(shape, faces=shape.faces[area > 1e-12])
    return replace(shape, normals=welded_normals(shape.positions, shape.faces))


def welded_normals(positions: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Vertex normals that run smoothly across UV seams (vertices at one place share theirs)."""
    _, back = np.unique(np.round(positions, 7), axis=0, return_inverse=True)
    back = back.reshape(-1)
    first = np.zeros(back.max() + 1, np.int64)
    first[back[::-1]] = np.arange(len(back))[::-1]
    return vertex_normals(positions[first], back[faces])[back]


def tube(path: np.ndarray, radius: float | np.ndarray, columns: int = 12) -> Shape:
    """A round tube along ``path`` [shape=(k, 3)], with caps, radius per point."""
    path = np.asarray(path, float)
    ahead = unit(np.gradient(path, axis=0))
    side = unit(np.cross(ahead, (0.31, 0.17, 0.93)))
    other = np.cross(side, ahead)
    angle = np.linspace(0, 2 * np.pi, columns + 1)[None, :, None]
    spoke = side[:, None] * np.cos(angle) + other[:, None] * np.sin(angle)
    spoke[:, -1] = spoke[:, 0]
    radii = np.broadcast_to(np.asarray(radius, float), len(path)).copy()
    rings = path[:, None] + spoke * radii[:, None, None]
    caps = [np.broadcast_to(path[k], (1, columns + 1, 3)) for k in (0, -1)]
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    shape = surface(np.concatenate([caps[0], rings, caps[1]]), repeat=(1, max(1.0, round(length * 2))))
    corners = shape.positions[shape.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return replace(shape, faces=shape.faces[area > 1e-12])


def rod(start: tuple[float, float, float], end: tuple[float, float, float], radius: float, columns: int = 9) -> Shape:
    ends = np.array([start, end], float)
    return tube(ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, 3)[:, None], radius, columns)


def pillow(size: tuple[float, float], puff: float = 0.14, cells: int = 48, *, texel: float = 0.4) -> Shape:
    """A cushion in the XY plane, ``puff`` metres thick, its two faces sewn together at a pinched rim."""
    t = np.sin(np.linspace(-np.pi / 2, np.pi / 2, cells + 1))
    y, x = np.meshgrid(t[::-1], t, indexing="ij")
    rise = (np.clip(1 - x**2, 0, 1) * np.clip(1 - y**2, 0, 1)) ** 0.42
    wrinkle = 1 + 0.05 * np.sin(9 * x + 2 * y) * (x**2 + y**2) / 2
    pinch_x, pinch_y = 1 - 0.08 * (1 - np.abs(y) ** 4), 1 - 0.08 * (1 - np.abs(x) ** 4)
    faces = []
    for sign in (1.0, -1.0):
        points = np.stack(
            [sign * x * pinch_x * size[0] / 2, y * pinch_y * size[1] / 2, sign * rise * wrinkle * puff / 2], -1
        )
        faces.append(surface(points, repeat=(size[0] / texel, size[1] / texel)))
    both = np.concatenate([f.positions for f in faces])
    triangles = np.concatenate([faces[0].faces, faces[1].faces + len(faces[0].positions)])
    uvs = np.concatenate([f.uvs for f in faces if f.uvs is not None])
    return Shape(both, triangles.astype(np.uint32), welded_normals(both, triangles), uvs)


def tangents(shape: Shape) -> np.ndarray:
    """TANGENT [shape=(n, 4), float32] from the UV gradient, made orthogonal to the normal; w is the handedness."""
    assert shape.uvs is not None
    assert shape.normals is not None
    p, t = np.asarray(shape.positions, float)[shape.faces], np.asarray(shape.uvs, float)[shape.faces]
    e1, e2, d1, d2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0], t[:, 1] - t[:, 0], t[:, 2] - t[:, 0]
    det = d1[:, 0] * d2[:, 1] - d2[:, 0] * d1[:, 1]
    sign = np.where(det < 0, -1.0, 1.0)[:, None]
    along = (e1 * d2[:, 1:] - e2 * d1[:, 1:]) * sign
    across = (e2 * d1[:, :1] - e1 * d2[:, :1]) * sign
    total = np.zeros((2, len(shape.positions), 3))
    for k, vectors in enumerate((along, across)):
        for corner in range(3):
            np.add.at(total[k], shape.faces[:, corner], vectors)
    normal = np.asarray(shape.normals, float)
    along = total[0] - normal * np.einsum("ij,ij->i", total[0], normal)[:, None]
    spare = np.cross(normal, np.where(np.abs(normal[:, :1]) > 0.9, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)))
    along = unit(np.where(np.linalg.norm(along, axis=1, keepdims=True) > 1e-12, along, spare))
    # glTF: bitangent = cross(normal, tangent) * w, and V runs down the picture, so the bitangent is minus dP/dv.
    hand = np.where(np.einsum("ij,ij->i", np.cross(normal, along), -total[1]) < 0, -1.0, 1.0)
    return np.concatenate([along, hand[:, None]], 1).astype(np.float32)
