"""Attacks on splat clouds do what their definitions say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import attacks
from sceneproof.attacks import AttackError
from sceneproof.attacks._harmonics import basis, turned
from sceneproof.attacks._rotation import quaternion, quaternion_product, random_rotation
from tests.makers.splats import cloud

CASES = [(name, amount) for name in attacks.names("splats") for amount in attacks.module(name).AMOUNTS]


def matrix_of(turn: np.ndarray) -> np.ndarray:
    """Rotation matrices of unit quaternions xyzw [shape=(n, 4)]."""
    x, y, z, w = turn.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


@pytest.mark.parametrize(("name", "amount"), CASES)
def test_a_seed_gives_one_cloud_of_the_same_types_and_leaves_the_subject_alone(name, amount):
    before, kept = cloud(200, 3), cloud(200, 3)
    one, two = attacks.run(name, before, amount, 6), attacks.run(name, before, amount, 6)
    for field in ("positions", "scales", "rotations", "opacities", "harmonics"):
        np.testing.assert_array_equal(getattr(one, field), getattr(two, field))
        np.testing.assert_array_equal(getattr(before, field), getattr(kept, field))
        assert getattr(one, field).dtype == np.float32
        assert len(getattr(one, field)) == len(one.positions)


@pytest.mark.parametrize("amount", ["10", "30", "50"])
def test_pruning_takes_the_faintest_and_dropping_takes_any(amount):
    before = cloud(200)
    left = 200 - 2 * int(amount)
    pruned, dropped = (attacks.run(name, before, amount, 2) for name in ("splats-prune", "splats-drop"))
    assert len(pruned.positions) == len(dropped.positions) == left
    assert pruned.opacities.min() >= np.sort(before.opacities)[200 - left]
    assert dropped.opacities.min() < pruned.opacities.min()


@pytest.mark.parametrize("amount", ["10", "30", "50"])
def test_a_crop_leaves_the_splats_on_one_side_in_place(amount):
    before = cloud(200)
    after = attacks.run("splats-crop", before, amount, 2)
    assert len(after.positions) == 200 - 2 * int(amount)
    known = {row.tobytes() for row in before.positions}
    assert all(row.tobytes() in known for row in after.positions)


@pytest.mark.parametrize("bits", [16, 11])
def test_quantised_centres_lie_on_the_grid(bits):
    before = cloud(300)
    after = attacks.run("splats-quantise", before, str(bits))
    span = np.ptp(before.positions.astype(float), axis=0)
    steps = (after.positions.astype(float) - before.positions.min(axis=0)) / span * (2**bits - 1)
    np.testing.assert_allclose(steps, np.rint(steps), atol=0.02)
    assert np.abs(after.positions - before.positions).max() <= 0.51 * span.max() / (2**bits - 1)


def test_dropping_harmonics_keeps_the_base_colour():
    before = cloud(50, 3)
    after = attacks.run("splats-sh-drop", before, "0")
    np.testing.assert_array_equal(after.harmonics, before.harmonics[:, :1])


@pytest.mark.parametrize("degree", range(5))
def test_the_basis_is_orthonormal_on_the_sphere(degree):
    z, weight = np.polynomial.legendre.leggauss(12)
    phi = np.arange(24) * np.pi / 12
    ring = np.sqrt(1 - z**2)
    points = np.array([[r * np.cos(p), r * np.sin(p), h] for h, r in zip(z, ring, strict=True) for p in phi])
    values = basis(points, degree)
    gram = (values * (np.repeat(weight, 24) * np.pi / 12)[:, None]).T @ values
    np.testing.assert_allclose(gram, np.eye(2 * degree + 1), atol=1e-8)


@given(seed=st.integers(0, 2**32 - 1), degree=st.integers(1, 4))
def test_turned_harmonics_look_the_same_from_the_side_that_has_turned(seed, degree):
    rng = np.random.default_rng(seed)
    rotation = random_rotation(rng)
    before = rng.normal(size=(2, (degree + 1) ** 2, 3))
    after = turned(before, rotation)
    views = rng.normal(size=(20, 3))
    views /= np.linalg.norm(views, axis=1, keepdims=True)

    def seen(harmonics: np.ndarray, directions: np.ndarray) -> np.ndarray:
        values = np.concatenate([basis(directions, d) for d in range(degree + 1)], axis=1)
        return np.einsum("vk,nkc->nvc", values, harmonics)

    np.testing.assert_allclose(seen(after, views @ rotation.T), seen(before, views), atol=1e-9)


@given(seed=st.integers(0, 2**32 - 1))
def test_quaternions_compose_as_their_matrices(seed):
    rng = np.random.default_rng(seed)
    one, two = random_rotation(rng), random_rotation(rng)
    product = quaternion_product(quaternion(one), quaternion(two)[None])
    np.testing.assert_allclose(matrix_of(product)[0], one @ two, atol=1e-12)


def test_a_similarity_moves_every_ellipsoid_with_its_centre():
    before = cloud(60, 2)
    after = attacks.run("splats-similarity", before, "", 9)
    one, two = before.positions.astype(float), after.positions.astype(float)
    affine = np.linalg.lstsq(np.c_[one, np.ones(len(one))], two, rcond=None)[0][:3].T
    scale = np.cbrt(np.linalg.det(affine))
    assert 0.1 <= scale <= 10.0

    def shapes(splats):
        axes = matrix_of(splats.rotations.astype(float)) * splats.scales.astype(float)[:, None, :]
        return axes @ np.swapaxes(axes, 1, 2)

    np.testing.assert_allclose(shapes(after), affine @ shapes(before) @ affine.T, rtol=1e-3, atol=1e-4 * scale**2)


def test_clouds_that_cannot_be_attacked_are_refused():
    empty = cloud(0)
    for name in ("splats-prune", "splats-drop", "splats-crop", "splats-quantise", "splats-similarity"):
        with pytest.raises(AttackError, match="no splat is left"):
            attacks.run(name, empty)
    odd = replace(cloud(3), harmonics=np.zeros((3, 5, 3), np.float32))
    with pytest.raises(AttackError, match="5 spherical harmonics"):
        attacks.run("splats-similarity", odd)
    with pytest.raises(AttackError, match="splats-quantise: amount"):
        attacks.run("splats-quantise", cloud(3), "many")
