from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.scene import Mode, PointCloud, Splats
from sceneproof.signals.capture import (
    captured_points,
    edge_regularity,
    iso_surface_lattice,
    mirror_symmetry,
    surface_form,
)
from tests._scenes import moved, node, primitive, scene
from tests.makers.shapes import Shape, box, bumpy_sphere, icosphere, merged, plane, torus, uv_sphere
from tests.signals._makers import iso_surface, shuffled, turned


def lattice(shape, **fields):
    return iso_surface_lattice.measure(scene(shape, **fields))


def subdivided_box(cells):
    side = plane((1, 1), (cells, cells)).moved((0, 0.5, 0))
    turns = [("x", k * np.pi / 2) for k in range(4)] + [("z", np.pi / 2), ("z", -np.pi / 2)]
    return merged([side.turned(axis, angle) for axis, angle in turns])


def test_marching_cubes_leave_their_lattice_and_its_pitch_is_found():
    found = lattice(iso_surface(40))
    assert found.detail["strong"]
    assert found.value > 0.8
    assert found.detail["pitch_m"] == pytest.approx(1 / 40, rel=0.01)
    assert found.score > 0.9


def test_the_lattice_is_found_in_a_turned_and_scaled_copy():
    found = lattice(turned(iso_surface(48, seed=2)).scaled(37.0))
    assert found.detail["strong"]
    assert found.detail["axes"] == "voted"
    assert found.detail["pitch_m"] == pytest.approx(37 / 48, rel=0.01)


def test_the_lattice_lives_through_12_bit_quantisation():
    shape = iso_surface(40)
    step = np.ptp(shape.positions) / 4095
    found = lattice(replace(shape, positions=np.rint(shape.positions / step) * step))
    assert found.detail["strong"]


def test_the_lattice_does_not_depend_on_the_order_of_vertices():
    shape = iso_surface(24)
    one, other = lattice(shape), lattice(shuffled(shape))
    assert one.value == pytest.approx(other.value, abs=0.02)
    assert one.detail["strong"] == other.detail["strong"]


def test_the_same_mesh_gives_the_same_lattice_twice():
    shape = turned(iso_surface(24))
    assert lattice(shape) == lattice(shape)


@pytest.mark.parametrize(
    "shape",
    [
        bumpy_sphere(4000),
        uv_sphere(rows=40, columns=60),
        merged([uv_sphere(rows=16, columns=24).moved((1.5 * k, 0, 0)) for k in range(6)]),
        torus(rows=40, columns=80),
        plane((4, 4), (30, 30)),
        merged([box().moved((x, y, 0)) for x in range(12) for y in range(12)]),
        icosphere(level=4),
        subdivided_box(16),
    ],
    ids=["sculpt", "uv sphere", "six uv spheres", "torus", "snapped plane", "voxels", "icosphere", "subdivided box"],
)
def test_modelled_meshes_are_no_strong_lattice(shape):
    assert not lattice(shape).detail["strong"]


def test_a_mesh_below_500_vertices_is_not_judged():
    found = lattice(icosphere(level=2))
    assert found.value is None
    assert found.score is None


def test_the_lattice_of_one_mesh_is_found_among_others():
    asset = scene(bumpy_sphere(3000), iso_surface(32), nodes=[node(0, 0), node(1, 1, moved(x=3, scale=2))])
    found = iso_surface_lattice.measure(asset)
    assert found.detail["strong"]
    assert found.pointers == ("/meshes/1",)


def test_broken_vertices_do_not_stop_the_search():
    shape = iso_surface(24)
    shape.positions[3] = np.nan
    assert lattice(shape).detail["strong"]


def test_a_torus_mirrors_and_a_sculpt_does_not():
    even, uneven = mirror_symmetry.measure(scene(torus())), mirror_symmetry.measure(scene(bumpy_sphere(2000)))
    assert even.value == 1
    assert even.score == 0
    assert uneven.value < 0.1
    assert uneven.score > 0.9


