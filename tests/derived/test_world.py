from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from sceneproof.config import LIMITS
from sceneproof.derived.world import bounds, joint_matrices, slot_of, world_parts
from sceneproof.errors import LimitError
from sceneproof.io import load
from sceneproof.scene import Mode, PointCloud, Primitive, Scene, Skin
from tests._scenes import moved, node, primitive, scene
from tests.conftest import gltf_files
from tests.makers.shapes import Shape, box


def skinned(joints: np.ndarray, weights: np.ndarray, *joint_worlds: np.ndarray, **fields: object) -> Scene:
    """A box whose first node has the skin; the others are its joints."""
    part = primitive(box(), attributes={"JOINTS_0": joints, "WEIGHTS_0": weights})
    nodes = [node(0, 0, skin=0), *(node(number + 1, None, world) for number, world in enumerate(joint_worlds))]
    rig = Skin("/skins/0", "", tuple(range(1, len(nodes))), np.tile(np.eye(4), (len(joint_worlds), 1, 1)))
    return scene(part, nodes=nodes, skins=(rig,), **fields)


def ones(value: int = 0) -> np.ndarray:
    return np.full((24, 4), value, np.uint8)


def test_a_mesh_stands_where_each_of_its_nodes_puts_it():
    parts = world_parts(scene(box(), nodes=[node(0, 0), node(1, 0, moved(x=5, scale=2))]))
    assert [(part.node, part.mesh, part.instance) for part in parts] == [(0, 0, 0), (1, 0, 0)]
    np.testing.assert_allclose(parts[1].positions, parts[0].positions * 2 + [5, 0, 0])


def test_what_the_scene_does_not_show_is_left_out():
    asset = scene(box(), nodes=[node(0, 0), node(1, 0)])
    assert [part.node for part in world_parts(replace(asset, roots=(1,)))] == [1]


def test_each_instance_is_drawn():
    placed = replace(node(0, 0, moved(y=1)), instances=np.stack([moved(x=1), moved(x=2)]))
    first, second = world_parts(scene(box(), nodes=[placed]))
    assert (first.instance, second.instance) == (0, 1)
    np.testing.assert_allclose(second.positions - first.positions, [[1, 0, 0]] * 24)
    np.testing.assert_allclose(first.positions.mean(axis=0), [1, 1, 0])


def test_default_weights_move_the_morph_targets_and_a_nodes_own_come_first():
    part = primitive(
        box(), targets=({"POSITION": np.full((24, 3), 2, np.float32)}, {"NORMAL": np.ones((24, 3), np.float32)})
    )
    asset = scene(part)
    with_default = replace(asset, meshes=(replace(asset.meshes[0], weights=(0.5, 1.0)),))
    np.testing.assert_allclose(world_parts(with_default)[0].positions - world_parts(asset)[0].positions, 1)
    with_own = replace(with_default, nodes=(replace(asset.nodes[0], weights=(0.25, 0.0)),))
    np.testing.assert_allclose(world_parts(with_own)[0].positions - world_parts(asset)[0].positions, 0.5)


def test_a_skin_places_each_vertex_by_its_joints_not_by_its_node():
    joints, weights = ones(), np.zeros((24, 4), np.float32)
    joints[12:, 0] = 1
    joints[:, 1] = 1
    weights[:, 0] = 1
    asset = skinned(joints, weights, moved(x=1), moved(y=1))
    asset = replace(asset, nodes=(replace(asset.nodes[0], world=moved(z=99)), *asset.nodes[1:]))
    (part,) = world_parts(asset)
    local = asset.meshes[0].primitives[0].positions
    np.testing.assert_allclose(part.positions[:12], local[:12] + np.array([1, 0, 0]))
    np.testing.assert_allclose(part.positions[12:], local[12:] + np.array([0, 1, 0]))


def test_joint_matrices_take_the_inverse_bind_pose_off():
    asset = skinned(ones(), np.full((24, 4), 0.25, np.float32), moved(x=3))
    asset = replace(asset, skins=(replace(asset.skins[0], inverse_bind=np.linalg.inv(moved(x=3))[None]),))
    np.testing.assert_allclose(joint_matrices(asset, 0), np.eye(4)[None], atol=1e-12)
    np.testing.assert_allclose(world_parts(asset)[0].positions, asset.meshes[0].primitives[0].positions, atol=1e-6)


def test_weights_that_do_not_add_up_are_divided_by_their_sum():
    half = skinned(ones(), np.full((24, 4), 0.125, np.float32), moved(x=1))
    whole = skinned(ones(), np.full((24, 4), 0.25, np.float32), moved(x=1))
    np.testing.assert_allclose(world_parts(half)[0].positions, world_parts(whole)[0].positions)


