from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sceneproof.edits import PutMetadata, SetPositions
from sceneproof.errors import MarkError, SceneproofError
from sceneproof.io import apply, load, to_bytes
from sceneproof.scene import Scene
from tests.io import _edits
from tests.io._fuzz import SMALL, mutated
from tests.makers import hostile, shapes
from tests.makers._pack import BIN_CHUNK, dump_json, pack_glb, padded, unpack_glb
from tests.makers.builder import Builder


def again(scene: Scene) -> Scene:
    """What a reader finds in the written file."""
    return load(to_bytes(scene))


def document(scene: Scene) -> dict[str, Any]:
    return json.loads(json.dumps(scene.document.tree))


def positions(scene: Scene, mesh: int = 0, primitive: int = 0) -> np.ndarray:
    return scene.meshes[mesh].primitives[primitive].positions


def moved(scene: Scene, mesh: int = 0, primitive: int = 0, by: float = 0.25) -> SetPositions:
    return SetPositions(mesh, primitive, positions(scene, mesh, primitive) + np.float32(by))


# -- positions --------------------------------------------------------------------------------------------------


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


def shared() -> Builder:
    """Two primitives and the primitive of another mesh on one POSITION accessor, the last of them lines."""
    b = Builder()
    b.node(mesh=b.mesh(shapes.box()))
    first = b.doc["meshes"][0]["primitives"][0]
    b.doc["meshes"][0]["primitives"].append(dict(first))
    b.node(mesh=b.mesh([{"attributes": {"POSITION": 0}, "mode": 3}]))
    return b


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


def test_positions_in_a_draco_stream_are_refused(data):
    scene = load(data / "gltf/Box_Draco.glb")
    with pytest.raises(MarkError, match="Draco"):
        apply(scene, [SetPositions(0, 0, np.zeros((24, 3), np.float32))])


# -- nodes ------------------------------------------------------------------------------------------------------


def own(scene: Scene) -> list[int]:
    return [n for n, node in enumerate(scene.nodes) if isinstance(node.extras, dict) and "sceneproof" in node.extras]


def test_a_node_stands_under_the_scene_with_its_parts():
    scene = load(hostile.good())
    found = again(apply(scene, [_edits.label(x=3)]))
    (number,) = own(found)
    node = found.nodes[number]
    assert node.name == "sceneproof label"
    assert node.extras == {"sceneproof": {"slot": "label", "version": "1"}}
    assert node.world[0, 3] == 3
    assert number in found.roots
    mesh = found.meshes[node.mesh or 0]
    assert [len(part.triangles) for part in mesh.primitives] == [12, 12]
    for index, part in enumerate(mesh.primitives):
        wanted = _edits.part("", 0.1 * (index + 1))
        np.testing.assert_array_equal(part.positions, wanted.positions)
        np.testing.assert_array_equal(part.attributes["NORMAL"], wanted.normals)
        np.testing.assert_array_equal(part.triangles, wanted.triangles)
    material = found.materials[mesh.primitives[0].material or 0]
    assert material.unlit
    assert material.base_color == pytest.approx((1, 0.21404, 0, 1), abs=1e-5)  # sRGB 0.5 is linear 0.21404
    assert "KHR_materials_unlit" in found.extensions_used


def test_the_same_node_again_changes_nothing():
    once = again(apply(load(hostile.good()), [_edits.label()]))
    assert to_bytes(apply(once, [_edits.label()])) == to_bytes(once)


@pytest.mark.parametrize("change", [{"size": 0.3}, {"parts": 3}, {"parts": 1}, {"x": 4}])
def test_the_same_slot_again_is_the_same_node_and_the_file_does_not_grow_by_it(change):
    once = again(apply(load(hostile.good()), [_edits.label()]))
    twice = again(apply(once, [_edits.label(**change)]))
    assert len(own(twice)) == 1
    assert len(twice.nodes) == len(once.nodes)
    assert len(twice.meshes) == len(once.meshes)
    fresh = again(apply(load(hostile.good()), [_edits.label(**change)]))
    left, right = (scene.meshes[-1].primitives for scene in (twice, fresh))
    assert len(left) == len(right)
    for mine, theirs in zip(left, right, strict=True):
        np.testing.assert_array_equal(mine.positions, theirs.positions)
        np.testing.assert_array_equal(mine.triangles, theirs.triangles)
    assert len(unpack_glb(to_bytes(twice))[1]) == len(unpack_glb(to_bytes(fresh))[1])
    back = again(apply(twice, [_edits.label()]))
    assert len(unpack_glb(to_bytes(back))[1]) == len(unpack_glb(to_bytes(once))[1])
    for entry in (
        item for item in document(back)["accessors"] if "bufferView" in item
    ):  # what a smaller label leaves over still lies within its view
        view = document(back)["bufferViews"][entry["bufferView"]]
        size = {5126: 4, 5125: 4, 5123: 2}[entry["componentType"]] * {"VEC3": 3, "VEC2": 2, "SCALAR": 1}[entry["type"]]
        assert entry.get("byteOffset", 0) + entry["count"] * size <= view["byteLength"]