@pytest.mark.parametrize("scale", [0.01, 1.0, 250.0])
def test_mirror_symmetry_keeps_through_scale_place_and_order(scale):
    shape = shuffled(merged([torus(), icosphere(level=2).moved((0.2, 0.3, 0.1))]))
    here = mirror_symmetry.measure(scene(shape))
    there = mirror_symmetry.measure(scene(shape, nodes=[node(0, 0, moved(x=5, y=-2, scale=scale))]))
    assert there.value == pytest.approx(here.value, abs=0.01)
    assert 0.1 < here.value < 1


def test_a_flat_mesh_is_not_symmetric_across_its_own_plane():
    rng = np.random.default_rng(0)
    shape = plane((1, 1), (20, 20))
    ragged = replace(shape, positions=shape.positions + rng.normal(scale=0.01, size=shape.positions.shape) * (1, 0, 1))
    assert mirror_symmetry.measure(scene(ragged)).value < 0.2


def test_too_little_surface_is_not_judged():
    for signal in (mirror_symmetry, surface_form, edge_regularity):
        assert signal.measure(scene(box())).value is None
        assert signal.measure(scene()).value is None


def test_many_parts_have_few_faces_each_and_one_piece_many():
    parts = surface_form.measure(scene(merged([box().moved((2.0 * k, 0, 0)) for k in range(20)])))
    whole = surface_form.measure(scene(bumpy_sphere(5000)))
    assert parts.detail["pieces"] == 20
    assert parts.value == pytest.approx(np.log10(12), abs=1e-4)
    assert parts.score == 0
    assert whole.value == pytest.approx(np.log10(9996), abs=1e-4)
    assert whole.score > 0.6
    assert parts.detail["sharp"] == pytest.approx(12 / 18, abs=1e-4)
    assert parts.detail["coplanar"] == pytest.approx(6 / 18, abs=1e-4)
    assert whole.detail["coplanar"] < 0.1


def test_form_does_not_depend_on_scale_or_order():
    shape = bumpy_sphere(1000)
    one, other = surface_form.measure(scene(shape)), surface_form.measure(scene(shuffled(shape.scaled(40))))
    assert one.value == other.value
    assert one.detail == pytest.approx(other.detail, abs=1e-3)


def test_a_hexagonal_mesh_is_regular_and_random_points_are_not():
    even = edge_regularity.measure(scene(plane((1, 1), (30, 30))))
    assert even.value == 1
    assert edge_regularity.measure(scene(bumpy_sphere(2000))).detail["edge_variation"] > 0.05
    assert even.score is None


def cloud(points, **fields):
    return scene(points=(PointCloud("", np.asarray(points, np.float32), **fields),))


def test_many_scattered_points_look_captured_and_few_do_not():
    rng = np.random.default_rng(0)
    many = captured_points.measure(cloud(rng.normal(size=(12_000, 3)), colors=rng.random((12_000, 3))))
    assert (many.value, many.score, many.detail["colored"]) == (12_000, 0.7, True)
    assert captured_points.measure(cloud(rng.normal(size=(500, 3)))).score is None
    assert captured_points.measure(scene(box())).value == 0


def test_a_grid_of_points_is_not_taken_for_a_capture():
    x, z = np.meshgrid(np.arange(120), np.arange(120))
    assert captured_points.measure(cloud(np.stack([x, 0 * x, z], -1).reshape(-1, 3))).score is None


def test_points_inside_a_mesh_count_too():
    rng = np.random.default_rng(0)
    dots = primitive(Shape(rng.normal(size=(11_000, 3)), np.zeros((0, 3))), mode=Mode.POINTS)
    assert captured_points.measure(scene([dots])).score == 0.7


def test_trained_splats_are_long_and_many():
    rng = np.random.default_rng(0)

    def splats(count, ratio):
        scales = np.tile([0.01, 0.01, 0.01 * ratio], (count, 1))
        rotations = np.tile([0.0, 0, 0, 1], (count, 1))
        places = rng.normal(size=(count, 3))
        return scene(splats=(Splats("", places, scales, rotations, rng.random(count), rng.random((count, 1, 3))),))

    assert captured_points.measure(splats(11_000, 30)).detail["trained_splats"]
    assert not captured_points.measure(splats(11_000, 1)).detail["trained_splats"]
    assert not captured_points.measure(splats(64, 30)).detail["trained_splats"]
