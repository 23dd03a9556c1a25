from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.ridge import conjugate_gradients, gather, normal_matrix, spread
from sceneproof.kernels.umbrella import umbrella
from tests.reference.ridge import dense


def _case(seed: int):
    random = np.random.default_rng(seed)
    blocks = [np.sort(random.choice(40, size=n, replace=False)) for n in (10, 0, 25, 7)]
    ends = np.append(0, np.cumsum([len(b) for b in blocks])).astype(np.int64)
    ids = np.concatenate(blocks).astype(np.int64)
    rows = np.array([[0, 1], [-1, -1], [2, -1], [3, 4]], dtype=np.int64)
    return (ends, ids), random.normal(size=(2, len(ids))), rows, random.uniform(0, 2, 40)


@pytest.mark.parametrize("seed", range(3))
def test_products_equal_those_of_the_dense_matrix(seed: int) -> None:
    blocks, values, rows, inverse = _case(seed)
    matrix = dense(*blocks, values, rows, 40)
    everywhere = np.ones((4, 4), dtype=np.int64)
    assert normal_matrix(blocks, values, rows, inverse, everywhere) == pytest.approx(matrix * inverse @ matrix.T)
    y, d = np.random.default_rng(9).normal(size=5), np.random.default_rng(8).normal(size=40)
    assert spread(blocks, values, rows, inverse, y) == pytest.approx(inverse * (matrix.T @ y))
    assert gather(blocks, values, rows, d) == pytest.approx(matrix @ d)


@pytest.mark.parametrize("seed", range(3))
def test_the_solve_equals_a_direct_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    half = random.normal(size=(30, 12))
    matrix, right = half @ half.T, random.normal(size=30)
    found = conjugate_gradients(matrix, 0.3, right, 1e-12)
    assert found == pytest.approx(np.linalg.solve(matrix + 0.3 * np.eye(30), right), abs=1e-8)


def test_nothing_wanted_moves_nothing() -> None:
    assert not conjugate_gradients(np.eye(4), 0.1, np.zeros(4), 1e-9).any()
    assert conjugate_gradients(np.zeros((0, 0)), 0.1, np.zeros(0), 1e-9).shape == (0,)


def test_one_umbrella_step_goes_halfway_to_the_neighbours_mean() -> None:
    line = np.array([[0.0, 0, 0], [1, 1, 0], [2, 0, 0], [9, 9, 9]])
    moved = umbrella(line, np.array([[0, 1], [1, 2]], dtype=np.int64), 0.5, 1)
    assert moved.tolist() == [[0.5, 0.5, 0], [1, 0.5, 0], [1.5, 0.5, 0], [9, 9, 9]]
