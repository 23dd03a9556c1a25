from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sceneproof.kernels import duplicates
from sceneproof.kernels.duplicates import weld
from tests.kernels._meshes import CASES, random_mesh
from tests.reference import meshes as twin

FLOATS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 1.0 + 2**-23, 1e-45, float("inf"), float("nan")])


def check(points):
    ids, count = weld(points)
    expected, total = twin.weld(points)
    assert ids.tolist() == expected
    assert count == total


@pytest.mark.parametrize("name", CASES)
def test_agrees_with_the_slow_twin_on_fixed_meshes(name, path):
    check(CASES[name][0])


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_the_slow_twin_on_random_meshes(seed, path):
    check(random_mesh(seed)[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FLOATS, FLOATS, FLOATS), max_size=30))
def test_both_paths_agree_on_odd_floats(rows):
    points = np.array(rows, np.float32).reshape(-1, 3)
    bits, lonely = duplicates._bits(points)
    expected, total = twin.weld(points)
    for ids, count in (duplicates._sort_weld(bits, lonely), duplicates._hash_weld(bits, lonely)):
        assert ids.tolist() == expected
        assert count == total


def test_every_copy_is_found_among_many(path):
    rng = np.random.default_rng(2)
    points = rng.normal(size=(5_000, 3)).astype(np.float32)
    ids, count = weld(np.concatenate([points, points[rng.permutation(5_000)]]))
    assert count == 5_000
    assert np.array_equal(np.sort(ids[5_000:]), np.arange(5_000))


def test_crafted_collisions_fall_back_to_sorting(monkeypatch):
    monkeypatch.setattr(duplicates, "compiled", lambda rows: True)
    monkeypatch.setattr(duplicates, "_hash_weld", lambda bits, lonely: (np.zeros(len(bits), np.int64), -1))
    check(CASES["box with seams"][0])
