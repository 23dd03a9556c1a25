"""Meshes made by code, with no question of licence: smooth, hard, many-part, open, thin, and a figure of capsules.

Each maker gives (positions [shape=(n, 3)], faces [shape=(m, 3)]) per mesh, in metres, the same every time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from sceneproof.scene import Array

Part = tuple[Array, Array]


def grid_faces(rows: int, columns: int, *, around: bool = False) -> Array:
    """Two triangles per cell of a lattice stored row by row; `around` joins the last column to the first."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns if around else columns - 1), indexing="ij")
    a = (i * columns + j).ravel()
    b = (i * columns + (j + 1) % columns).ravel()
    quads = np.stack([a, b, a + columns, b, b + columns, a + columns], axis=1)
    return quads.reshape(-1, 3).astype(np.int64)


def bumpy_sphere(rings: int = 112) -> list[Part]:
    """A ball of 0.5 m with waves of three sizes, unlike in every direction."""
    u, v = np.meshgrid(np.linspace(0, np.pi, rings), np.arange(2 * rings) * np.pi / rings, indexing="ij")
    wide = np.where((u > 0) & (u < np.pi), np.sin(u), 0.0)  # at a pole all vertices are one
    away = np.stack([wide * np.cos(v), np.cos(u), wide * np.sin(v)], axis=-1)
    x, y, z = away[..., 0], away[..., 1], away[..., 2]
    radius = 0.5 * (1 + 0.18 * x * y + 0.12 * z**3 + 0.06 * np.sin(5 * x + 1) * np.cos(4 * z) + 0.02 * np.sin(17 * y))
    return [
        (
            (radius[..., None] * away * (1.0, 1.3, 0.8)).reshape(-1, 3),
            grid_faces(rings, 2 * rings, around=True),
        )
    ]


def bevelled_box(cells: int = 64) -> list[Part]:
    """A box of 1 by 0.6 by 0.4 m with rounded edges; flat sides of many vertices."""
    half, radius = np.array([0.5, 0.3, 0.2]), 0.06
    at = np.linspace(-1, 1, cells + 1)
    a, b = np.meshgrid(at, at, indexing="ij")
    positions: list[Array] = []
    faces: list[Array] = []
    for axis in range(3):
        for sign in (1.0, -1.0):
            place = np.zeros((cells + 1, cells + 1, 3))
            place[..., axis], place[..., (axis + 1) % 3], place[..., (axis + 2) % 3] = sign, a, b
            outer = place * half
            inner = np.clip(outer, radius - half, half - radius)
            out = outer - inner
            length = np.linalg.norm(out, axis=-1, keepdims=True)
            positions.append((inner + radius * out / length).reshape(-1, 3))
            corners = grid_faces(cells + 1, cells + 1)
            faces.append((corners[:, ::-1] if sign > 0 else corners) + len(faces) * (cells + 1) ** 2)
    return [(np.concatenate(positions), np.concatenate(faces))]


def torus_knot(along: int = 480, around: int = 52) -> list[Part]:
    """A tube along the knot (2, 3), of a thickness that changes."""
    t = np.arange(along + 1) * 2 * np.pi / along

    def curve(s: Array) -> Array:
        ring = 0.4 + 0.15 * np.cos(3 * s)
        return np.stack([ring * np.cos(2 * s), ring * np.sin(2 * s), 0.18 * np.sin(3 * s)], axis=-1)

    ahead = curve(t + 1e-4) - curve(t - 1e-4)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    across = np.cross(ahead, np.cross(curve(t) * (1, 1, 0), ahead))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    turn = np.arange(around) * 2 * np.pi / around
    ring = (
        np.cos(turn)[None, :, None] * across[:, None] + np.sin(turn)[None, :, None] * np.cross(ahead, across)[:, None]
    )
    thick = 0.07 + 0.012 * np.sin(t + 0.5)
    thick[-1] = thick[0]
    places = curve(t)[:, None] + thick[:, None, None] * ring
    places[-1] = places[0]  # the seam closes by place
    return [(places.reshape(-1, 3), grid_faces(along + 1, around, around=True))]


def three_parts() -> list[Part]:
    """A ball, a box and a knot as three meshes."""
    return bumpy_sphere(76) + bevelled_box(42) + torus_knot(280, 36)


