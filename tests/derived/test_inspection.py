from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.inspection import inspection
from sceneproof.scene import Animation, Mode, PointCloud, Skin, Splats
from tests._scenes import material, moved, node, primitive, scene
from tests.makers.shapes import Shape, box, icosphere, plane

KEYS = {
    "triangles",
    "vertices",
    "primitives",
    "materials",
    "images",
    "skins",
    "joints",
    "morph_targets",
    "animations",
    "splats",
    "points",
    "bounds_m",
    "surface_area_m2",
    "volume_m3",
    "boundary_edges",
    "nonmanifold_edges",
    "degenerate_triangles",
    "duplicate_vertices",
    "components",
}


def test_has_every_key_of_the_contract_and_is_json():
    found = inspection(scene(box()))
    assert set(found) >= KEYS
    json.dumps(found, allow_nan=False)
    assert set(found["as_stored"]) == {"boundary_edges", "nonmanifold_edges", "components"}


def test_a_box_has_its_sizes():
    found = inspection(scene(box((2, 3, 4))))
    assert found["bounds_m"] == [[-1, -1.5, -2], [1, 1.5, 2]]
    assert found["surface_area_m2"] == pytest.approx(52)
    assert found["volume_m3"] == pytest.approx(24)
    assert (found["triangles"], found["vertices"], found["duplicate_vertices"]) == (12, 24, 16)
    assert (found["boundary_edges"], found["components"]) == (0, 1)
    assert (found["as_stored"]["boundary_edges"], found["as_stored"]["components"]) == (24, 6)


def test_what_is_drawn_twice_counts_once_and_measures_twice():
    asset = scene(box(), nodes=[node(0, 0), node(1, 0, moved(x=5, scale=2))])
    found = inspection(asset)
    assert found["triangles"] == 12
    assert found["surface_area_m2"] == pytest.approx(6 + 24)
    assert found["volume_m3"] == pytest.approx(1 + 8)
    assert found["bounds_m"][1][0] == pytest.approx(6)


def test_instances_are_measured_each():
    instances = np.stack([moved(x=k) for k in range(3)])
    found = inspection(scene(icosphere(level=4), nodes=[node(0, 0, instances=instances)]))
    assert found["volume_m3"] == pytest.approx(3 * np.pi / 6, rel=0.01)


def test_a_mirroring_node_keeps_the_volume_positive():
    found = inspection(scene(box(), nodes=[node(0, 0, np.diag([-1.0, 1, 1, 1]))]))
    assert found["volume_m3"] == pytest.approx(1)


def test_faces_that_look_inwards_give_a_negative_volume():
    shape = box()
    found = inspection(scene(replace(shape, faces=shape.faces[:, ::-1])))
    assert found["volume_m3"] == pytest.approx(-1)


def test_a_volume_split_over_two_materials_is_whole():
    shape = box()
    halves = [replace(shape, faces=shape.faces[:6]), replace(shape, faces=shape.faces[6:])]
    asset = scene([primitive(half) for half in halves], nodes=[node(0, 0, moved(x=100))])
    assert inspection(asset)["volume_m3"] == pytest.approx(1)


def test_an_open_mesh_has_no_volume():
    assert inspection(scene(plane()))["volume_m3"] is None
    assert inspection(scene(box(), plane()))["volume_m3"] is None
    assert inspection(scene())["volume_m3"] is None


def test_the_label_is_counted_named_and_not_measured():
    label = {"sceneproof": {"slot": "label"}}
    asset = scene(box(), plane((50, 50)), nodes=[node(0, 0), node(1, 1, extras=label)])
    found = inspection(asset)
    assert found["left_out"] == ["/nodes/1"]
    assert found["triangles"] == 14
    assert found["surface_area_m2"] == pytest.approx(6)
    assert found["bounds_m"] == [[-0.5] * 3, [0.5] * 3]
    assert found["volume_m3"] == pytest.approx(1)


def test_undecoded_primitives_count_by_their_accessors():
    empty = Shape(np.zeros((0, 3)), np.zeros((0, 3)))
    bounds = np.array([[0.0, 0, 0], [9, 9, 9]])
    hidden = primitive(empty, undecoded="no decoder", counts_hint=(100, 50), bounds_hint=bounds)
    found = inspection(scene([primitive(box()), hidden]))
    assert (found["vertices"], found["triangles"]) == (124, 62)
    assert found["undecoded"] == ["/meshes/0/primitives/1"]
    assert found["bounds_m"][1] == [9, 9, 9]
    assert found["volume_m3"] is None


def test_positions_that_are_not_numbers_are_counted_and_the_rest_is_measured():
    shape = box()
    shape.positions[0] = np.nan
    found = inspection(scene(shape))
    json.dumps(found, allow_nan=False)
    assert found["nonfinite_vertices"] == 1
    assert 0 < found["surface_area_m2"] < 6
    assert found["volume_m3"] is None


def test_a_scene_of_nothing_but_nan_has_no_bounds():
    shape = box()
    shape.positions[:] = np.nan
    found = inspection(scene(shape))
    assert found["bounds_m"] is None
    assert found["surface_area_m2"] == 0


def test_counts_what_is_not_a_surface():
    many = np.zeros((7, 3), np.float32)
    dots = replace(primitive(Shape(many, np.zeros((0, 3)))), mode=Mode.POINTS)
    target = {"POSITION": np.zeros((24, 3), np.float32)}
    face = primitive(box(), targets=(target, target, target))
    flat = np.zeros((5, 1, 3), np.float32)
    asset = scene(
        [dots],
        [face],
        materials=(material(),),
        skins=(Skin("/skins/0", "", (0, 1), np.zeros((2, 4, 4))), Skin("/skins/1", "", (1,), np.zeros((1, 4, 4)))),
        animations=(Animation("/animations/0", "", (), 1.0),),
        points=(PointCloud("", np.zeros((11, 3), np.float32)),),
        splats=(Splats("", np.zeros((5, 3)), np.ones((5, 3)), np.zeros((5, 4)), np.ones(5), flat),),
    )
    found = inspection(asset)
    expected = {"points": 18, "splats": 5, "morph_targets": 3, "joints": 2, "skins": 2, "animations": 1, "materials": 1}
    assert {key: found[key] for key in expected} == expected
