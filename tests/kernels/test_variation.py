from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.variation import block_vertices, variation
from tests.kernels._threads import on_one_and_all_threads
from tests.reference import flux as twin

RADIUS = 1.1


def _sphere() -> tuple[np.ndarray, np.ndarray]:
    """A unit sphere of 1280 triangles."""
    import trimesh

    ball = trimesh.creation.icosphere(subdivisions=3, radius=1.0)
    return np.asarray(ball.vertices, dtype=float), np.asarray(ball.faces, dtype=np.int64)


def _quadrature(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return (a + b + c) / 3.0, 0.5 * np.cross(b - a, c - a)


def test_the_variation_is_the_derivative_of_the_flux() -> None:
    vertices, faces = _sphere()
    place, area = _quadrature(vertices, faces)
    centre, wave = np.array([0.6, 0.5, 0.4]), np.array([3.0, -4.0, 2.0, 0.7])
    table = (np.array([0, len(place)], dtype=np.int64), np.full((1, 27), -1, dtype=np.int64), centre[None])
    table[1][0, 13] = 0
    blocks = on_one_and_all_threads(block_vertices, place, faces, *table, RADIUS)
    points = (place, area, np.full((len(faces), 3), 1 / 3), faces)
    found = on_one_and_all_threads(variation, points, table, wave[None, None], blocks, vertices, RADIUS)
    assert found.shape == (1, len(blocks[1]))
    # along the divergence itself, which is smooth: a single vertex would show the quadrature's error
    height = np.zeros(len(vertices))
    height[blocks[1]] = found[0] / np.abs(found[0]).max()
    step = 1e-5
    moved = [
        twin.functional(*_quadrature(vertices + s * step * height[:, None] * vertices, faces), centre, wave, RADIUS)[0]
        for s in (1, -1)
    ]
    slope = (moved[0] - moved[1]) / (2 * step)
    assert found[0] @ height[blocks[1]] == pytest.approx(slope, rel=0.05)  # (h |q|)^2 of 1280 triangles
    assert abs(slope) > 0.1


def test_a_block_holds_each_vertex_of_the_triangles_it_covers_once() -> None:
    vertices, faces = _sphere()
    place, _ = _quadrature(vertices, faces)
    centres = np.array([[0.0, 0.0, 1.0], [9.0, 9.0, 9.0]])
    near = np.full((2, 27), -1, dtype=np.int64)
    near[:, 0] = 0
    ends, ids = block_vertices(place, faces, np.array([0, len(place)], dtype=np.int64), near, centres, RADIUS)
    inside = ((place - centres[0]) ** 2).sum(axis=1) < RADIUS**2
    assert ids.tolist() == np.unique(faces[inside]).tolist()
    assert ends.tolist() == [0, len(ids), len(ids)]
