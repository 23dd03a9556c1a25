from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.io._gltf.vrm import read_avatar
from sceneproof.scene import Mesh, Skin
from sceneproof.signals.human import face_morphs, humanoid_names, humanoid_skeleton
from tests._scenes import moved, primitive, scene
from tests._scenes import node as plain_node
from tests.makers.shapes import box, icosphere
from tests.signals._makers import HUMAN, QUADRUPED, moved_vertices, rigged


def skeleton(*arguments, **fields):
    return humanoid_skeleton.measure(rigged(*arguments, **fields))


def test_a_human_rig_with_a_body_is_found_without_names():
    found = skeleton()
    assert found.score > 0.9
    assert found.detail["body"]
    assert found.pointers == ("/skins/0",)


def test_the_same_rig_over_cards_is_held_down():
    found = skeleton(body=False)
    assert found.value > 0.9
    assert not found.detail["body"]
    assert found.score <= 0.2


def test_a_quadruped_stays_below_half():
    assert skeleton(QUADRUPED).score < 0.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_joints_does_not_matter(seed):
    assert skeleton(order_seed=seed).score == pytest.approx(skeleton().score, abs=1e-6)


def test_scale_and_turning_do_not_matter():
    angle = 1.0
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]) * 7
    placed = tuple((name, parent, tuple(turn @ place)) for name, parent, place in HUMAN)
    found = skeleton(placed, thickness=0.84)
    assert found.score == pytest.approx(skeleton().score, abs=0.02)


def test_mechanism_joints_at_the_origin_are_left_out():
    asset = rigged()
    extra = len(asset.nodes)
    rig = asset.skins[0]
    nodes = [*asset.nodes]
    for number, joint in enumerate((0, 2, 5)):  # hips, chest, a thigh: a helper with its own child each
        nodes.append(replace(nodes[joint], pointer=f"/nodes/{extra + number}", children=()))
        nodes[joint] = replace(nodes[joint], children=(*nodes[joint].children, extra + number))
    inverse = np.concatenate([rig.inverse_bind, np.tile(np.eye(4), (3, 1, 1))])
    skin = Skin("/skins/0", "", (*rig.joints, extra, extra + 1, extra + 2), inverse)
    found = humanoid_skeleton.measure(replace(asset, nodes=tuple(nodes), skins=(skin,)))
    assert found.score == pytest.approx(skeleton().score, abs=1e-6)
    assert found.detail["joints"] == len(rig.joints) + 3
    assert found.detail["joints_with_surface"] == len(rig.joints)


def test_a_prop_in_one_hand_does_no_harm():
    held = (*HUMAN, ("tool", "fingerL", (0.95, 1.42, 0.1)))
    assert skeleton(held).score > 0.9


def test_a_singular_bind_matrix_is_left_out():
    asset = rigged()
    inverse = asset.skins[0].inverse_bind.copy()
    inverse[4] = 0
    found = humanoid_skeleton.measure(replace(asset, skins=(replace(asset.skins[0], inverse_bind=inverse),)))
    assert found.value is not None


def test_a_chain_is_no_human_and_no_skin_is_undecided():
    chain = tuple((f"j{k}", None if k == 0 else f"j{k - 1}", (0, 0.1 * k, 0)) for k in range(12))
    assert skeleton(chain).score == 0
    assert humanoid_skeleton.measure(scene(box())).score is None


def face(names_and_places, *, sides=True):
    shape = icosphere(radius=0.1, level=4)
    targets = tuple({"POSITION": moved_vertices(shape.positions, place, 0.04)} for _, place in names_and_places)
    made = scene([primitive(shape, targets=targets)])
    mesh: Mesh = replace(made.meshes[0], target_names=tuple(name for name, _ in names_and_places))
    return replace(made, meshes=(mesh,))


GOOD = [
    ("eyeBlinkLeft", (0.04, 0.03, 0.09)),
    ("eyeBlinkRight", (-0.04, 0.03, 0.09)),
    ("browInnerUp", (0, 0.07, 0.07)),
    ("mouthSmileLeft", (0.03, -0.04, 0.09)),
    ("mouthSmileRight", (-0.03, -0.04, 0.09)),
    ("jawOpen", (0, -0.07, 0.07)),
]


