from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.samples import placed, sample
from tests.kernels._threads import on_one_and_all_threads
from tests.reference import samples as twin


def _sphere(subdivisions: int) -> tuple[np.ndarray, np.ndarray]:
    import trimesh

    ball = trimesh.creation.icosphere(subdivisions=subdivisions, radius=1.0)
    return np.asarray(ball.vertices, dtype=float), np.asarray(ball.faces, dtype=np.int64)


def _sorted(rows: np.ndarray) -> np.ndarray:
    return rows[np.lexsort(rows[:, :3].round(9).T)]


def _soup(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Triangles of all sizes, some twice, some without area."""
    random = np.random.default_rng(seed)
    points = random.normal(size=(30, 3)) * random.choice([0.02, 1.0], (30, 1))
    faces = random.integers(0, 30, (40, 3))
    return points, np.concatenate([faces, faces[:5], [[0, 0, 1], [2, 2, 2]]]).astype(np.int64)


@pytest.mark.parametrize("case", [_soup(0), _soup(1), _sphere(2)], ids=["soup", "another soup", "sphere"])
def test_rows_equal_those_of_the_twin(case: tuple[np.ndarray, np.ndarray]) -> None:
    found, _ = sample(*case, 0.23, 10**9)
    expected = twin.samples(*case, 0.23)
    assert _sorted(found) == pytest.approx(_sorted(expected), abs=1e-12)


def test_the_surface_of_a_sphere_has_its_known_moments() -> None:
    rows, pieces = sample(*_sphere(5), 0.2, 10**9)
    assert pieces == 20 * 4**5
    assert rows[:, 3].sum() == pytest.approx(4 * np.pi, rel=1e-3)
    assert rows[:, 4:7].sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    # the integral of x n is the volume, in every direction alike
    moment = (rows[:, 4:7, None] * rows[:, None, :3]).sum(axis=0) + rows[:, 7:16].reshape(-1, 3, 3).sum(axis=0)
    assert moment == pytest.approx(np.eye(3) * 4 * np.pi / 3, abs=5e-3)
    square = (rows[:, 3:4] * (rows[:, :3] ** 2 + rows[:, 16:19])).sum(axis=0)
    assert square == pytest.approx(np.full(3, 4 * np.pi / 3), rel=2e-3)


def test_more_triangles_are_not_more_samples() -> None:
    coarse, fine = (len(sample(*_sphere(n), 0.2, 10**9)[0]) for n in (5, 6))
    assert fine < 1.1 * coarse


def test_it_stops_above_the_number_of_pieces_that_is_allowed() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=float)
    _, pieces = sample(vertices, np.array([[0, 1, 2]] * 9, dtype=np.int64), 0.01, 10)
    assert 10 < pieces < 40_000


def test_nothing_and_no_area_give_no_rows() -> None:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], dtype=float)
    assert sample(vertices, np.zeros((0, 3), dtype=np.int64), 0.1, 100)[0].shape == (0, 23)
    assert sample(vertices, np.array([[0, 1, 2]], dtype=np.int64), 0.3, 100)[0].shape == (0, 23)


def test_rows_that_are_turned_are_those_of_the_turned_surface() -> None:
    vertices, faces = _sphere(3)
    random = np.random.default_rng(3)
    axes, _ = np.linalg.qr(random.normal(size=(3, 3)))
    axes = np.ascontiguousarray(axes * np.sign(np.linalg.det(axes)))
    origin = np.array([0.3, -2.0, 1.0])
    vertices = vertices * [1.0, 2.0, 0.5]
    rows = on_one_and_all_threads(placed, sample(vertices, faces, 9.0, 10**6)[0], origin, axes, 3.0)
    expected = sample((vertices - origin) @ axes.T * 3.0, faces, 27.0, 10**6)[0]
    assert len(rows) == 1  # one voxel holds it all, so that both are cut alike
    assert rows == pytest.approx(expected, rel=1e-9, abs=1e-9)
