from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.flux import (
    bump_sums,
    cell_neighbours,
    flux,
    normal_tensors,
    point_vectors,
    surface_points,
    voxel_normals,
)
from tests.kernels._threads import on_one_and_all_threads
from tests.reference import flux as twin
from tests.reference.samples import points_as_samples

RADIUS = 1.1
STRIDES = np.array([1 << 40, 1 << 20, 1], dtype=np.int64)


def _binned(place: np.ndarray, area: np.ndarray):
    cells = np.floor(place).astype(np.int64) + 100
    keys = (cells[:, 0] << 40) | (cells[:, 1] << 20) | cells[:, 2]
    order = np.argsort(keys, kind="stable")
    distinct, first = np.unique(keys[order], return_index=True)
    return place[order].copy(), area[order].copy(), distinct, np.append(first, len(keys)).astype(np.int64)


def _case(seed: int, points: int = 300):
    random = np.random.default_rng(seed)
    place, area, keys, starts = _binned(random.uniform(-2, 2, (points, 3)), random.normal(size=(points, 3)) * 0.01)
    cells = random.integers(-3, 3, (7, 3))
    packed = ((cells[:, 0] + 100) << 40) | ((cells[:, 1] + 100) << 20) | (cells[:, 2] + 100)
    near = cell_neighbours(keys, packed, STRIDES)
    return place, area, starts, near, cells + 0.5, random.normal(size=(7, 4, 4)) * 5


@pytest.mark.parametrize("seed", range(3))
def test_functionals_of_points_equal_the_sum_over_all_of_them(seed: int) -> None:
    place, area, starts, near, centres, waves = _case(seed)
    rows = points_as_samples(place, area)
    found = on_one_and_all_threads(flux, rows, starts, near, centres, waves, RADIUS)
    for c, f in np.ndindex(7, 4):
        assert found[c, f] == pytest.approx(twin.functional(place, area, centres[c], waves[c, f], RADIUS), abs=1e-12)


def test_moments_count_as_the_derivatives_of_the_field() -> None:
    """A row with first moments and covariance gives what the Taylor series gives, taken by differences."""
    random = np.random.default_rng(5)
    centre, wave = np.array([0.5, 0.5, 0.5]), np.array([3.0, -4.0, 2.0, 0.7])
    row = np.zeros((1, 23))
    row[0, :3], row[0, 3], row[0, 4:7] = [0.7, 0.2, 0.6], 0.02, [0.01, 0.005, -0.012]
    row[0, 7:16] = random.normal(size=9) * 1e-3
    row[0, 16:22] = [4e-4, 3e-4, 5e-4, 1e-4, -1e-4, 2e-4]
    near = np.full((1, 27), -1, dtype=np.int64)
    near[0, 0] = 0
    found = flux(row, np.array([0, 1], dtype=np.int64), near, centre[None], wave[None, None], RADIUS)[0, 0, 0]
    assert found == pytest.approx(twin.expanded(row[0], centre, wave, RADIUS), abs=1e-8)


def test_a_wave_of_no_length_ends_those_of_its_cell() -> None:
    place, area, starts, near, centres, waves = _case(0)
    rows = points_as_samples(place, area)
    shorter = waves.copy()
    shorter[:, 2] = 0.0
    found = flux(rows, starts, near, centres, shorter, RADIUS)
    assert (found[:, :2] == flux(rows, starts, near, centres, waves, RADIUS)[:, :2]).all()
    assert not found[:, 2:].any()


@pytest.mark.parametrize("seed", range(3))
def test_bumps_and_normal_tensors_equal_their_twins(seed: int) -> None:
    place, area, starts, near, centres, _ = _case(seed)
    weight = np.linalg.norm(area, axis=1)
    sums = on_one_and_all_threads(bump_sums, place, weight, starts, near, centres, RADIUS)
    voxels = on_one_and_all_threads(voxel_normals, points_as_samples(place, area), starts)
    tensors = on_one_and_all_threads(normal_tensors, voxels, near, centres, RADIUS)
    for c in range(7):
        assert sums[c] == pytest.approx(twin.bump_sum(place, weight, centres[c], RADIUS), abs=1e-13)
        assert tensors[c] == pytest.approx(twin.tensor(place, area, centres[c], RADIUS), abs=1e-13)


