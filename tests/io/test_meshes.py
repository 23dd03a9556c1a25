from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sceneproof.errors import InputError
from sceneproof.io import load
from sceneproof.scene import Mode, Primitive
from tests.makers import hostile, shapes
from tests.makers._pack import pack_glb, unpack_glb
from tests.makers.builder import Builder

POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 2, 0], [1, 2, 0]], np.float32)


def primitive(arrays: dict[str, Any], **fields: Any) -> Primitive:
    b = Builder()
    b.node(mesh=b.mesh([b.primitive(arrays, **fields)]))
    return load(b.glb()).meshes[0].primitives[0]


@pytest.mark.parametrize(
    ("mode", "triangles"),
    [
        (0, []),
        (1, []),
        (2, []),
        (3, []),
        (4, [[0, 1, 2], [3, 4, 5]]),
        (5, [[0, 1, 2], [1, 3, 2], [2, 3, 4], [3, 5, 4]]),
        (6, [[1, 2, 0], [2, 3, 0], [3, 4, 0], [4, 5, 0]]),
    ],
)
@pytest.mark.parametrize("indexed", [False, True])
def test_each_mode_gives_the_triangles_of_the_format(mode, triangles, indexed):
    arrays: dict[str, Any] = {"POSITION": POINTS}
    if indexed:
        arrays["indices"] = np.arange(6, dtype=np.uint16)
    found = primitive(arrays, mode=mode)
    assert found.mode is Mode(mode)
    assert found.triangles.tolist() == triangles
    assert found.triangles.dtype == np.int64


def test_a_strip_turns_every_second_triangle_so_that_all_face_one_way():
    strip = primitive({"POSITION": POINTS}, mode=5)
    corners = strip.positions[strip.triangles].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (normals[:, 2] > 0).all()


@pytest.mark.parametrize("mode", [4, 5, 6])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_corners_are_no_triangle(mode, count):
    indices = np.arange(count, dtype=np.uint16)
    assert len(primitive({"POSITION": POINTS, "indices": indices}, mode=mode).triangles) == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_indices_of_every_width_are_read(dtype):
    assert primitive({"POSITION": POINTS, "indices": np.array([5, 0, 3], dtype)}).triangles.tolist() == [[5, 0, 3]]


def test_positions_in_integers_are_decoded_and_joints_stay_integers():
    arrays = {
        "POSITION": np.array([[0, 0, 0], [10, 0, 0], [0, 20, 0]], np.uint16),
        "JOINTS_0": np.array([[1, 2, 3, 4]] * 3, np.uint8),
        "WEIGHTS_0": np.array([[255, 0, 0, 0]] * 3, np.uint8),
        "COLOR_0": np.array([[0, 128, 255]] * 3, np.uint8),
        "_ID": np.array([[1], [2], [3]], np.uint16).ravel(),
    }
    found = primitive(arrays).attributes
    assert found["POSITION"].dtype == np.float32
    assert found["POSITION"].tolist() == [[0, 0, 0], [10, 0, 0], [0, 20, 0]]
    assert found["JOINTS_0"].dtype == np.uint8
    assert found["WEIGHTS_0"][0].tolist() == [1, 0, 0, 0]
    assert found["COLOR_0"][0] == pytest.approx([0, 128 / 255, 1])
    assert found["_ID"].ravel().tolist() == [1, 2, 3]


def test_morph_targets_keep_their_names_weights_and_deltas():
    b = Builder()
    deltas = np.zeros((24, 3), np.float32)
    deltas[5] = 1, 2, 3
    b.node(mesh=b.mesh(shapes.box(), targets={"jawOpen": deltas, "smile": -deltas}))
    mesh = load(b.glb()).meshes[0]
    assert mesh.target_names == ("jawOpen", "smile")
    assert mesh.weights == (0.0, 0.0)
    np.testing.assert_array_equal(mesh.primitives[0].targets[1]["POSITION"], -deltas)


