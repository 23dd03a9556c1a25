"""Faults that a reader can live with are named: code of the validator, pointer, both languages, repeats folded."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sceneproof.errors import InputError
from sceneproof.io import load
from sceneproof.io._gltf.checks import MOST
from tests.makers.builder import Builder


def _codes(document: dict[str, Any]) -> dict[str, str]:
    scene = load(json.dumps({"asset": {"version": "2.0"}, **document}).encode())
    return {problem.code: problem.pointer for problem in scene.problems}


def _triangle() -> Builder:
    b = Builder()
    b.node(mesh=b.mesh([b.primitive({"POSITION": np.eye(3, dtype=np.float32)})]))
    return b


@pytest.mark.parametrize(
    ("document", "code", "pointer"),
    [
        ({"nodes": []}, "empty-entity", "/nodes"),
        ({"nodes": [{"rotation": [0, 0, 0, 2]}]}, "rotation-non-unit", "/nodes/0/rotation"),
        ({"nodes": [{"matrix": np.eye(4).ravel().tolist(), "scale": [1, 1, 1]}]}, "node-matrix-trs", "/nodes/0"),
        ({"accessors": [{"componentType": 5126, "type": "VEC3"}]}, "undefined-property", "/accessors/0"),
        ({"accessors": [{"componentType": 5126, "count": 1, "type": "VEC3", "bufferView": 3}]},
         "unresolved-reference", "/accessors/0/bufferView"),
        ({"extensionsRequired": ["KHR_texture_transform"]}, "unused-extension-required", "/extensionsRequired/0"),
        ({"asset": {"version": "2.0", "minVersion": "2.1"}}, "asset-min-version-greater-than-version",
         "/asset/minVersion"),
        ({"nodes": [{"skin": 0}, {}], "skins": [{"joints": [0, 1]}]}, "skin-no-common-root", "/skins/0/joints"),
        ({"cameras": [{"type": "perspective", "perspective": {"yfov": 1, "znear": 1, "zfar": 0.5}}]},
         "camera-zfar-lequal-znear", "/cameras/0/perspective"),
        ({"images": [{"uri": "data:text/plain,no"}]}, "image-mime-type-invalid", "/images/0/uri"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_pointer(document: dict[str, Any], code: str, pointer: str) -> None:
    assert _codes(document).get(code) == pointer


def test_a_sound_file_has_no_fault() -> None:
    assert load(_triangle().glb()).problems == ()


def test_bounds_that_are_not_the_data_are_named_and_rounded_digits_are_not() -> None:
    b = _triangle()
    entry = next(item for item in b.doc["accessors"] if item["type"] == "VEC3" and "min" in item)
    entry["max"][0] = 1.0000001
    assert load(b.glb()).problems == ()
    entry["max"][0] = 7
    (problem,) = load(b.glb()).problems
    assert (problem.code, problem.pointer[-6:]) == ("accessor-max-mismatch", "/max/0")
    assert "7" in problem.message
    assert "7" in problem.message_zh


def test_many_places_of_one_fault_are_one_problem_with_a_count() -> None:
    nodes = [{"rotation": [0, 0, 0, 2]} for _ in range(MOST + 5)]
    scene = load(json.dumps({"asset": {"version": "2.0"}, "nodes": nodes}).encode())
    (problem,) = (item for item in scene.problems if item.code == "rotation-non-unit")
    assert problem.count == MOST + 5
    assert "more places" in problem.message


_LEAVES = st.none() | st.booleans() | st.integers(-3, 5) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
_WORDS = """buffer byteLength byteStride byteOffset bufferView componentType count type min max sparse indices values
primitives attributes targets weights mode material mesh skin children rotation matrix joints inverseBindMatrices
channels samplers target node path sampler input output interpolation uri mimeType extensions perspective"""
_KEYS = st.sampled_from(_WORDS.split())
_INNER = st.lists(st.dictionaries(_KEYS, _VALUES, max_size=4), max_size=2)
_OBJECTS = st.dictionaries(_KEYS, _VALUES | _INNER, max_size=5)
_NAMES = st.sampled_from(
    ["buffers", "bufferViews", "accessors", "meshes", "nodes", "skins", "animations", "images", "cameras", "scenes"]
)


@given(st.dictionaries(_NAMES, st.lists(_OBJECTS, max_size=3) | _VALUES, max_size=5))
@settings(max_examples=300, deadline=None)
def test_no_shape_of_json_breaks_the_checks(document: dict[str, Any]) -> None:
    text = json.dumps({"asset": {"version": "2.0"}, **document}).encode()
    with contextlib.suppress(InputError):
        load(text)
