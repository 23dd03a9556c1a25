from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.ridge import (
    conjugate_gradients,
    gather,
    matrix_diagonal,
    near_cells,
    normal_matrix,
    product,
    spread,
)
from sceneproof.kernels.umbrella import umbrella
from tests.kernels._threads import on_one_and_all_threads
from tests.reference.ridge import dense, full, sparse


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
    everywhere = (np.arange(0, 17, 4), np.tile(np.arange(4), 4))
    found = on_one_and_all_threads(normal_matrix, blocks, values, rows, inverse, everywhere)
    assert full(*found) == pytest.approx(matrix * inverse @ matrix.T)
    assert matrix_diagonal(found) == pytest.approx(np.diag(matrix * inverse @ matrix.T))
    y, d = np.random.default_rng(9).normal(size=5), np.random.default_rng(8).normal(size=40)
    assert product(found, y) == pytest.approx(full(*found) @ y)
    assert spread(blocks, values, rows, inverse, y) == pytest.approx(inverse * (matrix.T @ y))
    assert on_one_and_all_threads(gather, blocks, values, rows, d) == pytest.approx(matrix @ d)


def test_pairs_that_are_not_near_are_left_out_on_both_sides() -> None:
    blocks, values, rows, inverse = _case(0)
    near = (np.array([0, 2, 3, 5, 6]), np.array([0, 2, 1, 0, 2, 3]))
    matrix = dense(*blocks, values, rows, 40)
    expected = matrix * inverse @ matrix.T
    expected[:3, 3:] = 0.0
    expected[3:, :3] = 0.0
    assert full(*normal_matrix(blocks, values, rows, inverse, near)) == pytest.approx(expected)


def test_cells_are_near_when_their_balls_touch() -> None:
    random = np.random.default_rng(0)
    centres, reach = random.uniform(0, 5, (40, 3)), random.uniform(0.5, 1.5, 40)
    ends, ids = on_one_and_all_threads(near_cells, centres, reach)
    distance = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    expected = distance < reach[:, None] + reach[None]
    assert [ids[ends[c] : ends[c + 1]].tolist() for c in range(40)] == [np.flatnonzero(e).tolist() for e in expected]


@pytest.mark.parametrize("seed", range(3))
def test_the_solve_equals_a_direct_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    half = random.normal(size=(30, 12))
    matrix, right = half @ half.T, random.normal(size=30)
    expected = np.linalg.solve(matrix + 0.3 * np.eye(30), right)
    found = on_one_and_all_threads(conjugate_gradients, sparse(matrix), 0.3, right, 1e-12, np.zeros(30))
    assert found == pytest.approx(expected, abs=1e-8)
    assert conjugate_gradients(sparse(matrix), 0.3, right, 1e-12, random.normal(size=30)) == pytest.approx(
        expected, abs=1e-8
    )


def test_a_start_at_the_solution_stays_there() -> None:
    start = np.array([1.0, 2.0, 3.0])
    assert (conjugate_gradients(sparse(np.eye(3)), 1.0, 2.0 * start, 1e-9, start) == start).all()


def test_nothing_wanted_moves_nothing() -> None:
    assert not conjugate_gradients(sparse(np.eye(4)), 0.1, np.zeros(4), 1e-9, np.zeros(4)).any()
    assert conjugate_gradients(sparse(np.zeros((0, 0))), 0.1, np.zeros(0), 1e-9, np.zeros(0)).shape == (0,)


def test_one_umbrella_step_goes_halfway_to_the_neighbours_mean() -> None:
    line = np.array([[0.0, 0, 0], [1, 1, 0], [2, 0, 0], [9, 9, 9]])
    moved = on_one_and_all_threads(umbrella, line, np.array([[0, 1], [1, 2]], dtype=np.int64), 0.5, 1)
    assert moved.tolist() == [[0.5, 0.5, 0], [1, 0.5, 0], [1.5, 0.5, 0], [9, 9, 9]]


def test_many_umbrella_steps_equal_those_of_the_twin() -> None:
    random = np.random.default_rng(2)
    points = random.normal(size=(20, 3))
    edges = np.unique(np.sort(random.integers(0, 20, (50, 2)), axis=1), axis=0)
    edges = np.ascontiguousarray(edges[edges[:, 0] != edges[:, 1]])
    expected = points.copy()
    for _ in range(5):
        old = expected.copy()
        for v in range(20):
            around = [b if a == v else a for a, b in edges if v in (a, b)]
            if around:
                expected[v] = old[v] + 0.3 * (old[around].mean(axis=0) - old[v])
    assert umbrella(points, edges, 0.3, 5) == pytest.approx(expected)