def test_one_slot_put_again_leaves_the_other():
    both = again(apply(load(hostile.good()), [_edits.label(), _edits.label(slot="second", size=0.2)]))
    for slot in ("label", "second"):
        found = again(apply(both, [_edits.label(slot=slot, size=0.7, parts=3)]))
        assert len(own(found)) == 2
        other = next(n for n in own(both) if both.nodes[n].extras["sceneproof"]["slot"] != slot)
        for mine, theirs in zip(
            both.meshes[both.nodes[other].mesh or 0].primitives,
            found.meshes[found.nodes[other].mesh or 0].primitives,
            strict=True,
        ):
            np.testing.assert_array_equal(mine.positions, theirs.positions)
            np.testing.assert_array_equal(mine.triangles, theirs.triangles)


def test_a_node_moves_from_one_parent_to_another():
    b = Builder()
    b.node("a")
    b.node("b", camera=b.camera())
    once = again(apply(load(b.glb()), [_edits.label(0)]))
    twice = again(apply(once, [_edits.label(1)]))
    assert [node.children for node in twice.nodes] == [(), (2,), ()]
    root = again(apply(twice, [_edits.label()]))
    assert root.roots == (0, 1, 2)
    assert [node.children for node in root.nodes] == [(), (), ()]


def test_label_and_positions_together_do_not_grow_the_file_again():
    scene = load(shared().glb())
    once = again(apply(scene, [moved(scene), _edits.label()]))
    assert to_bytes(apply(once, [moved(once, by=0), _edits.label()])) == to_bytes(once)
    twice = again(apply(once, [moved(once), _edits.label(size=0.4)]))
    assert len(unpack_glb(to_bytes(twice))[1]) == len(unpack_glb(to_bytes(once))[1])


def test_a_label_from_before_the_positions_needed_room_is_not_repeated():
    scene = load(shared().glb())
    labelled = again(apply(scene, [_edits.label()]))
    both = again(apply(labelled, [moved(labelled), _edits.label()]))
    assert to_bytes(apply(both, [_edits.label()])) == to_bytes(both)
    np.testing.assert_array_equal(positions(both), positions(scene) + np.float32(0.25))


@pytest.mark.parametrize("taken", ["material", "accessor", "view"])
def test_what_another_part_of_the_file_has_come_to_use_is_not_written_over(taken):
    once = to_bytes(apply(load(hostile.good()), [_edits.label()]))
    tree, binary = unpack_glb(once)
    primitive = tree["meshes"][1]["primitives"][0]
    if taken == "material":
        tree["meshes"][0]["primitives"][0]["material"] = primitive["material"]
    elif taken == "accessor":
        tree["meshes"].append({"primitives": [{"attributes": {"POSITION": primitive["attributes"]["POSITION"]}}]})
    else:
        entry = {**tree["accessors"][primitive["attributes"]["POSITION"]], "byteOffset": 12, "count": 3}
        tree["accessors"].append(entry)
        tree["meshes"].append({"primitives": [{"attributes": {"POSITION": len(tree["accessors"]) - 1}}]})
    scene = load(pack_glb(tree, binary))
    found = again(
        apply(
            scene,
            [
                replace(
                    _edits.label(size=0.5),
                    parts=tuple(replace(p, color=(0, 0, 0, 1)) for p in _edits.label(size=0.5).parts),
                )
            ],
        )
    )
    assert len(own(found)) == 1
    if taken == "material":
        assert found.materials[0].base_color == scene.materials[0].base_color
        assert found.meshes[0].primitives[0].material == 0
    else:
        np.testing.assert_array_equal(positions(found, 2), positions(scene, 2))


def test_a_file_without_a_scene_cannot_be_labelled_at_its_root():
    tree, binary = unpack_glb(hostile.good())
    del tree["scenes"], tree["scene"]
    scene = load(pack_glb(tree, binary))
    with pytest.raises(MarkError, match="no scene"):
        apply(scene, [_edits.label()])
    assert len(own(again(apply(scene, [_edits.label(0)])))) == 1


