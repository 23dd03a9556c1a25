from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.discs import nearest_discs
from tests.reference import discs as twin


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_the_slow_twin(seed, path):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 40))
    centers = rng.integers(-6, 26, (count, 2))
    depths = rng.integers(1, 5, count) / 2  # many are equally near
    radii = rng.uniform(0, 5, count)
    found, wanted = (
        nearest_discs(centers, depths, radii, (17, 20)),
        twin.nearest_discs(centers, depths, radii, (17, 20)),
    )
    assert found[0].tolist() == wanted[0].tolist()
    assert found[1].tolist() == wanted[1].tolist()


def test_without_discs_nothing_is_seen(path):
    source, near = nearest_discs(np.zeros((0, 2)), np.zeros(0), np.zeros(0), (3, 4))
    assert source.tolist() == [[-1] * 4] * 3
    assert np.isinf(near).all()


def test_a_disc_covers_the_lattice_points_within_its_radius(path):
    """Gauss's circle problem: 317 lattice points lie within a radius of 10."""
    source, near = nearest_discs([[15, 12]], [2.0], [10.0], (30, 40))
    assert int((source == 0).sum()) == 317
    assert set(near[source == 0]) == {2.0}


def test_the_nearer_disc_hides_the_farther_whatever_their_order(path):
    for order in ([0, 1], [1, 0]):
        depths = np.array([1.0, 2.0])[order]
        source, near = nearest_discs([[5, 5], [5, 5]], depths, [3.0, 3.0], (11, 11))
        assert (source[near < 9] == order.index(0)).all()


def test_discs_outside_the_picture_reach_into_it(path):
    source, _ = nearest_discs([[-2, 1], [500, 500]], [1.0, 1.0], [3.0, 3.0], (3, 3))
    assert source.tolist() == [[0, -1, -1], [0, 0, -1], [0, -1, -1]]
