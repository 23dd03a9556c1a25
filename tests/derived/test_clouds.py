"""Points without surface, and splats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.clouds import cloud, cloud_figures
from sceneproof.derived.splat_faults import splat_figures
from sceneproof.scene import Mode, PointCloud, Scene, Splats
from tests._scenes import moved, node, primitive, scene
from tests.makers.shapes import Shape, box, icosphere

FAULTS = ("invisible", "faint", "needles", "spikes", "far", "lonely", "floaters")


def of_points(points, **fields) -> Scene:
    return Scene("ply", None, (), (), (), points=(PointCloud("/points", np.asarray(points, np.float32)),), **fields)


def lattice(step: float = 0.1, side: int = 40) -> np.ndarray:
    x, z = np.meshgrid(np.arange(side) * step, np.arange(side) * step, indexing="ij")
    return np.stack([x.ravel(), np.zeros(side * side), z.ravel()], axis=1)


def test_a_lattice_has_its_step():
    found = cloud_figures(of_points(lattice()))
    assert found["spacing_m"]["median"] == pytest.approx(0.1, rel=1e-4)
    assert (found["count"], found["examined"], found["duplicates"]) == (1600, 1600, 0)


def test_points_strewn_evenly_over_a_square_have_their_density():
    flat = np.random.default_rng(1).uniform(0, 2, (8000, 2))
    found = cloud_figures(of_points(np.column_stack([flat[:, 0], np.zeros(8000), flat[:, 1]])))
    assert found["density_per_m2"] == pytest.approx(2000, rel=0.1)


def test_stray_points_are_outliers_with_index_and_place():
    strays = np.array([[1, 5, 1], [2, -8, 2]])
    found = cloud_figures(of_points(np.concatenate([lattice(), strays])))
    farthest = found["outliers"]["farthest"]
    assert [one["index"] for one in farthest[:2]] == [1601, 1600]
    assert farthest[0]["at_m"] == [2, -8, 2]
    assert farthest[0]["pointer"] == "/points"
    assert found["without_outliers"]["size_m"] == pytest.approx([3.9, 0, 3.9], rel=1e-4)
    assert found["outliers"]["share"] < 0.01


def test_points_twice_at_a_place_are_counted():
    assert cloud_figures(of_points(np.concatenate([lattice(), lattice()])))["duplicates"] == 1


def test_points_that_a_node_places_are_measured_where_they_are_drawn():
    dots = replace(primitive(Shape(lattice(), np.zeros((0, 3)))), mode=Mode.POINTS)
    asset = scene([dots], box(), nodes=[node(0, 0, moved(x=7, scale=3)), node(1, 1)])
    held = cloud(asset)
    assert held.pointers == ("/meshes/0/primitives/0",)
    assert held.points[:, 0].min() == pytest.approx(7)
    assert cloud_figures(asset)["spacing_m"]["median"] == pytest.approx(0.3, rel=1e-4)


def test_few_points_and_not_a_number_give_no_figure():
    assert cloud_figures(of_points(np.zeros((0, 3)))) is None
    assert cloud_figures(of_points(np.full((99, 3), np.nan))) is None
    assert cloud_figures(scene(box())) is None
    assert cloud_figures(of_points(np.zeros((99, 3))))["density_per_m2"] is None


def splats(**changes) -> Scene:
    """A ball of 642 flat round splats of one size; `changes` are lists of (row, value)."""
    places = np.asarray(icosphere(radius=1, level=3).positions, np.float32).copy()
    count = len(places)
    fields = {
        "positions": places,
        "scales": np.tile(np.float32([0.05, 0.05, 0.005]), (count, 1)),
        "rotations": np.tile(np.float32([0, 0, 0, 1]), (count, 1)),
        "opacities": np.full(count, 0.9, np.float32),
    }
    for name, rows in changes.items():
        for row, value in rows:
            fields[name][row] = value
    held = Splats("/splats/0", **fields, harmonics=np.zeros((count, 9, 3), np.float32))
    return Scene("spz", None, (), (), (), splats=(held,))


def counts(asset: Scene) -> dict[str, int]:
    return {name: splat_figures(asset)[0][name]["count"] for name in FAULTS}


def test_good_splats_have_no_fault_and_known_figures():
    found = splat_figures(splats())[0]
    assert not any(found[name]["count"] for name in FAULTS)
    assert (found["count"], found["degree"], found["nonfinite"]) == (642, 2, 0)
    assert found["anisotropy"]["median"] == pytest.approx(10)
    assert found["scale_m"]["median"] == pytest.approx((0.05 * 0.05 * 0.005) ** (1 / 3))
    assert found["opacity"]["median"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"opacities": [(5, 0.003)]}, {"invisible", "faint"}),
        ({"opacities": [(5, 0.05)]}, {"faint"}),
        ({"scales": [(5, [0.2, 0.01, 0.01])]}, {"needles"}),
        ({"scales": [(5, [0.9, 0.01, 0.01])]}, {"needles", "spikes"}),
        ({"scales": [(5, [0.9, 0.01, 0.01])], "opacities": [(5, 0.05)]}, {"needles", "faint"}),
        ({"scales": [(5, [0.9, 0.8, 0.01])]}, set()),
        ({"positions": [(5, [9, 0, 0])]}, {"far", "lonely", "floaters"}),
    ],
)
def test_each_fault_is_found_with_its_place(changes, faults):
    asset = splats(**changes)
    assert {name for name, count in counts(asset).items() if count} == faults
    for name in faults:
        worst = splat_figures(asset)[0][name]["worst"]
        assert [one["index"] for one in worst] == [5]
        assert worst[0]["at_m"] == pytest.approx(asset.splats[0].positions[5].tolist(), rel=1e-6)


def test_a_splat_inside_the_ball_is_lonely_and_not_far():
    found = counts(splats(positions=[(5, [0, 0, 0])]))
    assert (found["far"], found["floaters"], found["lonely"]) == (0, found["lonely"], found["lonely"])


def test_splats_that_are_not_numbers_are_counted_and_the_rest_is_measured():
    found = splat_figures(splats(positions=[(3, np.nan)], scales=[(4, np.inf)]))[0]
    assert found["nonfinite"] == 2
    assert found["opacity"]["median"] == pytest.approx(0.9)


def test_a_scaled_node_scales_the_splats():
    plain = splats().splats[0]
    dots = replace(primitive(Shape(plain.positions, np.zeros((0, 3)))), mode=Mode.POINTS)
    held = replace(plain, pointer="/meshes/0/primitives/0")
    asset = scene([dots], nodes=[node(0, 0, moved(x=3, scale=2))], splats=(held,))
    found = splat_figures(asset)[0]
    assert found["scale_m"]["median"] == pytest.approx(2 * (0.05 * 0.05 * 0.005) ** (1 / 3))
    assert cloud_figures(asset) is None  # splats are no points


def test_no_splats_and_an_empty_set():
    assert splat_figures(scene(box())) is None
    none = np.zeros((0, 3), np.float32)
    empty = Splats("/splats/0", none, none, np.zeros((0, 4)), np.zeros(0), np.zeros((0, 0, 3)))
    found = splat_figures(Scene("ply", None, (), (), (), splats=(empty,)))[0]
    assert (found["count"], found["opacity"], found["degree"]) == (0, None, None)
