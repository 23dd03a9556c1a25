from __future__ import annotations

import numpy as np

from sceneproof.kernels._kernel import kernel
from sceneproof.kernels._sincos import sincos


@kernel
def _all(angles: np.ndarray) -> np.ndarray:
    out = np.empty((2, len(angles)))
    for i in range(len(angles)):
        out[0, i], out[1, i] = sincos(angles[i])
    return out


def test_sine_and_cosine_are_right_to_1e_12() -> None:
    angles = np.concatenate([np.linspace(-40, 40, 200_001), np.random.default_rng(0).uniform(-3000, 3000, 100_000)])
    found = _all(angles)
    assert np.abs(found[0] - np.sin(angles)).max() < 1e-12
    assert np.abs(found[1] - np.cos(angles)).max() < 1e-12


def test_what_is_no_number_stays_none() -> None:
    assert np.isnan(_all(np.array([np.nan, np.inf, -np.inf]))).all()