@pytest.mark.parametrize(
    ("joints", "weights", "worlds"),
    [
        (ones(200), np.ones((24, 4), np.float32), [moved(x=1)]),
        (ones(), np.zeros((24, 4), np.float32), [moved(x=1)]),
        (ones(), np.ones((24, 2), np.float32), [moved(x=1)]),
        (ones(), np.ones((24, 4), np.float32), []),
        (ones(), np.full((24, 4), np.nan, np.float32), [moved(x=1)]),
    ],
)
def test_a_broken_rig_never_crashes(joints, weights, worlds):
    (part,) = world_parts(skinned(joints, weights, *worlds))
    assert part.positions.shape == (24, 3)


def test_bounds_hold_points_and_what_is_not_decoded_and_leave_marks_out():
    hinted = Primitive(
        "",
        Mode.TRIANGLES,
        {},
        np.zeros((0, 3), np.int64),
        undecoded="why",
        bounds_hint=np.array([[0, 0, 0], [1, 1, 9.0]]),
    )
    label = node(1, 1, moved(y=50), extras={"sceneproof": {"slot": "label"}})
    asset = scene([hinted], box(), nodes=[node(0, 0, moved(x=10)), label])
    asset = replace(asset, points=(PointCloud("", np.array([[0, 0, -7], [np.nan, 0, 0]], np.float32)),))
    np.testing.assert_allclose(bounds(asset), [[-0.5, 0, -7], [11, 50.5, 9]])
    np.testing.assert_allclose(bounds(asset, with_marks=False), [[0, 0, -7], [11, 1, 9]])
    assert bounds(scene()) is None


def test_points_that_are_not_finite_do_not_spoil_the_bounds():
    positions = np.array([[0, 0, 0], [1, 2, 3], [np.inf, 0, 0], [np.nan, 0, 0]])
    shape = Shape(positions, np.array([[0, 1, 2]]))
    assert bounds(scene(shape)).tolist() == [[0, 0, 0], [1, 2, 3]]


@pytest.mark.parametrize(
    ("extras", "slot"),
    [
        (None, None),
        ("text", None),
        ({}, None),
        ({"sceneproof": 1}, None),
        ({"sceneproof": {"slot": 7}}, None),
        ({"sceneproof": {"slot": "label"}}, "label"),
    ],
)
def test_a_slot_is_a_word_and_nothing_else(extras, slot):
    assert slot_of(node(0, extras=extras)) == slot


def test_more_vertices_than_memory_can_hold_are_refused_first():
    asset = scene(box(), nodes=[node(number, 0) for number in range(10)])
    with (
        patch("sceneproof.derived.world.LIMITS", replace(LIMITS, world_bytes=24 * 24 * 9)),
        pytest.raises(LimitError) as caught,
    ):
        world_parts(asset)
    assert caught.value.pointer == "/nodes/9"
    assert len(world_parts(asset)) == 10


# trimesh takes neither skins, morph weights, instances nor sparse values into account, and does not decode these.
OTHER = (b"KHR_draco", b"meshopt", b"gpu_instancing", b"spz", b'"sparse"')


def trimesh_reads_alike(asset: Scene) -> bool:
    shown = {asset.nodes[index].mesh for index in asset.live_nodes()} - {None}
    parts = [part for mesh in shown for part in asset.meshes[mesh].primitives]
    return bool(
        parts
        and all(part.mode in (Mode.TRIANGLES, Mode.TRIANGLE_STRIP) and not part.undecoded for part in parts)
        and not asset.skins
        and not any(any(mesh.weights) for mesh in asset.meshes)
        and asset.scene_index is not None
    )


def test_real_assets_lie_where_trimesh_puts_them(data):
    import trimesh

    compared = 0
    for name in gltf_files("gltf", "humans", "meshes", "reconstructions"):
        if any(word in (data / name).read_bytes() for word in OTHER):
            continue
        asset = load(data / name)
        if not trimesh_reads_alike(asset):
            continue
        resolver = trimesh.resolvers.FilePathResolver(str(data / name))
        with (data / name).open("rb") as stream:
            kind = "gltf" if name.endswith(".gltf") else "glb"
            theirs = trimesh.load_scene(
                stream, file_type=kind, resolver=resolver, process=False, merge_primitives=False
            )
        parts = world_parts(asset)
        size = np.ptp(np.concatenate([part.positions for part in parts]), axis=0).max()
        found, other = bounds(asset), theirs.bounds
        assert found is not None, name
        np.testing.assert_allclose(found, other, atol=1e-5 * size, err_msg=name)  # float32 of transforms
        faces = sum(len(theirs.geometry[theirs.graph[item][1]].faces) for item in theirs.graph.nodes_geometry)
        assert sum(len(part.triangles) for part in parts) == faces, name
        compared += 1
    assert compared > 30