@pytest.mark.parametrize("broken", [{"parts": ()}, {"matrix": np.full((4, 4), np.nan)}, {"parent": 99}])
def test_a_node_that_cannot_be_put_is_refused(broken):
    with pytest.raises(MarkError):
        apply(load(hostile.good()), [replace(_edits.label(), **broken)])


# -- metadata ---------------------------------------------------------------------------------------------------

XMP = "KHR_xmp_json_ld"


def packets(scene: Scene) -> list[dict[str, Any]]:
    return document(scene)["extensions"][XMP]["packets"]


def test_a_packet_stands_at_the_root_the_asset_points_at_it_and_extras_mirror_it():
    found = again(apply(load(hostile.good()), [_edits.PACKET]))
    (packet,) = packets(found)
    assert packet["TC260:AIGC"] == '{"Label":"1"}'
    assert set(packet["@context"]) == {"TC260", "Iptc4xmpExt"}
    assert found.asset["extensions"] == {XMP: {"packet": 0}}
    assert found.asset["extras"] == {"TC260:AIGC": '{"Label":"1"}'}
    assert found.extensions_used == (XMP,)


def test_the_same_packet_again_changes_nothing():
    once = again(apply(load(hostile.good()), [_edits.PACKET, _edits.metadata(0)]))
    assert to_bytes(apply(once, [_edits.PACKET, _edits.metadata(0)])) == to_bytes(once)


def test_new_values_replace_old_ones_in_the_same_packet_and_others_stay():
    tree, binary = unpack_glb(hostile.good())
    tree["extensions"] = {
        XMP: {"packets": [{"@context": {"dc": "d", "own": "o"}, "own:x": [1.0, "é"], "dc:source": "old"}]}
    }
    tree["asset"]["extensions"] = {XMP: {"packet": 0}, "XX_own": {}}
    found = again(apply(load(pack_glb(tree, binary)), [_edits.metadata()]))
    (packet,) = packets(found)
    assert packet == {
        "@context": {"dc": "http://purl.org/dc/elements/1.1/", "own": "o"}, "own:x": [1.0, "é"], "dc:source": "made",
    }  # fmt: skip
    assert found.asset["extensions"] == {XMP: {"packet": 0}, "XX_own": {}}


def test_a_packet_that_several_objects_share_is_left_to_the_others():
    tree, binary = unpack_glb(hostile.good())
    tree["extensions"] = {XMP: {"packets": [{"@context": {}, "dc:title": "both"}]}}
    tree["asset"]["extensions"] = {XMP: {"packet": 0}}
    tree["nodes"][0]["extensions"] = {XMP: {"packet": 0}}
    found = again(apply(load(pack_glb(tree, binary)), [_edits.metadata()]))
    first, second = packets(found)
    assert first == {"@context": {}, "dc:title": "both"}
    assert second["dc:title"] == "both"
    assert second["dc:source"] == "made"
    assert found.nodes[0].extensions == {XMP: {"packet": 0}}
    assert found.asset["extensions"] == {XMP: {"packet": 1}}


@pytest.mark.parametrize("packet", [7, -1, "x", None, True])
def test_a_reference_to_no_packet_is_mended(packet):
    tree, binary = unpack_glb(hostile.good())
    tree["extensions"] = {XMP: {"packets": [{"@context": {}}] * 2}}
    tree["asset"]["extensions"] = {XMP: {"packet": packet}}
    found = again(apply(load(pack_glb(tree, binary)), [_edits.metadata()]))
    assert found.asset["extensions"] == {XMP: {"packet": 2}}
    assert packets(found)[2]["dc:source"] == "made"


@pytest.mark.parametrize("extras", ["text", 5, [1], True])
def test_extras_of_another_kind_stay_and_the_packet_alone_bears_the_mark(extras):
    tree, binary = unpack_glb(hostile.good())
    tree["asset"]["extras"] = extras
    found = again(apply(load(pack_glb(tree, binary)), [_edits.PACKET]))
    assert found.asset["extras"] == extras
    assert len(packets(found)) == 1


@pytest.mark.parametrize("wrong", [
    {"extensions": {XMP: []}}, {"extensions": {XMP: {"packets": {}}}}, {"extensionsUsed": {"a": 1}},
    {"asset": {"version": "2.0", "extensions": []}}, {"asset": {"version": "2.0", "extensions": {XMP: "x"}}},
    {"extensions": {XMP: {"packets": ["text"]}}, "asset": {"version": "2.0", "extensions": {XMP: {"packet": 0}}}},
])  # fmt: skip
def test_places_of_another_kind_are_refused_with_a_pointer_and_not_overwritten(wrong):
    with pytest.raises(MarkError, match="#/"):
        apply(load(pack_glb({"asset": {"version": "2.0"}, **wrong})), [_edits.metadata()])


