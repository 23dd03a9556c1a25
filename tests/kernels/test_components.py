from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.components import roots
from tests.reference import meshes as twin


@pytest.mark.parametrize("seed", range(25))
def test_agrees_with_the_slow_twin(seed, path):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    links = rng.integers(0, count, (int(rng.integers(0, 50)), 2))
    assert roots(links, count).tolist() == twin.roots(links, count)


def test_no_links_leave_every_item_alone(path):
    assert roots(np.zeros((0, 2), np.int64), 4).tolist() == [0, 1, 2, 3]
    assert roots(np.zeros((0, 2), np.int64), 0).tolist() == []


@pytest.mark.parametrize("reverse", [False, True])
def test_a_long_chain_is_one_component(reverse, path):
    items = np.random.default_rng(4).permutation(5_000)
    links = np.stack([items[:-1], items[1:]], axis=1)
    assert not roots(links[::-1] if reverse else links, 5_000).any()
