from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.neighbours import nearest
from tests.reference import geometry as twin


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("k", [1, 4])
def test_agrees_with_the_slow_twin(seed, k, path):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(int(rng.integers(1, 60)), 3))
    if seed % 3 == 0:
        points = np.round(points)  # duplicates and ties
    if seed % 4 == 0:
        points[0] = 1e12  # one stray point
    queries = rng.integers(0, len(points), 10)
    expected = np.array([twin.nearest(points, query, k) for query in queries])
    assert np.allclose(nearest(points, queries, k), expected, rtol=1e-12, atol=0)


def test_both_paths_are_equal_to_the_last_bit(monkeypatch):
    from sceneproof.kernels import neighbours

    points = np.random.default_rng(3).normal(size=(700, 3))
    both = []
    for choice in (True, False):
        monkeypatch.setattr(neighbours, "compiled", lambda rows, choice=choice: choice)
        both.append(nearest(points, np.arange(700), 6))
    assert np.array_equal(*both)


def test_a_lattice_has_its_six_neighbours_at_the_step(path):
    step = 0.25
    points = np.stack(np.meshgrid(*[np.arange(9) * step] * 3, indexing="ij"), -1).reshape(-1, 3)
    middle = np.flatnonzero((np.abs(points - 4 * step) < step).all(axis=1))
    found = nearest(points, middle, 7)
    assert np.allclose(found[:, :6], step)
    assert np.allclose(found[:, 6], step * np.sqrt(2))


def test_nothing_and_one_point(path):
    assert nearest(np.zeros((0, 3)), np.zeros(0, int), 3).shape == (0, 3)
    assert np.isinf(nearest(np.zeros((1, 3)), np.array([0]), 3)).all()


def test_many_points_at_one_place_end_soon(path):
    points = np.zeros((3000, 3))
    points[-1] = 5
    found = nearest(points, np.array([0, 2999]), 3)
    assert found[0].tolist() == [0, 0, 0]
    assert np.allclose(found[1], np.sqrt(75))