def test_text_of_every_kind_is_written_so_that_it_can_be_read():
    packet = {"dc:title": '中文 é \u2028 \ud800 " \\ \n', "dc:source": "x"}
    found = again(apply(load(hostile.good()), [PutMetadata(packet, {"dc": "d"})]))
    assert packets(found)[0]["dc:title"] == packet["dc:title"]


# -- containers -------------------------------------------------------------------------------------------------


def edited(data: bytes) -> tuple[Scene, bytes]:
    scene = load(data)
    once = to_bytes(apply(scene, _edits.marks(scene)))
    found = load(once)
    assert to_bytes(apply(found, _edits.marks(scene))) == once
    return found, once


def test_a_glb_without_binary_chunk_gets_one():
    found, once = edited(pack_glb({"asset": {"version": "2.0"}, "scenes": [{}], "scene": 0}))
    assert len(own(found)) == 1
    assert struct.unpack_from("<I", once, 24 + struct.unpack_from("<I", once, 12)[0])[0] == BIN_CHUNK


def test_a_binary_chunk_that_nothing_refers_to_stays():
    chunk = b"private!"
    found, once = edited(pack_glb({"asset": {"version": "2.0"}, "scenes": [{}], "scene": 0}, chunk))
    assert len(own(found)) == 1
    assert unpack_glb(once)[1].startswith(chunk)


def test_a_glb_whose_first_buffer_has_a_uri_keeps_it_and_its_chunk():
    tree = {"asset": {"version": "2.0"}, "scenes": [{}], "scene": 0, "buffers": [{"byteLength": 2, "uri": "data:,ab"}]}
    found, once = edited(pack_glb(tree, b"private!"))
    assert len(own(found)) == 1
    assert unpack_glb(once)[1] == b"private!"
    assert document(found)["buffers"][0] == tree["buffers"][0]


def test_further_chunks_come_through():
    data = hostile.good() + struct.pack("<II", 4, 0x12345678) + b"more"
    data = data[:8] + struct.pack("<I", len(data)) + data[12:]
    _, once = edited(data)
    assert once.endswith(struct.pack("<II", 4, 0x12345678) + b"more")


def test_bytes_of_the_chunk_beyond_its_buffer_are_not_lost():
    tree, binary = unpack_glb(hostile.good())
    found, once = edited(pack_glb(tree, binary + b"beyond the buffer..."))
    behind = unpack_glb(once)[1][24 * 12 :]  # the positions come first and are moved
    assert behind.startswith(binary[24 * 12 :] + b"beyond the buffer...")
    assert len(own(found)) == 1


def test_a_gltf_of_data_uris_stays_one_file(tmp_path):
    b = Builder()
    b.node(mesh=b.mesh(shapes.box()))
    data = b.gltf(tmp_path, "scene", embed=True).read_bytes()
    found, _ = edited(data)
    assert all(entry["uri"].startswith("data:") for entry in document(found)["buffers"])
    assert len(own(found)) == 1
    plain = dump_json({"asset": {"version": "2.0"}, "scenes": [{}], "scene": 0})
    found, _ = edited(plain)
    assert document(found)["buffers"][0]["uri"].startswith("data:")


@settings(max_examples=100)
@given(mutated())
def test_edits_of_a_mistyped_file_never_crash(data):
    try:
        scene = load(data)
    except SceneproofError:
        return
    for edit in _edits.marks(scene):
        try:
            changed = apply(scene, [edit])
        except SceneproofError as error:
            str(error).encode("utf-8")
        else:
            load(to_bytes(changed))


def test_the_small_file_of_the_fuzz_takes_every_edit():
    found, _ = edited(SMALL)
    assert len(own(found)) == 2
    assert padded(to_bytes(found)) == to_bytes(found)


def test_null_counts_as_missing_where_something_is_added():
    tree, binary = unpack_glb(hostile.good())
    scene = load(pack_glb({**tree, "extensionsUsed": None, "extensions": {XMP: {"packets": None}}}, binary))
    found = again(apply(scene, [_edits.label(), _edits.metadata()]))
    assert set(found.extensions_used) == {XMP, "KHR_materials_unlit"}
    assert len(packets(found)) == 1
