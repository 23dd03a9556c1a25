from __future__ import annotations

import numpy as np
import pytest

from sceneproof.scene import Animation, Camera
from sceneproof.signals.immersion import entry_camera, interactivity, walkable_area
from tests._scenes import moved, node, scene
from tests.makers.shapes import box, icosphere, merged, plane
from tests.signals._makers import room, shuffled


def test_a_room_is_an_interior():
    found = walkable_area.measure(scene(room()))
    assert found.detail["interior"]
    assert found.value == pytest.approx(20, rel=0.01)
    assert found.detail["enclosure"] == 1
    assert found.score > 0.6


def test_a_roof_is_no_second_floor():
    shell = merged([room(), box((5.2, 3.2, 4.2)).moved((0, 1.5, 0))])
    found = walkable_area.measure(scene(shell))
    assert found.detail["indoor_m2"] == pytest.approx(20, rel=0.05)
    assert found.value == pytest.approx(20 + 5.2 * 4.2, rel=0.05)
    assert found.detail["interior"]


def test_two_storeys_of_one_size_are_no_single_interior():
    found = walkable_area.measure(scene(merged([room(), room().moved((0, 3.5, 0))])))
    assert found.detail["indoor_level"] == pytest.approx(0.5, abs=0.05)
    assert not found.detail["interior"]


def test_a_low_space_has_no_headroom():
    assert walkable_area.measure(scene(room((5, 1.5, 4)))).value == 0


def test_an_object_has_no_floor_to_stand_on():
    found = walkable_area.measure(scene(icosphere(radius=0.5, level=3)))
    assert found.score < 0.1
    assert not found.detail["interior"]


def test_an_open_field_is_walkable_but_no_interior():
    found = walkable_area.measure(scene(plane((20, 20), (4, 4))))
    assert found.value == pytest.approx(400, rel=0.01)
    assert found.detail["enclosure"] == pytest.approx(0, abs=0.4)
    assert not found.detail["interior"]


def test_millimetres_are_tried_only_when_metres_are_absurd():
    found = walkable_area.measure(scene(room(unit=1000)))
    assert found.detail["unit"] == "mm"
    assert found.detail["interior"]
    assert found.value == pytest.approx(20, rel=0.01)
    hall = walkable_area.measure(scene(room((60, 5, 50))))
    assert hall.detail["unit"] == "m"


def test_the_order_of_faces_moves_the_figures_little():
    shape = room()
    assert walkable_area.measure(scene(shape)).value == pytest.approx(
        walkable_area.measure(scene(shuffled(shape))).value, rel=0.02
    )


def test_without_a_surface_there_is_nothing_to_stand_on_or_not():
    assert walkable_area.measure(scene()).value is None
    assert walkable_area.measure(scene()).score is None


def with_camera(place, kind="perspective"):
    camera = Camera("/cameras/0", "", kind, 0.1, 100.0, yfov=0.9)
    nodes = [node(0, 0), node(1, camera=0, matrix=moved(*place))]
    return scene(room(), nodes=nodes, cameras=(camera,))


def test_a_camera_inside_is_told_from_one_outside():
    inside = entry_camera.measure(with_camera((0, 1.6, 0)))
    assert (inside.value, inside.score, inside.detail["heights_m"]) == (1, 0.5, [1.6])
    assert inside.pointers == ("/nodes/1",)
    outside = entry_camera.measure(with_camera((0, 1.6, 30)))
    assert (outside.value, outside.score) == (1, None)
    assert entry_camera.measure(with_camera((0, 1.6, 0), "orthographic")).score is None
    assert entry_camera.measure(scene(box())).value == 0


def test_behaviour_counts_more_than_animation_and_nothing_is_undecided():
    acting = interactivity.measure(scene(box(), extensions_used=("KHR_interactivity", "KHR_audio_emitter")))
    assert acting.score == 0.5
    assert acting.detail["kinds"] == ["audio", "behaviour"]
    moving = interactivity.measure(scene(box(), animations=(Animation("/animations/0", "", (), 1.0),), lights=2))
    assert moving.score == 0.2
    assert moving.detail["kinds"] == ["animation", "light"]
    still = interactivity.measure(scene(box()))
    assert (still.value, still.score) == (0, None)


def test_a_room_far_from_the_origin_is_still_a_room():
    found = walkable_area.measure(scene(room(), nodes=[node(0, 0, moved(x=1e5, z=-1e5))]))
    assert found.detail["interior"]
    assert np.isfinite(found.value)
