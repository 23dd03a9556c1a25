from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError
from sceneproof.io import load
from sceneproof.io._gltf.nodes import compose
from tests.makers import shapes
from tests.makers._pack import pack_glb
from tests.makers.builder import Builder

FINITE = st.floats(-10, 10)


def scene(*nodes, **extra):
    document = {"asset": {"version": "2.0"}, "nodes": list(nodes), "scenes": [{"nodes": [0]}], **extra}
    return load(pack_glb(document))


@given(st.tuples(FINITE, FINITE, FINITE), st.tuples(FINITE, FINITE, FINITE, FINITE), st.tuples(FINITE, FINITE, FINITE))
def test_a_transform_scales_then_turns_then_moves(move, turn, size):
    length = np.linalg.norm(turn)
    if length < 1e-3:
        return
    unit = np.array(turn) / length
    (matrix,) = compose(np.array([move]), unit[None], np.array([size]))
    axis, w = unit[:3], unit[3]
    for point in np.eye(3):
        scaled = point * size
        turned = scaled + 2 * np.cross(axis, np.cross(axis, scaled) + w * scaled)  # rotation by a quaternion
        np.testing.assert_allclose(matrix[:3, :3] @ point + matrix[:3, 3], turned + move, atol=1e-9)


def test_world_matrices_multiply_from_the_root():
    asset = scene(
        {"translation": [1, 0, 0], "children": [1]}, {"scale": [2, 2, 2], "children": [2]}, {"translation": [0, 3, 0]}
    )
    assert asset.nodes[2].world[:3, 3].tolist() == [1, 6, 0]
    assert asset.nodes[2].matrix[:3, 3].tolist() == [0, 3, 0]


def test_a_matrix_is_stored_column_by_column():
    asset = scene({"matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 7, 8, 9, 1]})
    assert asset.nodes[0].matrix[:3, 3].tolist() == [7, 8, 9]


def test_a_rotation_that_is_not_unit_is_taken_as_its_direction():
    asset = scene({"rotation": [0, 0, 3, 3]})
    np.testing.assert_allclose(asset.nodes[0].matrix[:3, :3], [[0, -1, 0], [1, 0, 0], [0, 0, 1]], atol=1e-12)


@pytest.mark.parametrize("rotation", [[0, 0, 0, 0], [1e200, 1e200, 1e200, 1e308]])
def test_a_rotation_without_a_length_is_told(rotation):
    asset = scene({"rotation": rotation})
    assert np.isfinite(asset.nodes[0].matrix).all()
    if not any(rotation):
        assert [problem.code for problem in asset.problems] == ["zero-rotation"]


def test_without_scenes_all_parentless_nodes_are_drawn():
    document = {"asset": {"version": "2.0"}, "nodes": [{"children": [2]}, {}, {}]}
    asset = load(pack_glb(document))
    assert (asset.roots, asset.scene_index) == ((0, 1), None)
    assert asset.live_nodes() == (0, 2, 1)


def test_the_default_scene_is_the_one_that_is_read():
    document = {"asset": {"version": "2.0"}, "scene": 1, "scenes": [{"nodes": [0]}, {"nodes": [1]}], "nodes": [{}, {}]}
    assert load(pack_glb(document)).live_nodes() == (1,)


def test_a_node_named_by_the_scene_and_by_a_parent_is_drawn_once():
    document = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0, 1]}], "nodes": [{"children": [1]}, {}]}
    asset = load(pack_glb(document))
    assert asset.live_nodes() == (0, 1)
    assert [problem.code for problem in asset.problems] == ["scene-non-root-node"]


def test_depth_is_limited_and_a_long_chain_within_it_is_read():
    chain = [{"children": [i + 1]} for i in range(LIMITS.node_depth - 1)] + [{}]
    assert len(scene(*chain).live_nodes()) == LIMITS.node_depth
    with pytest.raises(LimitError):
        scene(*chain[:-1], {"children": [LIMITS.node_depth]}, {})


def instanced(**columns):
    b = Builder()
    attributes = {name: b.accessor(values) for name, values in columns.items()}
    b.node(mesh=b.mesh(shapes.box()), extensions={"EXT_mesh_gpu_instancing": {"attributes": attributes}})
    b.use("EXT_mesh_gpu_instancing")
    return b.glb()


