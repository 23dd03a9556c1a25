from __future__ import annotations

import numpy as np
import pytest

from sceneproof.edits import SetPositions
from sceneproof.errors import MarkError
from sceneproof.io import apply, load, to_bytes
from tests.io import _edits
from tests.io._edits import again, document, moved, positions, shared
from tests.makers import hostile, shapes
from tests.makers._pack import pack_glb, unpack_glb
from tests.makers.builder import Builder


def test_positions_are_written_in_place_with_their_bounds():
    scene = load(hostile.good())
    found = again(apply(scene, [moved(scene)]))
    np.testing.assert_array_equal(positions(found), positions(scene) + np.float32(0.25))
    entry = document(found)["accessors"][0]
    assert (entry["min"], entry["max"]) == ([-0.25] * 3, [0.75] * 3)
    assert len(to_bytes(found)) <= len(hostile.good()) + 8
    _, before = unpack_glb(hostile.good())
    _, after = unpack_glb(to_bytes(found))
    assert after[24 * 12 :] == before[24 * 12 :]


def test_the_given_scene_stays_as_it_is():
    scene = load(hostile.good())
    held = positions(scene).copy()
    apply(scene, [moved(scene), _edits.PACKET])
    assert to_bytes(scene) == hostile.good()
    np.testing.assert_array_equal(positions(scene), held)


def test_equal_positions_change_nothing():
    scene = load(hostile.good())
    assert to_bytes(apply(scene, [moved(scene, by=0)])) == hostile.good()


def test_an_accessor_that_others_use_is_left_to_them():
    scene = load(shared().glb())
    found = again(apply(scene, [moved(scene)]))
    np.testing.assert_array_equal(positions(found), positions(scene) + np.float32(0.25))
    np.testing.assert_array_equal(positions(found, 0, 1), positions(scene))
    np.testing.assert_array_equal(positions(found, 1), positions(scene))


def test_primitives_that_share_and_move_alike_go_on_sharing():
    scene = load(shared().glb())
    found = again(apply(scene, [moved(scene), moved(scene, 0, 1), moved(scene, 1)]))
    assert {item["attributes"]["POSITION"] for mesh in document(found)["meshes"] for item in mesh["primitives"]} == {0}
    np.testing.assert_array_equal(positions(found, 1), positions(scene) + np.float32(0.25))


def test_primitives_that_share_and_move_apart_get_their_own():
    scene = load(shared().glb())
    found = again(apply(scene, [moved(scene), moved(scene, 0, 1, by=0.5), moved(scene, 1, by=0)]))
    for place, by in (((0, 0), 0.25), ((0, 1), 0.5), ((1, 0), 0)):
        np.testing.assert_array_equal(positions(found, *place), positions(scene) + np.float32(by))
    assert to_bytes(apply(found, [moved(found, by=0), moved(found, 0, 1, by=0)])) == to_bytes(found)


@pytest.mark.parametrize("user", ["target", "instances", "skin", "animation", "unknown extension", "bytes", "sparse"])
def test_whatever_else_reads_the_positions_keeps_them(user):
    b = Builder()
    box = b.mesh(shapes.box())
    node = b.node(mesh=box)
    primitive = b.doc["meshes"][0]["primitives"][0]
    if user == "target":
        primitive["targets"] = [{"POSITION": 0}]
    elif user == "instances":
        b.doc["nodes"][node]["extensions"] = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": 0}}}
    elif user == "skin":
        b.doc["skins"] = [
            {
                "joints": [0],
                "inverseBindMatrices": b.add(
                    "accessors", {"bufferView": 0, "componentType": 5126, "type": "MAT4", "count": 4}
                ),
            }
        ]
    elif user == "animation":
        b.animation([(node, "translation", np.arange(24), np.zeros((24, 3)))])
        b.doc["animations"][0]["samplers"][0]["output"] = 0
    elif user == "unknown extension":
        primitive["extensions"] = {"XX_own": {"deep": [{"data": 0}]}}
    elif user == "bytes":
        b.add("accessors", {"bufferView": 0, "byteOffset": 12, "componentType": 5126, "type": "VEC3", "count": 5})
    else:
        sparse = {
            "count": 1,
            "indices": {"bufferView": b.view(bytes(4)), "componentType": 5125},
            "values": {"bufferView": 0},
        }
        b.add("accessors", {"componentType": 5126, "type": "VEC3", "count": 5, "sparse": sparse})
    scene = load(b.glb())
    _, before = unpack_glb(b.glb())
    found = again(apply(scene, [moved(scene)]))
    np.testing.assert_array_equal(positions(found), positions(scene) + np.float32(0.25))
    _, after = unpack_glb(to_bytes(found))
    assert after[: len(before)] == before
    assert document(found)["meshes"][0]["primitives"][0]["attributes"]["POSITION"] != 0


