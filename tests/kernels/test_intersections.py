from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.intersections import crossings
from tests.kernels._meshes import CASES
from tests.makers.shapes import icosphere, merged
from tests.reference import geometry as twin

ALL = 1 << 60


def found(points, faces, budget=ALL):
    return crossings(points, faces, np.arange(len(faces)), budget)


@pytest.mark.parametrize("seed", range(25))
def test_agrees_with_the_slow_twin_in_exact_arithmetic(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(6, 40))
    points = rng.integers(-3, 4, (count, 3)).astype(float)  # whole numbers, so that many touch and lie in one plane
    faces = rng.integers(0, count, (int(rng.integers(1, 40)), 3))
    partner, counts, done = found(points, faces)
    expected = twin.crossings(points, faces)
    assert done == len(faces)
    assert counts.tolist() == [len(others) for others in expected]
    assert all(n in others if others else n == -1 for n, others in zip(partner.tolist(), expected, strict=True))


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("not a number", "infinite")])
def test_clean_and_broken_meshes_agree_with_the_twin(name):
    points, faces = CASES[name]
    few = faces[:60]
    assert found(points, few)[1].tolist() == [len(others) for others in twin.crossings(points, few)]


def test_two_spheres_cross_along_the_circle_that_geometry_says():
    one, distance = icosphere(radius=1, level=4), 1.2
    # Turned, since edges that meet their mirror images exactly do not go through a face.
    both = merged([one, one.turned("y", 0.3).turned("z", 0.2).moved((distance, 0, 0))])
    points = np.asarray(both.positions, float)
    partner, counts, _ = found(points, both.faces)
    hit = np.flatnonzero(partner >= 0)
    edge = 0.09  # longest edge of this sphere
    middle = points[both.faces[hit]].mean(axis=1)
    assert np.abs(middle[:, 0] - distance / 2).max() < edge
    radius = np.hypot(middle[:, 1], middle[:, 2])
    assert np.abs(radius - np.sqrt(1 - (distance / 2) ** 2)).max() < edge
    halves = np.histogram(np.arctan2(middle[:, 2], middle[:, 1]), 24)[0]
    assert halves.min() > 0  # all around
    assert counts.sum() % 2 == 0
    assert ((hit < len(one.faces)) != (partner[hit] < len(one.faces))).all()  # each with one of the other sphere


@pytest.mark.parametrize("offset", [(3.0, 0, 0), (0, 0, 0)])
def test_spheres_apart_and_within_one_another_do_not_cross(offset):
    both = merged([icosphere(radius=1, level=3), icosphere(radius=0.5, level=3).moved(offset)])
    assert not found(both.positions, both.faces)[1].any()


def test_nothing_to_look_at():
    none = np.zeros((0, 3))
    assert found(none, none.astype(int))[2] == 0
    partner, counts, done = crossings(np.eye(3), np.array([[0, 1, 2]]), np.zeros(0, int), ALL)
    assert (len(partner), len(counts), done) == (0, 0, 0)


def test_a_budget_ends_the_search_after_the_face_that_it_is_at():
    one = icosphere(level=3)
    both = merged([one, one.moved((0.3, 0.1, 0))])
    partner, counts, done = found(both.positions, both.faces, 1)
    whole = found(both.positions, both.faces)
    assert done == 1
    assert partner[0] == whole[0][0]
    assert not counts[1:].any()
    half = found(both.positions, both.faces, 20_000)
    assert 1 < half[2] < len(both.faces)
    assert half[1][: half[2]].tolist() == whole[1][: half[2]].tolist()


def test_a_pile_of_faces_in_one_place_ends_by_the_budget():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(60_000, 3))
    faces = np.arange(60_000).reshape(-1, 3)
    assert found(points, faces, 2_000_000)[2] < len(faces)


def test_moving_and_scaling_changes_nothing():
    one = icosphere(level=3)
    both = merged([one, one.moved((0.3, 0.1, 0.05))])
    points = np.asarray(both.positions, float)
    expected = found(points, both.faces)[1].tolist()
    assert found(points * 1e-3, both.faces)[1].tolist() == expected
    assert found(points * 512 + 4096, both.faces)[1].tolist() == expected