def test_instances_are_placed_by_their_rows():
    turns = np.array([[0, 0, 0, 32767], [0, 0, 23170, 23170]], np.int16)
    moves = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    b = Builder()
    attributes = {"TRANSLATION": b.accessor(moves), "ROTATION": b.accessor(turns, normalized=True)}
    b.node(mesh=b.mesh(shapes.box()), extensions={"EXT_mesh_gpu_instancing": {"attributes": attributes}})
    (node,) = load(b.glb()).nodes
    assert node.instances is not None
    np.testing.assert_allclose(node.instances[:, :3, 3], moves)
    np.testing.assert_allclose(node.instances[1, :3, :3], [[0, -1, 0], [1, 0, 0], [0, 0, 1]], atol=1e-6)


@pytest.mark.parametrize("columns", [
    {"TRANSLATION": np.zeros((2, 3), np.float32), "SCALE": np.ones((3, 3), np.float32)},
    {"TRANSLATION": np.full((2, 3), np.nan, np.float32)},
    {"ROTATION": np.zeros((2, 3), np.float32)},
])  # fmt: skip
def test_instances_that_do_not_fit_are_refused(columns):
    with pytest.raises(InputError) as caught:
        load(instanced(**columns))
    assert caught.value.pointer


def test_instances_of_all_nodes_together_are_limited():
    data = instanced(TRANSLATION=np.zeros((6, 3), np.float32))
    load(data)
    with patch("sceneproof.io._gltf.nodes.LIMITS", replace(LIMITS, instances=5)), pytest.raises(LimitError):
        load(data)


def test_skins_name_joints_and_turn_their_matrices_round():
    b = Builder()
    joints = [b.node("a"), b.node("b")]
    inverse = np.stack([np.eye(4), np.arange(16).reshape(4, 4)])
    b.skin(joints, inverse)
    b.add("skins", {"joints": joints})
    first, second = load(b.glb()).skins
    assert first.joints == (0, 1)
    np.testing.assert_array_equal(first.inverse_bind, inverse)
    np.testing.assert_array_equal(second.inverse_bind, np.stack([np.eye(4)] * 2))


@pytest.mark.parametrize("matrices", [np.eye(4)[None], np.full((2, 4, 4), np.inf)])
def test_skins_with_too_few_or_broken_matrices_are_refused(matrices):
    b = Builder()
    b.skin([b.node(), b.node()], matrices)
    with pytest.raises(InputError) as caught:
        load(b.glb())
    assert caught.value.pointer == "/skins/0/inverseBindMatrices"


def test_cameras_of_both_kinds_are_read():
    lens = {"type": "perspective", "perspective": {"yfov": 0.9, "znear": 0.1}}
    flat = {"type": "orthographic", "orthographic": {"xmag": 1, "ymag": 2, "znear": 0, "zfar": 9}}
    first, second = scene({"camera": 1}, cameras=[lens, flat]).cameras
    assert (first.yfov, first.znear, first.zfar, first.aspect) == (0.9, 0.1, None, None)
    assert (second.xmag, second.ymag, second.zfar) == (1, 2, 9)


@pytest.mark.parametrize(
    "camera",
    [
        {},
        {"type": "fisheye"},
        {"type": "perspective"},
        {"type": "perspective", "perspective": {"yfov": "wide", "znear": 1}},
    ],
)
def test_a_camera_without_usable_figures_is_refused(camera):
    with pytest.raises(InputError) as caught:
        scene({}, cameras=[camera])
    assert caught.value.pointer.startswith("/cameras/0")


def test_animations_tell_what_they_move_and_for_how_long():
    b = Builder()
    node = b.node()
    b.animation([(node, "rotation", np.array([0, 2.5]), np.zeros((2, 4)))], name="wave")
    (animation,) = load(b.glb()).animations
    assert (animation.channels, animation.duration, animation.name) == (((0, "rotation"),), 2.5, "wave")


@pytest.mark.parametrize("times", [np.array([0, np.nan]), np.zeros((2, 3))])
def test_a_broken_animation_is_told_and_left_out(times):
    b = Builder()
    b.animation([(b.node(), "rotation", times, np.zeros((2, 4)))])
    for name in ("min", "max"):  # JSON has no NaN
        del b.doc["accessors"][0][name]
    asset = load(b.glb())
    assert not asset.animations
    assert "animation-unreadable" in [problem.code for problem in asset.problems]


def test_names_that_no_output_can_bear_are_mended():
    asset = load(pack_glb(b'{"asset":{"version":"2.0"},"nodes":[{"name":"a\\ud800b"}]}'))
    assert asset.nodes[0].name == "a?b"