def test_no_points_give_nothing() -> None:
    keys = np.zeros(0, dtype=np.int64)
    near = cell_neighbours(keys, np.array([5], dtype=np.int64), STRIDES)
    assert (near == -1).all()
    out = flux(np.zeros((0, 23)), np.zeros(1, dtype=np.int64), near, np.zeros((1, 3)), np.ones((1, 4, 4)), RADIUS)
    assert out.tolist() == np.zeros((1, 4, 2)).tolist()


@pytest.mark.parametrize(
    "corners",
    [
        [[0, 0, 0], [0.05, 0, 0], [0, 0.05, 0]],
        [[0, 0, 0], [1, 0, 0], [0, 0.7, 0.2]],
        [[0, 0, 0], [3, 0.001, 0], [1.5, 0.01, 0]],
        [[0, 0, 0], [1, 0, 0], [0.5, 0, 0]],
    ],
    ids=["small", "large", "sliver", "no area"],
)
def test_a_triangle_is_bisected_as_its_twin_is(corners: list[list[float]]) -> None:
    vertices = np.array(corners, dtype=float)
    face, share = on_one_and_all_threads(surface_points, vertices, np.array([[0, 1, 2]], dtype=np.int64), 0.1)
    expected = np.array(twin.split(vertices, 0.1))
    assert (face == 0).all()
    assert sorted(map(tuple, share.round(12))) == sorted(map(tuple, expected.round(12)))
    assert share[:, 3].sum() == pytest.approx(1.0)


def test_a_triangle_with_a_nan_ends_and_stays_one_point() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [np.nan, 0, 0]])
    face, _ = surface_points(vertices, np.array([[0, 1, 2]], dtype=np.int64), 0.1)
    assert 1 <= len(face) < 100


def test_the_flux_of_a_plane_wave_through_a_plane_is_known() -> None:
    """Through z = 0 the flux of F = B cos(phase) q/|q|^2 with q along z is cos(phase)/|q| times pi R^2 / 3."""
    n = 120
    axis = (np.arange(n) + 0.5) / n * 2.4 - 0.7
    x, y = np.meshgrid(axis, axis, indexing="ij")
    place = np.stack([x.ravel(), y.ravel(), np.full(n * n, 0.5)], axis=1)
    area = np.zeros((n * n, 3))
    area[:, 2] = (2.4 / n) ** 2
    place, area, keys, starts = _binned(place, area)
    centre = np.full((1, 3), 0.5)
    near = cell_neighbours(keys, np.array([(100 << 40) | (100 << 20) | 100], dtype=np.int64), STRIDES)
    waves = np.array([[[0.0, 0.0, 5.0, 0.3]]])
    found = flux(points_as_samples(place, area), starts, near, centre, waves, RADIUS)
    assert found[0, 0, 0] == pytest.approx(np.cos(0.3) / 5.0 * np.pi * RADIUS**2 / 3.0, rel=1e-3)
    # div F in that plane is -B sin(phase), its square integrates to sin^2 pi R^2 / 5
    assert found[0, 0, 1] == pytest.approx(np.sin(0.3) * np.sqrt(np.pi * RADIUS**2 / 5.0), rel=1e-3)


def test_area_vectors_of_a_closed_surface_sum_to_nothing() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], dtype=np.int64)
    face, share = surface_points(vertices, faces, 0.2)
    _, area = point_vectors(vertices, faces, face, share)
    assert area.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-14)
    assert np.linalg.norm(area, axis=1).sum() == pytest.approx(1.5 + np.sqrt(3) / 2)