def test_face_targets_that_move_the_right_places_are_confirmed():
    found = face_morphs.measure(face(GOOD))
    assert found.value == 6
    assert found.detail["places"] == 1
    assert found.detail["tested"] == 4
    assert 0 < found.score <= 0.55


def test_names_pasted_on_the_wrong_places_score_less():
    wrong = [(name, (-x, -y, z)) for name, (x, y, z) in GOOD[:3]] + GOOD[3:]
    found = face_morphs.measure(face(wrong))
    assert found.value == 6
    assert found.score <= 0.5 * face_morphs.measure(face(GOOD)).score


def test_names_with_underscored_sides_are_known():
    renamed = [(name.replace("Left", "_L").replace("Right", "_R"), place) for name, place in GOOD]
    assert face_morphs.measure(face(renamed)).score == face_morphs.measure(face(GOOD)).score


def test_names_alone_do_not_score():
    found = face_morphs.measure(face([("jawOpen", (9, 9, 9)), ("eyeBlinkLeft", (9, 9, 9))]))
    assert found.value == 2
    assert found.score is None
    assert face_morphs.measure(face([("bend", (0, 0, 0.1))])).value == 0
    assert face_morphs.measure(scene(box())).value == 0


def _with_vrm(asset, name, tree):
    """The scene as the reader makes it of a file with that extension."""
    return replace(asset, avatar=read_avatar({name: tree}, asset.nodes, []))


def test_expressions_of_either_vrm_are_read():
    asset = face([("fcl_a", (0, -0.05, 0.09)), ("fcl_close", (0.04, 0.03, 0.09))])
    old = {"blendShapeMaster": {"blendShapeGroups": [{"presetName": "blink", "binds": [{"mesh": 0, "index": 1}]}]}}
    assert face_morphs.measure(_with_vrm(asset, "VRM", old)).detail["families"] == ["vrm"]
    new = {"expressions": {"preset": {"aa": {"morphTargetBinds": [{"node": 0, "index": 0}, {"node": 77, "index": 0}]}}}}
    assert face_morphs.measure(_with_vrm(asset, "VRMC_vrm", new)).value == 1
    broken = {"expressions": {"preset": {"aa": [], "oh": {"morphTargetBinds": 3}}}}
    assert face_morphs.measure(_with_vrm(asset, "VRMC_vrm", broken)).value == 0


RIGIFY = ["spine", "thigh.L", "shin.L", "foot.L", "hand.R", "toe.L", "neck", "forearm.L"]
MIXAMO = ["Hips", "Spine", "Neck", "Head", "LeftArm", "RightArm", "LeftForeArm", "LeftHand", "LeftUpLeg", "LeftLeg"]


@pytest.mark.parametrize(
    ("names", "family"),
    [
        ([f"mixamorig:{name}" for name in MIXAMO], "mixamo"),
        (["pelvis", "spine_01", "thigh_l", "calf_l", "foot_l", "upperarm_r", "lowerarm_r", "hand_r"], "unreal"),
        ([f"DEF-{name}_0{k}" for k, name in enumerate(RIGIFY)], "rigify"),
        ([f"bone {k}" for k in range(30)], None),
        (["head", "hand_l"], None),
    ],
)
def test_rig_families_are_told_by_their_names(names, family):
    nodes = [replace(plain_node(index, matrix=moved()), name=name) for index, name in enumerate(names)]
    found = humanoid_names.measure(scene(nodes=nodes))
    assert found.value == family
    assert found.score is None


def test_vrm_bones_are_counted_from_the_extension():
    names = ["hips", "spine", "chest", "neck", "head", "leftHand", "rightHand", "leftFoot"]
    bones = {name: {"node": 0} for name in names}
    asset = _with_vrm(scene(nodes=[plain_node(0, matrix=moved())]), "VRMC_vrm", {"humanoid": {"humanBones": bones}})
    assert humanoid_names.measure(asset).value == "vrm"
