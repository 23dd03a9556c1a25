"""Display colours to linear light, as arrays and one by one."""

from __future__ import annotations

import numpy as np

from sceneproof.io._colors import linear, linear_of


def test_the_curve_meets_the_standards_points_and_its_two_parts_meet() -> None:
    np.testing.assert_allclose(linear_of(np.array([0.0, 0.5, 1.0])), [0.0, 0.21404114, 1.0], atol=1e-7)
    assert abs(linear(0.04045) - linear(0.04046)) < 1e-6


def test_what_lies_outside_counts_as_the_end_and_nan_stays() -> None:
    found = linear_of(np.array([-1.0, 2.0, np.nan]))
    assert found[:2].tolist() == [0.0, 1.0]
    assert np.isnan(found[2])
    assert (linear(-1.0), linear(2.0)) == (0.0, 1.0)


def test_one_channel_is_what_the_array_says() -> None:
    values = np.linspace(0, 1, 256)
    np.testing.assert_array_equal(linear_of(values), np.array([linear(v) for v in values.tolist()], np.float32))
