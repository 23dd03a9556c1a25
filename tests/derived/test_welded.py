from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.derived.welded import welded, world_surface
from tests._scenes import moved, node, primitive, scene
from tests.makers.shapes import Shape, box, icosphere, uv_sphere


def test_a_box_with_seams_welds_to_eight_corners():
    found = welded(scene(box()), 0)
    assert found.positions.shape == (8, 3)
    assert found.positions.dtype == np.float64
    assert np.array_equal(found.positions[found.vertex_of], box().positions.astype(np.float32))


def test_primitives_of_one_mesh_become_one_surface_with_their_offsets():
    shape = box()
    halves = [replace(shape, faces=shape.faces[:6]), replace(shape, faces=shape.faces[6:])]
    asset = scene([primitive(half) for half in halves])
    found = welded(asset, 0)
    assert found.offsets.tolist() == [0, 24, 48]
    assert found.face_offsets.tolist() == [0, 6, 12]
    assert len(found.positions) == 8
    whole = np.concatenate([half.positions[half.faces] for half in halves])
    assert np.allclose(found.positions[found.faces], whole)
    assert np.array_equal(found.vertex_of[found.stored_faces], found.faces)


def test_primitives_without_triangles_take_no_part():
    empty = Shape(np.zeros((0, 3)), np.zeros((0, 3)))
    found = welded(scene([primitive(empty, undecoded="draco"), primitive(icosphere(level=0))]), 0)
    assert found.primitives == (1,)
    assert found.offsets.tolist() == [0, 12]


def test_a_mesh_without_any_surface_is_empty_and_no_error():
    found = welded(scene(Shape(np.zeros((0, 3)), np.zeros((0, 3)))), 0)
    assert found.positions.shape == (0, 3)
    assert found.faces.shape == (0, 3)


def test_welding_is_in_the_base_pose_and_local_to_the_node():
    shape = icosphere(level=0)
    lifted = primitive(shape, targets=({"POSITION": np.ones((12, 3), np.float32)},))
    found = welded(scene([lifted], nodes=[node(0, 0, moved(y=5), weights=(1.0,))]), 0)
    assert np.allclose(found.positions, shape.positions.astype(np.float32))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_the_world_surface_closes_the_seam_at_any_scale(scale):
    shape = uv_sphere(rows=8, columns=12)
    found = world_surface(scene(shape, nodes=[node(0, 0, moved(x=3, scale=scale))]))
    assert len(found.positions) == 7 * 12 + 2
    assert len(found.faces) == len(shape.faces)
    assert found.extent == pytest.approx(3**0.5 * scale, rel=1e-5)


def test_the_world_surface_leaves_the_label_and_broken_faces_out():
    shape = icosphere(level=1)
    bad = replace(shape, positions=shape.positions.copy())
    bad.positions[0] = np.nan
    asset = scene(bad, box(), nodes=[node(0, 0), node(1, 1, extras={"sceneproof": {"slot": "label"}})])
    found = world_surface(asset)
    assert np.isfinite(found.positions).all()
    assert len(found.faces) == len(shape.faces) - 5  # an icosphere's first vertices have five faces
    assert set(found.part.tolist()) == {0}


def test_the_world_surface_of_nothing_is_empty():
    found = world_surface(scene())
    assert len(found.faces) == 0
    assert found.extent == 0
