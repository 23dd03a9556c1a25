"""Floaters, sampling, normals, crossings and scale of surfaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.floaters import floaters
from sceneproof.derived.intersections import intersections
from sceneproof.derived.sampling import sampling
from sceneproof.derived.scale import scale
from sceneproof.derived.shading import shading
from tests._scenes import moved, node, primitive, scene
from tests.makers.shapes import box, icosphere, merged, plane

LABEL = {"sceneproof": {"slot": "label"}}


def test_tiny_pieces_are_found_with_their_places():
    dust = [box((0.01,) * 3).moved((0.6 + 0.1 * k, 0.1, 0)) for k in range(3)]
    found = floaters(scene(merged([icosphere(level=4), *dust])))
    assert (found["pieces"], found["count"]) == (4, 3)
    assert found["area_m2"] == pytest.approx(3 * 6e-4, rel=1e-4)
    assert found["area_share"] == pytest.approx(3 * 6e-4 / (np.pi + 3 * 6e-4), rel=0.01)
    assert sorted(round(one["centre_m"][0], 3) for one in found["largest"]) == [0.6, 0.7, 0.8]
    assert found["largest"][0]["size_m"] == pytest.approx([0.01] * 3, rel=1e-3)


def test_pieces_of_like_size_are_no_floaters():
    assert floaters(scene(box(), box().moved((2, 0, 0))))["count"] == 0
    assert floaters(scene(box()))["count"] == 0


def test_a_long_thin_piece_is_no_floater():
    wire = box((1.5, 1e-4, 1e-4)).moved((0, 1, 0))
    assert floaters(scene(merged([icosphere(level=3), wire])))["count"] == 0


def test_a_lattice_has_its_density_and_edges():
    found = sampling(scene(plane((2, 2), (20, 20))))
    assert found["vertices_per_m2"] == pytest.approx(21 * 21 / 4)
    assert found["edge_m"]["median"] == pytest.approx(0.1)
    assert found["edge_m"]["p95"] == pytest.approx(0.1 * np.sqrt(2))
    assert found["long_edges"]["count"] == 0
    assert found["sparsest"] is None


def test_an_edge_that_bridges_a_gap_is_found():
    shape = plane((2, 2), (20, 20))
    shape = replace(shape, faces=np.concatenate([shape.faces, [[0, 20, 440]]]))
    long = sampling(scene(shape))["long_edges"]
    assert long["count"] == 3
    assert long["longest_m"] == pytest.approx(np.sqrt(8))
    assert long["centre_m"] == pytest.approx([0, 0, 0])


def test_the_sparsest_and_the_densest_part_are_named():
    asset = scene(plane((1, 1), (10, 10)), plane((1, 1), (40, 40)).moved((3, 0, 0)))
    found = sampling(asset)
    assert (found["sparsest"]["pointer"], found["densest"]["pointer"]) == (
        "/meshes/0/primitives/0",
        "/meshes/1/primitives/0",
    )
    assert found["densest"]["triangles_per_m2"] == pytest.approx(3200)


def test_good_normals_have_no_fault():
    found = shading(scene(box(), icosphere().moved((3, 0, 0))))
    assert (found["against"]["faces"], found["not_unit"], found["without"]) == (0, 0, 0)
    assert (found["winding_edges"]["edges"], found["inside_out"]["count"]) == (0, 0)


def test_normals_that_point_inwards_are_against_their_faces():
    shape = box()
    found = shading(scene([primitive(shape), primitive(replace(shape, normals=-shape.normals).moved((3, 0, 0)))]))
    assert found["against"]["faces"] == 12
    one = found["against"]["largest"][0]
    assert (one["pointer"], one["share"], one["centre_m"]) == ("/meshes/0/primitives/1", 1.0, [3, 0, 0])


def test_normals_of_no_unit_length_and_missing_ones_are_counted():
    shape = box()
    normals = np.array(shape.normals)
    normals[0], normals[1], normals[2] = 0, np.nan, normals[2] * 3
    bare = replace(shape, normals=None).moved((5, 0, 0))
    found = shading(scene(replace(shape, normals=normals), bare))
    assert (found["not_unit"], found["without"]) == (3, 1)


def test_one_turned_face_shows_at_its_three_edges():
    shape = icosphere(level=2)
    faces = shape.faces.copy()
    faces[7] = faces[7][::-1]
    found = shading(scene(replace(shape, faces=faces, normals=None)))
    assert found["winding_edges"]["edges"] == 3
    near = np.asarray(shape.positions)[faces[7]].mean(axis=0)
    assert found["winding_edges"]["largest"][0]["centre_m"] == pytest.approx(near, abs=0.05)


def test_a_ball_turned_inside_out_is_told_unless_its_node_mirrors():
    ball = icosphere(level=2)
    turned = replace(ball, faces=ball.faces[:, ::-1], normals=None)
    assert shading(scene(turned))["inside_out"]["count"] == 1
    mirror = [node(0, 0, np.diag([-1.0, 1, 1, 1]))]
    assert shading(scene(turned, nodes=mirror))["inside_out"]["count"] == 1  # glTF turns the winding back
    assert shading(scene(ball, nodes=mirror))["inside_out"]["count"] == 0
    two = merged([plane(), replace(plane(), faces=plane().faces[:, ::-1])])
    assert shading(scene(two))["inside_out"]["count"] == 0  # two sheets back to back enclose nothing


def test_balls_that_cross_are_one_region_at_their_circle():
    one = icosphere(radius=1, level=3)
    found = intersections(scene(one, one.turned("y", 0.3).turned("z", 0.2).moved((1.2, 0, 0))))
    assert found["exact"]
    assert found["pairs"] > 50
    assert found["share"] == pytest.approx(found["faces"] / (2 * len(one.faces)))
    assert found["regions"]["count"] == 1
    region = found["regions"]["largest"][0]
    assert region["centre_m"] == pytest.approx([0.6, 0, 0], abs=0.1)
    assert region["size_m"][1:] == pytest.approx([1.6, 1.6], abs=0.2)
    assert region["pointers"] == ["/meshes/0/primitives/0", "/meshes/1/primitives/0"]


def test_boxes_that_stand_on_each_other_do_not_cross():
    found = intersections(scene(box(), box().moved((0.3, 1, 0.2))))
    assert (found["faces"], found["regions"]["count"]) == (0, 0)


def test_an_estimate_brackets_the_count():
    one = icosphere(radius=1, level=4)
    asset = scene(one, one.turned("y", 0.3).turned("z", 0.2).moved((0.4, 0.2, 0.1)))
    whole = intersections(asset)
    part = intersections(asset, 150_000)
    assert not part["exact"]
    assert 100 < part["examined"] < 2 * len(one.faces)
    assert part["pairs"] is None
    low, high = part["interval"]
    assert low <= whole["share"] <= high
    assert high - low < 0.1
    assert part == intersections(asset, 150_000)


@pytest.mark.parametrize(
    ("size", "unit"),
    [
        (0.15, "m"),
        (40, "m"),
        (1, "normalised"),
        (2.01, "normalised"),
        (1700, "mm"),
        (30_000, "unknown"),
        (1e-4, "unknown"),
    ],
)
def test_the_unit_is_guessed_with_a_reason(size, unit):
    found = scale(scene(box((size, size / 2, size / 2))))
    assert found["unit"] == unit
    assert found["plausible"] == (unit == "m")
    assert found["reason"]["en"]
    assert found["reason"]["zh"]


def test_geographic_coordinates_lose_their_precision():
    asset = scene(box((10, 10, 10)), nodes=[node(0, 0, moved(x=500_000, y=5_400_000))])
    found = scale(asset)
    assert found["float32_step_m"] == 0.5
    assert not found["precise"]
    assert scale(scene(box()))["precise"]
    assert scale(scene()) is None


def test_the_label_is_left_out_of_everything():
    asset = scene(icosphere(), plane((50, 50)), nodes=[node(0, 0), node(1, 1, extras=LABEL)])
    assert floaters(asset)["pieces"] == 1
    assert scale(asset)["extent_m"] == pytest.approx(1, rel=0.01)
    assert intersections(asset)["examined"] == len(icosphere().faces)


@pytest.mark.parametrize("figure", [sampling, shading, intersections])
def test_without_faces_there_is_no_figure(figure):
    assert figure(scene()) is None
    nothing = replace(box(), positions=np.full((24, 3), np.nan))
    assert figure(scene(nothing)) is None
