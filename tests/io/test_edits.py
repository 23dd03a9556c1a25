from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings

from sceneproof.edits import PutMetadata
from sceneproof.errors import MarkError, SceneproofError
from sceneproof.io import apply, load, to_bytes
from sceneproof.scene import Scene
from tests.io import _edits
from tests.io._edits import again, document, own
from tests.io._fuzz import SMALL, mutated
from tests.makers import hostile, shapes
from tests.makers._pack import BIN_CHUNK, dump_json, pack_glb, padded, unpack_glb
from tests.makers.builder import Builder

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
