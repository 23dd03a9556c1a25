"""Distances between surfaces, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.bench._distance import apart, nearest, spread

pytest.importorskip("open3d")


def ball(radius: float, rings: int = 160) -> tuple[np.ndarray, np.ndarray]:
    from sceneproof._warmup import bumpy_sphere

    positions, faces = bumpy_sphere(rings)
    away = positions.astype(np.float64)
    return radius * away / np.linalg.norm(away, axis=1, keepdims=True), faces


def test_two_concentric_spheres_lie_apart_by_the_difference_of_their_radii():
    found = apart(ball(1.0), ball(1.002), samples=20_000)
    diagonal = 2 * np.sqrt(3)
    # facets of 1.1 degrees lie up to 1e-4 within their sphere
    assert found.mrms == pytest.approx(0.002 / diagonal, rel=0.03)
    assert 0.002 / diagonal * 0.99 <= found.hausdorff <= 0.0023 / diagonal


def test_a_surface_lies_on_itself_however_it_is_cut_and_wherever_it_lies():
    positions = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.3, 0.6, 0]]) + 1000.0
    whole = positions, np.array([[0, 1, 2], [0, 2, 3]])
    cut = positions, np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
    found = apart(whole, cut, samples=2000)
    assert found.mrms < 1e-12
    assert found.hausdorff < 1e-12


def test_a_hole_is_seen_one_way_only_and_counts():
    square = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    found = apart((square, np.array([[0, 1, 2], [0, 2, 3]])), (square, np.array([[0, 1, 2]])), samples=20_000)
    # the mean square distance to the diagonal of the missing half is 1/12, of all of the square 1/24
    assert found.mrms == pytest.approx(np.sqrt(1 / 24) / np.sqrt(2), rel=0.02)
    assert found.hausdorff == pytest.approx(np.sqrt(0.5) / np.sqrt(2), rel=0.02)


def test_samples_lie_where_the_area_is():
    positions = np.array([[0.0, 0, 0], [3, 0, 0], [0, 1, 0], [0, 0, 5], [1, 0, 5], [0, 1, 5]])
    points = spread(positions, np.array([[0, 1, 2], [3, 4, 5]]), 40_000, np.random.default_rng(1))
    assert (points[:, 2] > 4).mean() == pytest.approx(0.25, abs=0.01)
    assert points[points[:, 2] < 4].mean(axis=0) == pytest.approx([1, 1 / 3, 0], abs=0.03)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((0.2, 0.2, 3.0), (0.2, 0.2, 0.0)),
        ((-1.0, -2.0, 0.5), (0.0, 0.0, 0.0)),
        ((2.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
        ((0.5, -1.0, 1.0), (0.5, 0.0, 0.0)),
        ((1.0, 1.0, 0.0), (0.5, 0.5, 0.0)),
    ],
)
def test_the_nearest_point_of_a_triangle_by_region(point, expected):
    triangle = np.array([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]])
    assert nearest(np.array([point]), triangle)[0] == pytest.approx(expected)


def test_a_triangle_without_area_has_a_nearest_point_too():
    flat = np.array([[[0.0, 0, 0], [1, 0, 0], [2, 0, 0]], [[1.0, 1, 1]] * 3])
    found = nearest(np.array([[0.5, 1, 0], [0.0, 0, 0]]), flat)
    assert found == pytest.approx(np.array([[0.5, 0, 0], [1, 1, 1]]))