def cloth(cells: int = 156) -> list[Part]:
    """An open sheet of 2 by 2 m with folds."""
    x, y = np.meshgrid(np.linspace(-1, 1, cells), np.linspace(-1, 1, cells), indexing="ij")
    z = 0.12 * np.sin(3 * x + 0.6 * y) + 0.07 * np.cos(5 * y - x) + 0.03 * np.sin(9 * x * y + 1) + 0.1 * x * y
    return [(np.stack([x, z, y], axis=-1).reshape(-1, 3), grid_faces(cells, cells)[:, ::-1])]


def bush(cards: int = 600) -> list[Part]:
    """Leaves of an alpha-card bush: quads that touch nothing."""
    rng = np.random.default_rng(20)
    middle = rng.normal(size=(cards, 3))
    middle *= 0.6 * rng.uniform(0.2, 1, (cards, 1)) ** (1 / 3) / np.linalg.norm(middle, axis=1, keepdims=True)
    first = rng.normal(size=(cards, 3))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(first, rng.normal(size=(cards, 3)))
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    size = 0.08
    corners = np.stack([-first - second, first - second, first + second, -first + second], axis=1) * size
    positions = (middle[:, None] + corners).reshape(-1, 3)
    faces = (np.array([[0, 1, 2], [0, 2, 3]]) + 4 * np.arange(cards)[:, None, None]).reshape(-1, 3)
    return [(positions, faces.astype(np.int64))]


BONES = {  # where a limb begins and ends, and its radius
    "torso": ((0.0, 0.95, 0.0), (0.0, 1.4, 0.02), 0.16),
    "head": ((0.0, 1.62, 0.03), (0.0, 1.7, 0.05), 0.11),
    "arm.L": ((0.2, 1.4, 0.0), (0.75, 1.3, 0.05), 0.055),
    "arm.R": ((-0.2, 1.4, 0.0), (-0.72, 1.33, 0.0), 0.055),
    "leg.L": ((0.1, 0.85, 0.0), (0.14, 0.08, 0.02), 0.08),
    "leg.R": ((-0.1, 0.85, 0.0), (-0.13, 0.08, 0.0), 0.08),
}


CAPSULE = 60 * 64  # vertices of one


def capsules(rings: int = 60, around: int = 64) -> list[Part]:
    """A figure of six capsules in one mesh, as a skin binds it: one bone per capsule."""
    positions, faces, count = [], [], 0
    for number, (start, end, radius) in enumerate(BONES.values()):
        a, b = np.array(start), np.array(end)
        axis = (b - a) / np.linalg.norm(b - a)
        side = np.cross(axis, [0.3, 0.2, 0.9])
        side /= np.linalg.norm(side)
        t = np.linspace(0, 1, rings)
        angle = np.clip(np.abs(t - 0.5) * 4 - 1, 0, 1) * np.pi / 2 * np.sign(t - 0.5)
        height = np.where(t < 0.25, 0.0, np.where(t > 0.75, 1.0, (t - 0.25) * 2))
        turn = np.arange(around) * 2 * np.pi / around
        wide = np.where((t > 0) & (t < 1), np.cos(angle), 0.0)  # at a pole all vertices are one
        wave = 1 + 0.05 * np.sin(3 * turn + number)[None, :] * np.sin(7 * t + number)[:, None]
        ring = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * np.cross(axis, side)
        places = a + height[:, None, None] * (b - a) + radius * np.sin(angle)[:, None, None] * axis
        places = places + radius * (wide[:, None] * wave)[..., None] * ring[None]
        positions.append(places.reshape(-1, 3))
        faces.append(grid_faces(rings, around, around=True) + count)
        count += rings * around
    return [(np.concatenate(positions), np.concatenate(faces))]


MAKERS: Mapping[str, Callable[[], list[Part]]] = MappingProxyType(
    {
        "bumpy-sphere": bumpy_sphere,
        "bevelled-box": bevelled_box,
        "torus-knot": torus_knot,
        "three-parts": three_parts,
        "cloth": cloth,
        "card-bush": bush,
        "capsule-figure": capsules,
        "bumpy-sphere-small": lambda: bumpy_sphere(56),
        "cloth-small": lambda: cloth(72),
    }
)
