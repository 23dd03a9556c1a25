"""Attacks on scenes and rigs do what their definitions say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof import attacks, io
from sceneproof.attacks import AttackError, Geometry, Part, Parts, Skinned
from sceneproof.attacks._pose import in_world
from tests import _scenes
from tests.makers.shapes import box, icosphere

from ._shapes import area, ball, triangles, volume


def placed(x: float, scale: float = 1.0, mirror: bool = False) -> np.ndarray:
    matrix = np.diag([-scale if mirror else scale, scale, scale, 1.0])
    matrix[0, 3] = x
    return matrix


def scene(count: int = 4) -> Parts:
    shape = ball(8)
    half = (np.arange(len(shape.faces)) % 2).astype(np.int64)
    return Parts(tuple(Part(f"part {k}", shape, placed(3.0 * k), half + k) for k in range(count)))


def tower() -> Parts:
    """A column along +Y on three joints, one above the other, 1 m apart, each vertex on the joint below it."""
    levels = np.linspace(0.0, 3.0, 13)
    angle = np.arange(8) * np.pi / 4
    points = np.array([[0.2 * np.cos(a), y, 0.2 * np.sin(a)] for y in levels for a in angle])
    i, j = (v.reshape(-1) for v in np.meshgrid(np.arange(12), np.arange(8), indexing="ij"))
    a, b, c, d = i * 8 + j, i * 8 + (j + 1) % 8, (i + 1) * 8 + j, (i + 1) * 8 + (j + 1) % 8
    faces = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)])
    world = np.stack([placed(0.0) for _ in range(3)])
    world[:, 1, 3] = [0.0, 1.0, 2.0]
    joints = np.minimum(points[:, 1].astype(int), 2)[:, None]
    skin = Skinned(joints, np.ones((len(points), 1)), np.linalg.inv(world), world, np.array([-1, 0, 1]))
    lean = points[:, :1] * 0.0 + [[0.5, 0.0, 0.0]]
    return Parts((Part("tower", Geometry(points, faces), skin=skin, targets=(lean,), weights=(0.0,)),))


@pytest.mark.parametrize(("amount", "left"), [("25", 6), ("50", 4), ("75", 2)])
def test_deleting_meshes_leaves_the_share_in_order(amount, left):
    after = attacks.run("delete-meshes", scene(8), amount, 3)
    names = [part.name for part in after]
    assert len(names) == left
    assert names == sorted(names)


def test_something_is_always_deleted_and_something_left():
    assert len(attacks.run("delete-meshes", scene(2), "25", 1)) == 1
    assert len(attacks.run("delete-meshes", scene(2), "75", 1)) == 1
    with pytest.raises(AttackError, match="two are needed"):
        attacks.run("delete-meshes", scene(1), "50", 1)


def test_merging_gives_one_part_in_world_space_with_the_materials_of_its_faces():
    before = scene(3)
    (after,) = attacks.run("merge", before)
    np.testing.assert_array_equal(after.matrix, np.eye(4))
    want = np.concatenate([triangles(in_world(part)) for part in before])
    np.testing.assert_allclose(triangles(after.geometry), want[np.lexsort(want.T[::-1])])
    assert len(after.material) == len(after.geometry.faces)
    assert set(after.material) == {0, 1, 2, 3}


def test_a_mirrored_part_keeps_its_outside():
    shape = ball(8)
    (after,) = attacks.run("merge", Parts((Part("m", shape, placed(2.0, 3.0, mirror=True)),)))
    assert volume(after.geometry) == pytest.approx(27.0 * volume(shape))


def test_splitting_by_material_keeps_every_triangle():
    before = scene(2)
    after = attacks.run("split", before)
    assert len(after) == 4
    assert all(len(set(part.material)) == 1 for part in after)
    for k in range(2):
        both = np.concatenate([triangles(part.geometry) for part in after.parts[2 * k : 2 * k + 2]])
        np.testing.assert_array_equal(both[np.lexsort(both.T[::-1])], triangles(before.parts[k].geometry))


def test_a_split_skin_keeps_the_weights_of_its_vertices():
    part = tower().parts[0]
    half = (part.geometry.positions[part.geometry.faces][:, 0, 1] > 1.5).astype(np.int64)
    for piece in attacks.run("split", Parts((replace(part, material=half),))):
        assert piece.skin is not None
        expected = np.minimum(piece.geometry.positions[:, 1].astype(int), 2)
        np.testing.assert_array_equal(piece.skin.joints[:, 0], expected)
        assert piece.targets[0].shape == piece.geometry.positions.shape


def test_the_pose_without_angles_is_the_rest_pose():
    (after,) = attacks.run("rig-posed", tower(), "0", 1)
    assert after.skin is None
    assert after.targets == ()
    np.testing.assert_allclose(after.geometry.positions, tower().parts[0].geometry.positions, atol=1e-12)


@pytest.mark.parametrize("amount", ["25", "40"])
def test_a_pose_turns_each_joint_within_its_angle_and_moves_what_hangs_on_it_rigidly(amount):
    before = tower().parts[0]
    (after,) = attacks.run("rig-posed", tower(), amount, 5)
    assert before.skin is not None
    turns = []
    for joint in range(3):
        rows = before.skin.joints[:, 0] == joint
        one, two = before.geometry.positions[rows], after.geometry.positions[rows]
        matrix = np.linalg.lstsq(np.c_[one, np.ones(len(one))], two, rcond=None)[0][:3].T
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-9)
        turns.append(matrix)
    np.testing.assert_allclose(turns[0], np.eye(3), atol=1e-9)  # the root stays
    for above, below in ((0, 1), (1, 2)):
        angle = np.degrees(np.arccos((np.trace(turns[above].T @ turns[below]) - 1.0) / 2.0))
        assert 0.0 < angle <= float(amount)


def test_parts_on_one_skeleton_are_posed_alike_whatever_the_unit():
    part = tower().parts[0]
    one, two = attacks.run("rig-posed", Parts((part, part)), "40", 2)
    np.testing.assert_array_equal(one.geometry.positions, two.geometry.positions)
    (large,) = attacks.run("rig-posed", Parts((_scaled(part, 1024.0),)), "40", 2)
    np.testing.assert_allclose(large.geometry.positions, 1024.0 * one.geometry.positions)


def _scaled(part: Part, factor: float) -> Part:
    assert part.skin is not None
    world = part.skin.world.copy()
    world[:, :3, 3] *= factor
    skin = replace(part.skin, world=world, bind=np.linalg.inv(world))
    return replace(part, geometry=Geometry(part.geometry.positions * factor, part.geometry.faces), skin=skin)


def test_a_bind_pose_export_keeps_the_avatar_in_the_world():
    before = tower().parts[0]
    assert before.skin is not None
    place = placed(0.4, 0.01)
    moved = replace(before, skin=replace(before.skin, bind=before.skin.bind @ place))  # a mesh in centimetres
    (after,) = attacks.run("rig-bind", Parts((moved,)), "", 1)
    assert area(after.geometry) == pytest.approx(1e-4 * area(before.geometry), rel=1e-5)
    np.testing.assert_allclose(triangles(in_world(after)), triangles(in_world(moved)), atol=1e-6)
    assert not np.array_equal(after.geometry.faces, before.geometry.faces)


def test_morphs_are_dropped_or_baked():
    base = tower().parts[0].geometry.positions
    (dropped,) = attacks.run("rig-drop-morphs", tower())
    (baked,) = attacks.run("rig-bake-morph", tower(), "1", 1)
    np.testing.assert_array_equal(dropped.geometry.positions, base)
    np.testing.assert_allclose(baked.geometry.positions, base + np.array([0.5, 0.0, 0.0]))
    assert dropped.targets == baked.targets == ()


@pytest.mark.parametrize(
    ("name", "what"), [("rig-bind", "a skin"), ("rig-posed", "a skin"), ("rig-drop-morphs", "morph")]
)
def test_a_scene_without_a_rig_is_refused(name, what):
    with pytest.raises(AttackError, match=f"{name}: no part has {what}"):
        attacks.run(name, scene(1))


def test_a_skin_that_does_not_fit_is_refused():
    part = tower().parts[0]
    assert part.skin is not None
    broken = replace(part, skin=replace(part.skin, joints=part.skin.joints + 7))
    with pytest.raises(AttackError, match="hangs on joint 9; there are 3"):
        attacks.run("rig-posed", Parts((broken,)), "25")
    looped = replace(part, skin=replace(part.skin, parents=np.array([1, 2, 0])))
    with pytest.raises(AttackError, match="own ancestors"):
        attacks.run("rig-posed", Parts((looped,)), "25")


@pytest.mark.parametrize("name", attacks.names("scene"))
def test_a_seed_gives_one_result(name):
    before = Parts((*tower().parts, *scene(3).parts))
    for one, two in zip(attacks.run(name, before, "", 4), attacks.run(name, before, "", 4), strict=True):
        np.testing.assert_array_equal(one.geometry.positions, two.geometry.positions)
        np.testing.assert_array_equal(one.geometry.faces, two.geometry.faces)


def test_parts_of_a_scene_have_transform_and_materials_of_their_faces():
    shapes = [_scenes.primitive(box(), material=1), _scenes.primitive(icosphere(level=1))]
    made = _scenes.scene(shapes, nodes=[_scenes.node(0, 0, _scenes.moved(2.0, scale=3.0))])
    (part,) = attacks.parts_of(made)
    assert part.skin is None
    np.testing.assert_array_equal(part.matrix, _scenes.moved(2.0, scale=3.0))
    assert sorted(set(part.material)) == [-1, 1]
    assert (part.material == 1).sum() == 12


@pytest.mark.parametrize("asset", ["assets/human.glb"])
def test_the_sample_avatar_is_posed_and_stands_at_rest_as_its_scene_draws_it(asset, pytestconfig):
    made = io.load(pytestconfig.rootpath / asset)
    parts = attacks.parts_of(made)
    skinned = [part for part in parts if part.skin is not None]
    assert skinned
    from sceneproof.derived.world import bounds

    whole = np.concatenate([in_world(part).positions for part in parts])
    want = bounds(made, with_marks=False)
    assert want is not None
    np.testing.assert_allclose([whole.min(axis=0), whole.max(axis=0)], want, atol=1e-5)
    posed = attacks.run("rig-posed", parts, "25", 1)
    assert any(
        not np.allclose(in_world(a).positions, in_world(b).positions, atol=1e-3)
        for a, b in zip(parts, posed, strict=True)
    )
