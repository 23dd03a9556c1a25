"""Remeshing attacks give another tessellation of nearly the same surface."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof import attacks
from sceneproof.attacks import AttackError, Geometry
from sceneproof.attacks._mesh import edges
from sceneproof.attacks._winding import winding
from tests.reference.winding import winding_slow

from ._shapes import area, ball, dome, volume

pytest.importorskip("open3d", reason="Open3D does not load here", exc_type=ImportError)


def closed(surface: Geometry) -> bool:
    return bool((edges(surface.faces, len(surface.positions))[2] == 2).all())


def test_winding_numbers_are_one_inside_and_nothing_outside():
    shape = ball(20, bumps=0.0)
    points = np.random.default_rng(0).uniform(-1.5, 1.5, (500, 3))
    radius = np.linalg.norm(points, axis=1)
    sure = np.abs(radius - 1.0) > 0.03
    np.testing.assert_allclose(winding(shape, points)[sure], radius[sure] < 1.0, atol=0.05)


def test_winding_numbers_agree_with_the_sum_over_all_triangles():
    shape = dome(16)
    points = np.random.default_rng(1).uniform(-1.5, 1.5, (300, 3))
    np.testing.assert_allclose(winding(shape, points), winding_slow(shape.corners, points), atol=0.02)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_winding_numbers_of_few_triangles(count):
    shape = dome(6)
    few = Geometry(shape.positions, shape.faces[:count])
    points = np.random.default_rng(2).uniform(-1.5, 1.5, (20, 3))
    np.testing.assert_allclose(winding(few, points), winding_slow(few.corners, points), atol=0.02)


def test_the_zero_level_keeps_volume_area_and_orientation():
    shape = ball(24)
    after = attacks.run("remesh-sdf", shape, "48", 1)
    assert closed(after)
    assert volume(after) == pytest.approx(volume(shape), rel=0.01)
    assert area(after) == pytest.approx(area(shape), rel=0.02)


def test_the_zero_level_is_on_the_surface():
    shape = ball(40, bumps=0.0)
    after = attacks.run("remesh-sdf", shape, "64", 1)
    step = 2.0 / (64 - 6)
    assert np.abs(np.linalg.norm(after.positions, axis=1) - 1.0).max() < 0.2 * step


def test_the_grid_lies_otherwise_for_another_seed():
    shape = ball(12)
    one, two = (attacks.run("remesh-sdf", shape, "24", seed) for seed in (1, 2))
    assert len(one.faces) != len(two.faces) or not np.array_equal(one.positions, two.positions)


def test_an_opening_gets_a_lid():
    after = attacks.run("remesh-sdf", dome(24), "48", 1)
    assert closed(after)
    assert volume(after) == pytest.approx(volume(ball(24)) / 2.0, rel=0.15)


def test_parts_that_overlap_become_one():
    one, two = ball(16, bumps=0.0), ball(16, bumps=0.0)
    both = Geometry(
        np.concatenate([one.positions, two.positions + np.array([0.9, 0.1, 0.0])]),
        np.concatenate([one.faces, two.faces + len(one.positions)]),
    )
    after = attacks.run("remesh-sdf", both, "48", 1)
    assert closed(after)
    lens = np.pi / 12 * (4 + np.hypot(0.9, 0.1)) * (2 - np.hypot(0.9, 0.1)) ** 2  # of two unit balls
    assert volume(after) == pytest.approx(8.0 / 3.0 * np.pi - lens, rel=0.03)


def test_a_flat_sheet_encloses_nothing():
    tile = Geometry(np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]), np.array([[0, 1, 2], [0, 2, 3]]))
    with pytest.raises(AttackError, match="encloses nothing"):
        attacks.run("remesh-sdf", tile, "32")


def test_poisson_reconstruction_keeps_the_volume():
    shape = ball(24)
    after = attacks.run("remesh-poisson", shape, "6", 1)
    assert volume(after) == pytest.approx(volume(shape), rel=0.02)


@pytest.mark.parametrize("amount", ["4", "8"])
def test_isotropic_remeshing_gives_edges_of_one_length_on_the_same_surface(amount):
    shape = ball(24)
    after = attacks.run("remesh-isotropic", shape, amount, 1)
    pairs, _, uses = edges(after.faces, len(after.positions))
    size = np.linalg.norm(after.positions[pairs[:, 0]] - after.positions[pairs[:, 1]], axis=1)
    size /= shape.diagonal * float(amount) / 100.0
    assert (uses == 2).all()
    assert len(after.positions) - len(pairs) + len(after.faces) == 2
    assert size.mean() == pytest.approx(1.0, abs=0.06)
    assert ((size > 0.8) & (size < 4.0 / 3.0)).mean() > 0.9
    assert volume(after) == pytest.approx(volume(shape), rel=0.05)
    valence = np.bincount(pairs.reshape(-1))
    assert (np.abs(valence - 6) <= 1).mean() > 0.95


def test_isotropic_remeshing_keeps_one_border_and_its_place():
    shape = dome(24)
    after = attacks.run("remesh-isotropic", shape, "6", 1)
    pairs, _, uses = edges(after.faces, len(after.positions))
    rim = np.unique(pairs[uses == 1])
    assert len(after.positions) - len(pairs) + len(after.faces) == 1
    assert np.abs(after.positions[rim, 1]).max() < 0.02
    assert area(after) == pytest.approx(area(shape), rel=0.04)


def test_isotropic_remeshing_of_what_is_no_manifold_keeps_the_crossing():
    points = np.array([[0.0, 0, 0], [0, 1, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1]])
    fan = Geometry(points, np.array([[0, 1, 2], [1, 0, 3], [0, 1, 4]]))
    after = attacks.run("remesh-isotropic", fan, "8", 1)
    pairs, _, uses = edges(after.faces, len(after.positions))
    crossing = pairs[uses == 3]
    assert len(crossing) > 1
    assert np.abs(after.positions[crossing][..., [0, 2]]).max() < 1e-12
    assert area(after) == pytest.approx(area(fan), rel=0.02)


def test_edges_that_would_make_too_many_faces_are_refused():
    with pytest.raises(AttackError, match="more than 4,000,000 faces"):
        attacks.run("remesh-isotropic", ball(6), "0.02")
