"""Each surface attack does what its definition says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import attacks
from sceneproof.attacks import Geometry
from sceneproof.attacks._mesh import edges
from sceneproof.attacks._weld import weld

from ._shapes import area, ball, dome, triangles, volume

TILE = Geometry(np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]), np.array([[0, 1, 2], [0, 2, 3]]))


@pytest.fixture
def _open3d():
    pytest.importorskip("open3d", reason="Open3D does not load here", exc_type=ImportError)


def euler(surface: Geometry) -> int:
    return len(surface.positions) - len(edges(surface.faces, len(surface.positions))[0]) + len(surface.faces)


@pytest.mark.parametrize("name", ["file-reorder", "soup", "seams"])
def test_file_attacks_keep_every_triangle(name):
    shape = ball(10)
    after = attacks.run(name, shape, "", 2)
    np.testing.assert_array_equal(triangles(after), triangles(shape))


def test_reordering_moves_vertices_faces_and_first_corners():
    shape = ball(10)
    after = attacks.run("file-reorder", shape, "", 2)
    assert not np.array_equal(after.positions, shape.positions)
    assert not np.array_equal(after.corners, shape.corners)


def test_soup_shares_nothing_and_seams_double_some():
    shape = ball(10)
    assert len(attacks.run("soup", shape).positions) == 3 * len(shape.faces)
    doubled = len(attacks.run("seams", shape, "", 1).positions) - len(shape.positions)
    assert 0 < doubled < len(shape.positions)


@pytest.mark.parametrize("form", ["glb", "obj", "ply"])
def test_a_file_in_float32_keeps_order_and_places(form):
    shape = ball(10)
    after = attacks.run("formats", shape, form)
    np.testing.assert_array_equal(after.positions, shape.positions.astype(np.float32))
    np.testing.assert_array_equal(after.faces, shape.faces)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_similarity_keeps_angles_and_orientation(seed):
    shape = ball(6)
    after = attacks.run("similarity", shape, "", seed)
    scale = (volume(after) / volume(shape)) ** (1.0 / 3.0)
    assert 0.1 <= scale <= 10.0
    assert area(after) == pytest.approx(area(shape) * scale**2)
    np.testing.assert_allclose(
        np.linalg.norm(after.positions - after.positions[0], axis=1),
        scale * np.linalg.norm(shape.positions - shape.positions[0], axis=1),
        rtol=1e-6,
        atol=1e-9 * scale,
    )


@pytest.mark.parametrize("amount", ["2", "5", "10"])
def test_a_stretch_has_the_factors_that_it_names(amount):
    shape, a = ball(6), float(amount) / 100.0
    after = attacks.run("aniso", shape, amount, 4)
    matrix = np.linalg.lstsq(shape.positions, after.positions, rcond=None)[0]
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)
    factors = np.linalg.eigvalsh(matrix)
    assert factors[0] == pytest.approx(1.0 - a)
    assert factors[2] == pytest.approx(1.0 + a)
    assert 1.0 - a <= factors[1] <= 1.0 + a


@given(seed=st.integers(0, 2**32 - 1), amount=st.sampled_from(["0.05", "0.1", "0.3", "0.5", "1"]))
def test_noise_stays_within_its_amplitude_and_uses_it(seed, amount):
    shape = ball(12)
    moved = attacks.run("noise", shape, amount, seed).positions - shape.positions
    distance = np.linalg.norm(shape.positions - shape.positions.mean(axis=0), axis=1).mean()
    most = float(amount) / 100.0 * distance
    assert np.abs(moved).max() <= most * (1 + 1e-12)
    assert np.abs(moved).max() > 0.95 * most
    assert moved.std() == pytest.approx(most / np.sqrt(3.0), rel=0.1)


def test_noise_does_not_open_seams():
    shape = ball(8)
    soup = attacks.run("soup", shape)
    assert len(attacks.run("noise", soup, "1").positions) == len(shape.positions)


@pytest.mark.parametrize("bits", [7, 10, 12])
def test_quantised_coordinates_lie_on_the_grid_and_are_the_nearest(bits):
    shape = ball(20)
    after = attacks.run("quantise", shape, str(bits))
    low, high = shape.positions.min(axis=0), shape.positions.max(axis=0)
    steps = (after.positions - low) / (high - low) * (2**bits - 1)
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-6)
    for k in range(3):
        assert len(np.unique(np.rint(steps[:, k]))) <= 2**bits
    if bits == 12:  # nothing merges here, so rows can be compared
        assert np.abs(after.positions - shape.positions).max() <= (0.5 * (high - low) / (2**bits - 1)).max() * 1.000001


@pytest.mark.parametrize("bits", [8, 11, 14])
def test_draco_moves_no_vertex_further_than_half_a_step(bits):
    shape = ball(16)
    after = attacks.run("draco", shape, str(bits))
    step = np.ptp(shape.positions, axis=0).max() / (2**bits - 1)
    gap = np.abs(after.positions[:, None, :] - shape.positions[None, :, :]).max(axis=2)
    assert gap.min(axis=1).max() <= 0.5 * step * 1.001 + 1e-6
    assert gap.min(axis=0).max() <= 0.5 * step * 1.001 + 1e-6
    assert gap.min(axis=1).max() > 0.1 * step


def test_the_model_of_gltfpack_has_one_step_of_14_bits_for_all_axes():
    shape = ball(16)
    stretched = Geometry(shape.positions * [1.0, 2.0, 0.5], shape.faces)
    after = attacks.run("meshopt", stretched, "default", 1)
    step = np.ptp(stretched.positions, axis=0).max() / (2**14 - 1)
    places = (after.positions - stretched.positions.min(axis=0)) / step
    np.testing.assert_allclose(places, np.rint(places), atol=1e-6)
    assert len(after.faces) == len(shape.faces)


@pytest.mark.usefixtures("_open3d")
@pytest.mark.parametrize(("amount", "left"), [("10", 0.9), ("50", 0.5), ("90", 0.1), ("97.5", 0.025)])
def test_simplification_removes_the_share_of_faces(amount, left):
    shape = ball(60)
    after = attacks.run("simplify", shape, amount)
    assert len(after.faces) == pytest.approx(left * len(shape.faces), abs=2)
    assert volume(after) == pytest.approx(volume(shape), rel=0.05)


@pytest.mark.usefixtures("_open3d")
def test_gltfpack_si_half_leaves_half_the_faces():
    shape = ball(16)
    assert len(attacks.run("meshopt", shape, "si-0.5").faces) == pytest.approx(len(shape.faces) / 2, abs=2)


def test_laplacian_smoothing_shrinks_by_the_steps_and_a_plane_stays():
    shape = ball(16)
    sizes = [volume(attacks.run("laplacian", shape, amount)) for amount in ("5", "10", "30", "50")]
    assert sorted(sizes, reverse=True) == sizes
    flat = attacks.run("laplacian", TILE, "30")
    assert np.ptp(flat.positions[:, 2]) == 0.0


def test_one_laplacian_step_goes_a_tenth_to_the_mean():
    point = np.array([[0.0, 0, 1], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
    fan = Geometry(point, np.array([[0, 1, 3], [0, 3, 2], [0, 2, 4], [0, 4, 1]]))
    after = attacks.run("laplacian", fan, "1")
    np.testing.assert_allclose(after.positions[0], [0.0, 0.0, 0.9])


def test_taubin_shrinks_far_less_than_laplacian():
    shape = ball(16)
    taubin = abs(volume(attacks.run("taubin", shape, "10")) / volume(shape) - 1.0)
    laplacian = abs(volume(attacks.run("laplacian", shape, "50")) / volume(shape) - 1.0)
    assert taubin < 0.2 * laplacian


@pytest.mark.parametrize(("amount", "times"), [("midpoint", 4), ("sqrt3", 3), ("loop", 4)])
def test_subdivision_multiplies_the_faces_and_keeps_the_topology(amount, times):
    shape = ball(16)
    after = attacks.run("subdivide", shape, amount)
    assert len(after.faces) == times * len(shape.faces)
    assert euler(after) == euler(shape) == 2
    assert (edges(after.faces, len(after.positions))[2] == 2).all()
    assert volume(after) == pytest.approx(volume(shape), rel=0.03)


def test_midpoint_subdivision_keeps_the_surface():
    shape = dome(10)
    after = attacks.run("subdivide", shape, "midpoint")
    assert area(after) == pytest.approx(area(shape), rel=1e-12)


@pytest.mark.parametrize("amount", ["midpoint", "sqrt3", "loop"])
def test_subdivision_of_an_open_sheet_keeps_its_border_straight(amount):
    after = attacks.run("subdivide", TILE, amount)
    assert (after.positions >= 0.0).all()
    assert (after.positions <= 1.0).all()
    assert euler(after) == 1
    if amount != "loop":  # Loop's border curve rounds the corners of a sheet this coarse
        assert area(after) == pytest.approx(1.0)


def test_loop_on_an_octahedron_is_the_closed_form():
    corner = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]])
    faces = [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    after = attacks.run("subdivide", Geometry(corner, np.array(faces)), "loop")
    beta = (0.625 - (0.375 + 0.25 * np.cos(np.pi / 2)) ** 2) / 4  # the four neighbours of a corner sum to nothing
    radii = np.unique(np.round(np.linalg.norm(after.positions, axis=1), 12))
    np.testing.assert_allclose(radii, sorted([1 - 4 * beta, 0.375 * np.sqrt(2.0)]))


@given(seed=st.integers(0, 2**32 - 1), amount=st.sampled_from(["10", "30", "50", "70", "80"]))
def test_a_crop_leaves_the_share_of_vertices_in_place(seed, amount):
    shape = ball(12)
    after = attacks.run("crop", shape, amount, seed)
    left = 1.0 - float(amount) / 100.0
    assert len(after.positions) <= np.ceil(left * len(shape.positions)) + 1
    assert len(after.positions) > 0.85 * left * len(shape.positions)
    known = {row.tobytes() for row in shape.positions}
    assert all(row.tobytes() in known for row in after.positions)


def test_the_three_crops_of_a_seed_leave_the_same_piece():
    shape = Geometry(ball(12).positions + 3.0, ball(12).faces)
    kept, centred, moved = (attacks.run(name, shape, "50", 11) for name in ("crop", "crop-recentred", "crop-moved"))
    np.testing.assert_array_equal(kept.faces, centred.faces)
    np.testing.assert_array_equal(kept.faces, moved.faces)
    shift = kept.positions - centred.positions
    np.testing.assert_allclose(shift, np.broadcast_to(shift[0], shift.shape), atol=1e-12)
    np.testing.assert_allclose(centred.positions.min(axis=0), -centred.positions.max(axis=0), atol=1e-12)
    assert 0.1**2 <= area(moved) / area(kept) <= 10.0**2


def test_welding_joins_equal_places_and_drops_what_collapses():
    doubled = Geometry(
        np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [-0.0, 0, 0], [1, 0, 0], [0, 0, 1], [9, 9, 9]]),
        np.array([[0, 1, 2], [3, 4, 5], [0, 3, 5]]),
    )
    after = weld(doubled)
    np.testing.assert_array_equal(after.positions, [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(after.faces, [[0, 1, 2], [0, 1, 3]])
