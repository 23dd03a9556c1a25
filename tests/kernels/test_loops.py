from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.loops import loops
from tests.reference import geometry as twin


def taken(edges):
    """The loops as lists: (vertices, closed)."""
    vertices, starts, closed = loops(np.asarray(edges, np.int64).reshape(-1, 2))
    return [(vertices[starts[n] : starts[n + 1]].tolist(), bool(closed[n])) for n in range(len(closed))]


def random_edges(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 25))
    drawn = np.sort(rng.integers(0, count, (int(rng.integers(0, 60)), 2)), axis=1)
    drawn = np.unique(drawn[drawn[:, 0] != drawn[:, 1]], axis=0)
    return rng.permutation(drawn) * 7  # vertex numbers need not be dense


@pytest.mark.parametrize("seed", range(40))
def test_agrees_with_the_slow_twin(seed, path):
    edges = random_edges(seed)
    assert taken(edges) == twin.loops(edges)


@pytest.mark.parametrize("seed", range(40))
def test_every_edge_is_in_one_loop_and_no_loop_passes_a_vertex_twice(seed, path):
    edges = random_edges(seed)
    met = []
    for vertices, closed in taken(edges):
        assert len(set(vertices)) == len(vertices)
        assert not closed or len(vertices) >= 3
        met += [tuple(sorted(pair)) for pair in zip(vertices, vertices[1:] + vertices[:1], strict=True)][
            : len(vertices) - (not closed)
        ]
    assert sorted(met) == sorted(tuple(sorted(edge)) for edge in edges.tolist())
    odd = np.count_nonzero(np.bincount(edges.ravel(), minlength=1) % 2)
    assert 2 * sum(not closed for _, closed in taken(edges)) == odd


def test_no_edges_no_loops(path):
    assert taken([]) == []


def test_a_polygon_of_n_edges_is_one_loop_of_n_vertices(path):
    n = 1000
    ring = np.stack([np.arange(n), (np.arange(n) + 1) % n], axis=1)
    found = taken(np.random.default_rng(0).permutation(ring))
    assert [(len(vertices), closed) for vertices, closed in found] == [(n, True)]


def test_loops_that_touch_at_a_vertex_are_parted_there(path):
    eight = [(0, 1), (1, 2), (2, 0), (0, 3), (3, 4), (4, 0)]
    assert sorted(len(vertices) for vertices, _ in taken(eight)) == [3, 3]


def test_a_chain_that_does_not_close_is_told(path):
    assert [closed for _, closed in taken([(0, 1), (1, 2)])] == [False]
