from __future__ import annotations

import numpy as np

from sceneproof.kernels.rows import finite_rows


def test_a_row_is_finite_when_all_its_numbers_are():
    rng = np.random.default_rng(0)
    points = rng.choice([1.0, -0.0, np.nan, np.inf, -np.inf], (200, 3))
    assert np.array_equal(finite_rows(points), np.isfinite(points).all(axis=1))
    assert finite_rows(np.zeros((0, 3))).shape == (0,)