def test_numbers_in_extensions_that_hold_no_accessor_are_no_use():
    b = Builder()
    b.node(mesh=b.mesh(shapes.box(), material=b.material()))
    b.doc["meshes"][0]["primitives"][0]["extensions"] = {
        "KHR_materials_variants": {"mappings": [{"material": 0, "variants": [0]}]}
    }
    scene = load(b.glb())
    assert document(apply(scene, [moved(scene)]))["meshes"][0]["primitives"][0]["attributes"]["POSITION"] == 0


def test_interleaved_positions_leave_the_columns_beside_them():
    rows = np.zeros(3, [("p", "<f4", 3), ("n", "<f4", 3)])
    rows["p"], rows["n"] = np.eye(3), [0, 0, 1]
    view = {"buffer": 0, "byteLength": 72, "byteStride": 24}
    entry = {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 3, "min": [0, 0, 0], "max": [1, 1, 1]}
    tree = {
        "asset": {"version": "2.0"}, "buffers": [{"byteLength": 72}], "bufferViews": [view],
        "accessors": [entry, {**entry, "byteOffset": 12}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "NORMAL": 1}}]}],
    }  # fmt: skip
    scene = load(pack_glb(tree, rows.tobytes()))
    found = again(apply(scene, [moved(scene)]))
    assert len(document(found)["accessors"]) == 2
    np.testing.assert_array_equal(positions(found), np.eye(3) + 0.25)
    np.testing.assert_array_equal(found.meshes[0].primitives[0].attributes["NORMAL"], rows["n"])


@pytest.mark.parametrize(
    ("dtype", "normalized"),
    [(np.int16, True), (np.uint16, True), (np.int8, True), (np.uint16, False), (np.int8, False)],
)
def test_quantised_positions_are_rounded_to_the_files_own_steps(dtype, normalized):
    b = Builder()
    values = np.array([[0, 10, 20], [30, 40, 50], [60, 70, 80]], dtype)
    number = b.accessor(values, target=34962, normalized=normalized, bounds=True)
    b.node(mesh=b.mesh([{"attributes": {"POSITION": number}}]))
    b.use("KHR_mesh_quantization", required=True)
    scene = load(b.glb())
    step = 1 / np.iinfo(dtype).max if normalized else 1
    found = again(apply(scene, [SetPositions(0, 0, positions(scene) + np.float32(2.2 * step))]))
    np.testing.assert_allclose(positions(found), (values + 2.0) * step, rtol=1e-5)
    entry = document(found)["accessors"][0]
    assert entry["max"] == [62, 72, 82]
    assert all(isinstance(item, int) for item in entry["max"])


def test_sparse_positions_get_a_plain_accessor_and_the_rest_of_the_entry_stays():
    b = Builder()
    values = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    number = b.sparse_accessor(values, bounds=True)
    b.doc["accessors"][number]["name"] = "kept"
    b.node(mesh=b.mesh([{"attributes": {"POSITION": number}}]))
    scene = load(b.glb())
    found = again(apply(scene, [moved(scene)]))
    np.testing.assert_array_equal(positions(found), values + np.float32(0.25))
    entry = document(found)["accessors"][1]
    assert entry["name"] == "kept"
    assert "sparse" not in entry
    assert document(found)["accessors"][0] == document(scene)["accessors"][0]


@pytest.mark.parametrize(
    "values", [np.zeros((23, 3)), np.zeros((24, 2)), np.full((24, 3), np.nan), np.full((24, 3), np.inf)]
)
def test_positions_that_do_not_fit_are_refused(values):
    with pytest.raises(MarkError, match="/meshes/0/primitives/0"):
        apply(load(hostile.good()), [SetPositions(0, 0, values)])
