"""What a VRM says of its avatar reaches the Scene, of 0.x and 1.0 in one shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.io import load
from sceneproof.io._gltf.vrm import read_avatar
from tests._scenes import moved, node

HALF = {"mesh": 0, "index": 2, "weight": 50}
NODES = tuple(node(index, matrix=moved()) for index in range(3))


def test_vrm_1_bones_expressions_first_person_and_licence() -> None:
    tree = {
        "specVersion": "1.0",
        "meta": {"name": "A", "authors": ["B"], "licenseUrl": "u", "allowRedistribution": True},
        "humanoid": {"humanBones": {"hips": {"node": 1}, "head": {"node": 2}}},
        "firstPerson": {"meshAnnotations": [{"node": 2, "type": "thirdPersonOnly"}]},
        "lookAt": {"type": "expression"},
        "expressions": {"custom": {"wink": {"morphTargetBinds": []}}},
    }
    avatar = read_avatar({"VRMC_vrm": tree}, NODES, [])
    assert avatar is not None
    assert (avatar.version, avatar.bones, avatar.first_person) == (
        "1.0",
        {"hips": 1, "head": 2},
        {2: "thirdPersonOnly"},
    )
    assert (avatar.look_at, avatar.expressions[0].name, avatar.expressions[0].preset) == ("expression", "wink", False)
    licence = avatar.licence
    assert (licence.name, licence.authors, licence.avatar_permission) == ("A", ("B",), "onlyAuthor")
    assert licence.flags["redistribution"] is True
    assert licence.flags["violent"] is False


def test_vrm_0_is_read_in_the_words_of_vrm_1() -> None:
    tree = {
        "meta": {"title": "A", "author": "B", "allowedUserName": "Everyone", "commercialUssageName": "Disallow",
                 "violentUssageName": "Allow"},
        "humanoid": {"humanBones": [{"bone": "hips", "node": 0}]},
        "blendShapeMaster": {"blendShapeGroups": [{"presetName": "a", "binds": [HALF]}]},
    }  # fmt: skip
    avatar = read_avatar({"VRM": tree}, NODES, [])
    assert avatar is not None
    assert avatar.bones == {"hips": 0}
    assert avatar.expressions[0].binds == ((0, 2, 0.5),)
    assert (avatar.licence.avatar_permission, avatar.licence.commercial_usage) == ("everyone", "personalNonProfit")
    assert avatar.licence.flags == {"violent": True}


def test_a_bone_that_leads_nowhere_is_named() -> None:
    problems: list[Any] = []
    avatar = read_avatar({"VRMC_vrm": {"humanoid": {"humanBones": {"hips": {"node": 9}}}}}, NODES, problems)
    assert avatar is not None
    assert avatar.bones == {}
    assert problems[0].pointer == "/extensions/VRMC_vrm/humanoid/humanBones/hips"


_ODD = st.recursive(
    st.none() | st.integers(-2, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["humanBones", "node", "preset", "x", "meta", "humanoid", "binds"]), inner)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["VRM", "VRMC_vrm"]), st.dictionaries(st.sampled_from(
    ["meta", "humanoid", "firstPerson", "expressions", "blendShapeMaster", "lookAt"]), _ODD))  # fmt: skip
def test_no_shape_of_the_extension_breaks_the_reader(name: str, tree: dict[str, Any]) -> None:
    assert read_avatar({name: tree}, NODES, []) is not None


@pytest.mark.parametrize(
    ("name", "bones", "version"),
    [
        ("Godette_vrm_v4.vrm", 45, "0.0"),
        ("VRMC_materials_mtoon_UV_Animation_Test.vrm", 53, "1.0"),
        ("vrm_basic_armature.vrm", 53, "0.0"),
    ],
)
def test_real_avatars(data: Path, name: str, bones: int, version: str) -> None:
    avatar = load(data / "humans" / name).avatar
    assert avatar is not None
    assert (len(avatar.bones), avatar.version) == (bones, version)
