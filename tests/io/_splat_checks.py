"""One comparison of splats for all formats: each value within the step that a format stores it at."""

from __future__ import annotations

import numpy as np

from sceneproof.scene import Splats


def turn_error(a: Splats, b: Splats) -> float:
    """The largest angle between two rotations, radians; a quaternion and its negative are one rotation."""
    dots = np.abs((a.rotations.astype(np.float64) * b.rotations).sum(axis=1))
    return float(2 * np.arccos(np.minimum(dots, 1.0)).max(initial=0.0))


def assert_close(read: Splats, truth: Splats, **steps: float) -> None:
    """`steps`: most absolute error of positions, log scales, rotations (radians), opacities, first and rest."""
    np.testing.assert_allclose(read.positions, truth.positions, atol=steps["positions"], rtol=1e-6)
    np.testing.assert_allclose(np.log(read.scales), np.log(truth.scales), atol=steps["scales"])
    assert turn_error(read, truth) <= steps["rotations"]
    np.testing.assert_allclose(np.linalg.norm(read.rotations, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(read.opacities, truth.opacities, atol=steps["opacities"])
    assert read.harmonics.shape == truth.harmonics.shape
    np.testing.assert_allclose(read.harmonics[:, 0], truth.harmonics[:, 0], atol=steps["first"])
    np.testing.assert_allclose(read.harmonics[:, 1:], truth.harmonics[:, 1:], atol=steps.get("rest", 0))
    assert not any(
        getattr(read, name).flags.writeable for name in ("positions", "scales", "rotations", "opacities", "harmonics")
    )