def test_a_primitive_without_positions_says_so():
    found = load(hostile.missing_position()).meshes[0].primitives[0]
    assert found.undecoded == "there is no POSITION attribute"
    assert found.positions.shape == (0, 3)
    assert len(found.triangles) == 0


def test_what_accessors_state_stands_in_for_data():
    found = primitive({"POSITION": POINTS})
    assert found.counts_hint == (6, 2)
    assert found.bounds_hint is not None
    assert found.bounds_hint.tolist() == [[0, 0, 0], [1, 2, 0]]


@pytest.mark.parametrize(
    ("name", "values", "pointer"),
    [
        ("TEXCOORD_0", np.zeros(24, np.float32), "/accessors/4/type"),
        ("COLOR_0", np.zeros((24, 2), np.float32), "/accessors/4/type"),
        ("JOINTS_0", np.zeros((24, 3), np.uint8), "/accessors/4/type"),
        ("WEIGHTS_0", np.zeros((24, 3), np.float32), "/accessors/4/type"),
        ("TANGENT", np.zeros((24, 3), np.float32), "/accessors/4/type"),
        ("JOINTS_0", np.zeros((24, 4), np.float32), "/meshes/0/primitives/0/attributes/JOINTS_0"),
        ("TEXCOORD_1", np.zeros((23, 2), np.float32), "/meshes/0/primitives/0"),
    ],
)
def test_attributes_that_cannot_be_what_they_are_called_are_refused(name, values, pointer):
    b = Builder()
    b.node(mesh=b.mesh(shapes.box()))
    b.doc["meshes"][0]["primitives"][0]["attributes"][name] = b.accessor(values)
    with pytest.raises(InputError) as caught:
        load(b.glb())
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    "values", [np.full((24, 3), np.nan, np.float32), np.zeros((24, 2), np.float32), np.zeros((3, 3), np.float32)]
)
def test_morph_targets_that_do_not_fit_are_refused(values):
    b = Builder()
    b.node(mesh=b.mesh(shapes.box()))
    b.doc["meshes"][0]["primitives"][0]["targets"] = [{"POSITION": b.accessor(values)}]
    with pytest.raises(InputError):
        load(b.glb())


def test_normals_that_are_not_finite_are_told_and_the_rest_is_read():
    arrays = shapes.box().attributes()
    arrays["NORMAL"] = np.full_like(arrays["NORMAL"], np.inf)
    b = Builder()
    b.node(mesh=b.mesh(arrays))
    scene = load(b.glb())
    assert [(p.code, p.pointer) for p in scene.problems] == [("non-finite-attribute", "/meshes/0/primitives/0")]
    assert len(scene.meshes[0].primitives[0].triangles) == 12


@pytest.mark.parametrize("mode", [7, -1, "4", True, 4.5])
def test_modes_that_do_not_exist_are_refused(mode):
    document, binary = unpack_glb(hostile.good())
    document["meshes"][0]["primitives"][0]["mode"] = mode
    with pytest.raises(InputError) as caught:
        load(pack_glb(document, binary))
    assert caught.value.pointer == "/meshes/0/primitives/0/mode"


def test_splats_in_gltf_are_read_as_splats():
    b = Builder()
    count = 4
    arrays = {
        "POSITION": np.arange(12, dtype=np.float32).reshape(count, 3),
        "KHR_gaussian_splatting:SCALE": np.full((count, 3), 0.5, np.float32),
        "KHR_gaussian_splatting:ROTATION": np.tile(np.array([0, 0, 0, 1], np.float32), (count, 1)),
        "KHR_gaussian_splatting:OPACITY": np.full(count, 0.25, np.float32),
        "KHR_gaussian_splatting:SH_DEGREE_0_COEF_0": np.ones((count, 3), np.float32),
    }
    b.node(mesh=b.mesh([b.primitive(arrays, mode=0, extensions={"KHR_gaussian_splatting": {}})]))
    (splats,) = load(b.glb()).splats
    assert splats.scales.tolist() == [[0.5] * 3] * count
    assert splats.opacities.tolist() == [0.25] * count
    assert splats.harmonics.shape == (count, 1, 3)
