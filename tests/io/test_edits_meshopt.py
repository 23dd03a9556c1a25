"""New positions in buffer views that meshopt compressed: they stay compressed, and everything beside them as it was."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sceneproof.edits import SetPositions
from sceneproof.io import apply, load, reencoded, save, to_bytes
from sceneproof.io._codecs.meshopt_encode import encode_meshopt
from sceneproof.io._codecs.meshopt_exponential import joined
from sceneproof.io._gltf.accessors import MESHOPT, Accessors
from tests.io import _edits, khronos
from tests.io._edits import again, document, moved, positions
from tests.makers import shapes
from tests.makers._pack import pack_glb, unpack_glb
from tests.makers.builder import Builder
from tests.makers.meshopt import EXT, KHR, compressed

ANY = ("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4")
REAL = [
    "gltf/hotel-room.glb", "gltf/Ingenuity.glb", "gltf/BoxMeshopt.glb",
    "gltf/meshopt-no-fallback/meshopt-no-fallback.gltf", "meshes/pirate.glb", "humans/raccoon-head.glb",
    "reconstructions/photogrammetry_helsinki_meshopt.glb",
]  # fmt: skip


def ball(**more):
    b = Builder()
    b.node("ball", mesh=b.mesh(shapes.uv_sphere(0.5, 24, 12), **more))
    return b


def view_of(scene, mesh=0, primitive=0):
    number = scene.document.tree["meshes"][mesh]["primitives"][primitive]["attributes"]["POSITION"]
    return scene.document.tree["bufferViews"][scene.document.tree["accessors"][number]["bufferView"]]


def check_rest(before, after, moved_ones):
    """Every accessor but the moved ones decodes to the bytes it had."""
    left, right = Accessors(before.document), Accessors(after.document)
    for number in range(len(before.document.tree["accessors"])):
        if number not in moved_ones:
            assert left.raw(number, "", ANY).tobytes() == right.raw(number, "", ANY).tobytes(), number


def check_no_dead_bytes(scene, slack=8):
    """All of the first buffer but padding is named by a view."""
    named = np.zeros(scene.document.tree["buffers"][0]["byteLength"], bool)
    for view in scene.document.tree["bufferViews"]:
        for item in (view, *(view.get("extensions") or {}).values()):
            if item["buffer"] == 0:
                named[item.get("byteOffset", 0) :][: item["byteLength"]] = True
    dead = [len(list(run)) for value, run in itertools.groupby(named.tolist()) if not value]
    assert max(dead, default=0) < slack


@pytest.mark.parametrize(("extension", "version"), [(EXT, 0), (KHR, 0), (KHR, 1)])
def test_positions_stay_compressed_in_their_version_and_the_rest_as_it_was(extension, version):
    scene = load(compressed(ball().glb(), extension=extension, version=version))
    found = again(apply(scene, [moved(scene, by=0.123)]))
    np.testing.assert_array_equal(positions(found), positions(scene) + np.float32(0.123))
    check_rest(scene, found, {0})
    check_no_dead_bytes(found)
    settings = view_of(found)["extensions"][extension]
    before = view_of(scene)["extensions"][extension]
    assert {k: v for k, v in settings.items() if k != "byteLength"} == {
        k: v for k, v in before.items() if k != "byteLength"
    }
    assert found.document.buffers[0][settings["byteOffset"]] == 0xA0 + version
    entry = document(found)["accessors"][0]
    assert entry["min"] == positions(found).min(axis=0).tolist()
    assert entry["max"] == positions(found).max(axis=0).tolist()


def test_the_receipts_note_names_view_codec_bits_and_bytes_and_keeps_the_first_sizes():
    scene = load(compressed(ball().glb()))
    once = apply(scene, [moved(scene)])
    (note,) = reencoded(once)
    before, after = (view_of(item)["extensions"][EXT]["byteLength"] for item in (scene, once))
    assert note == {
        "pointer": "/bufferViews/0", "codec": EXT, "bits": {"POSITION": {"before": 24, "after": 24}},
        "bytes_before": before, "bytes_after": after,
    }  # fmt: skip
    twice = apply(once, [moved(once, by=1e-3)])
    (note,) = reencoded(twice)
    assert (note["bytes_before"], note["bytes_after"]) == (before, view_of(twice)["extensions"][EXT]["byteLength"])


def test_positions_that_are_there_already_change_nothing():
    scene = load(compressed(ball().glb()))
    assert to_bytes(apply(scene, [moved(scene, by=0)])) == to_bytes(scene)
    once = again(apply(scene, [moved(scene)]))
    assert to_bytes(apply(once, [moved(once, by=0)])) == to_bytes(once)


def test_there_and_back_is_the_same_content():
    scene = load(compressed(ball().glb()))
    there = again(apply(scene, [moved(scene, by=0.5)]))
    back = again(apply(there, [SetPositions(0, 0, positions(scene))]))
    check_rest(scene, back, set())
    assert len(to_bytes(back)) <= len(to_bytes(scene)) + 8


def test_a_coarse_grid_of_integers_is_kept_and_its_bounds_are_integers():
    b = Builder()
    grid = np.array(list(itertools.product((0, 700, 900), repeat=3)), np.uint16)
    number = b.accessor(grid, target=34962, bounds=True)
    b.node(mesh=b.mesh([{"attributes": {"POSITION": number}}]))
    b.use("KHR_mesh_quantization", required=True)
    scene = load(compressed(b.glb()))
    found = again(apply(scene, [SetPositions(0, 0, positions(scene) + np.float32(2.2))]))
    np.testing.assert_array_equal(positions(found), grid + np.float32(2))
    entry = document(found)["accessors"][0]
    assert (entry["min"], entry["max"]) == ([2, 2, 2], [902, 902, 902])
    assert all(isinstance(item, int) for item in entry["max"])
    assert reencoded(apply(scene, [moved(scene, by=3)]))[0]["bits"] == {"POSITION": {"before": 10, "after": 10}}


def test_minus_one_in_its_lower_form_counts_as_unchanged():
    b = Builder()
    values = np.array([[-32768, 0, 5], [32767, 9, -32768], [1, 2, 3]], np.int16)
    number = b.accessor(values, target=34962, normalized=True, bounds=True)
    b.node(mesh=b.mesh([{"attributes": {"POSITION": number}}]))
    b.use("KHR_mesh_quantization", required=True)
    scene = load(compressed(b.glb()))
    once = again(apply(scene, [moved(scene, by=0)]))
    np.testing.assert_array_equal(positions(once), positions(scene))
    assert to_bytes(apply(once, [moved(once, by=0)])) == to_bytes(once)


def interleaved(filter_name=None, by=12):
    """Positions and normals in rows of one view, and one accessor more behind them in the same view."""
    sphere = shapes.uv_sphere(0.5, 24, 12)
    count = len(sphere.positions)
    rows = np.hstack([sphere.positions, sphere.normals]).astype(np.float32)
    if filter_name:
        mantissas = np.rint(rows * 2**by).astype(np.int64)
        rows = ((-by << 24) + (mantissas & 0xFFFFFF)).astype(np.uint32, casting="unsafe")
    b = Builder()
    view = b.view(rows.tobytes(), target=34962, stride=24)
    entry = {"bufferView": view, "componentType": 5126, "type": "VEC3"}
    values = joined(rows.view(np.int32)) if filter_name else rows
    bounds = {"min": values[:, :3].min(axis=0).tolist(), "max": values[:, :3].max(axis=0).tolist()}
    first = b.add("accessors", {**entry, **bounds, "count": count - 4})
    second = b.add("accessors", {**entry, "byteOffset": 12, "count": count})
    third = b.add("accessors", {**entry, "byteOffset": 24 * (count - 4), "count": 4})
    b.node(mesh=b.mesh([{"attributes": {"POSITION": first, "NORMAL": second}}, {"attributes": {"POSITION": third}}]))
    b.doc["meshes"][0]["primitives"][0]["attributes"].pop("NORMAL")
    b.doc["meshes"][0]["primitives"][1]["extras"] = {"normal": second}
    return compressed(b.glb(), filters={view: filter_name} if filter_name else None)


def test_interleaved_rows_keep_what_lies_beside_the_positions():
    scene = load(interleaved())
    found = again(apply(scene, [moved(scene)]))
    np.testing.assert_array_equal(positions(found), positions(scene) + np.float32(0.25))
    check_rest(scene, found, {0})
    assert len(document(found)["accessors"]) == 3


def test_several_accessors_of_one_view_are_packed_once_with_all_their_values():
    scene = load(interleaved())
    found = again(apply(scene, [moved(scene), moved(scene, 0, 1, by=0.5)]))
    np.testing.assert_array_equal(positions(found), positions(scene) + np.float32(0.25))
    np.testing.assert_array_equal(positions(found, 0, 1), positions(scene, 0, 1) + np.float32(0.5))
    check_rest(scene, found, {0, 2})
    assert len(document(found)["bufferViews"]) == len(document(scene)["bufferViews"])


def test_the_exponential_filter_stays_and_rounds_no_coarser_than_the_input():
    scene = load(interleaved("EXPONENTIAL"))
    wanted = positions(scene) + np.float32(0.001)
    edited = apply(scene, [SetPositions(0, 0, wanted)])
    found = again(edited)
    assert view_of(found)["extensions"][EXT]["filter"] == "EXPONENTIAL"
    assert 0 < np.abs(positions(found) - wanted).max() <= 2.0**-15  # half a step of 14 bits in 0.5: the input has 11
    check_rest(scene, found, {0})
    assert document(found)["accessors"][0]["max"] == positions(found).max(axis=0).tolist()
    assert reencoded(edited)[0]["bits"] == {"POSITION": {"before": 13, "after": 15}}
    assert to_bytes(apply(found, [moved(found, by=0)])) == to_bytes(found)


@pytest.mark.parametrize("tolerance", [1e-5, 1e-6])
def test_the_exponential_filter_gets_as_fine_as_an_edit_asks(tolerance):
    scene = load(interleaved("EXPONENTIAL"))
    wanted = positions(scene) + np.float32(0.001)
    found = again(apply(scene, [SetPositions(0, 0, wanted, tolerance)]))
    assert tolerance / 8 < np.abs(positions(found) - wanted).max() <= tolerance
    check_rest(scene, found, {0})


def test_values_too_large_for_the_filter_get_a_view_without_it():
    scene = load(interleaved("EXPONENTIAL"))
    wanted = positions(scene) + np.float32(1e38)
    found = again(apply(scene, [SetPositions(0, 0, wanted)]))
    np.testing.assert_array_equal(positions(found), wanted)
    assert "filter" not in view_of(found)["extensions"][EXT]
    check_rest(scene, found, set())


def test_other_filters_give_way_so_that_the_columns_beside_stay_exact():
    b = Builder()
    values = np.array([[10, 20, 127, 3], [-30, 5, 127, 4], [0, 0, 127, 5]], np.int8)
    number = b.accessor(values[:, :3], target=34962, bounds=True)
    b.node(mesh=b.mesh([{"attributes": {"POSITION": number}}]))
    b.use("KHR_mesh_quantization", required=True)
    scene = load(compressed(b.glb(), filters={0: "OCTAHEDRAL"}))
    wanted = positions(scene) + np.float32(-3)
    found = again(apply(scene, [SetPositions(0, 0, wanted)]))
    np.testing.assert_array_equal(positions(found), wanted)
    assert "filter" not in view_of(found)["extensions"][EXT]


def test_a_fallback_with_data_shows_the_same_positions():
    scene = load(compressed(ball().glb(), fallback=True))
    found = again(apply(scene, [moved(scene)]))
    view = view_of(found)
    plain = np.frombuffer(found.document.buffers[0], np.float32, view["byteLength"] // 4, view["byteOffset"])
    np.testing.assert_array_equal(plain.reshape(-1, 3), positions(found))
    np.testing.assert_array_equal(positions(found), positions(scene) + np.float32(0.25))
    check_rest(scene, found, {0})


@pytest.mark.parametrize("fallback", [False, True])
def test_primitives_that_share_and_move_apart_stay_compressed(fallback):
    b = ball()
    b.doc["meshes"][0]["primitives"].append(dict(b.doc["meshes"][0]["primitives"][0]))
    scene = load(compressed(b.glb(), fallback=fallback))
    found = again(apply(scene, [moved(scene, by=0.5), moved(scene, 0, 1, by=1)]))
    for primitive, by in ((0, 0.5), (1, 1)):
        np.testing.assert_array_equal(positions(found, 0, primitive), positions(scene) + np.float32(by))
        view = view_of(found, 0, primitive)
        settings = view["extensions"][EXT]
        assert settings["byteLength"] < view["byteLength"] == settings["count"] * settings["byteStride"]
        if fallback:
            plain = np.frombuffer(found.document.buffers[0], np.float32, view["byteLength"] // 4, view["byteOffset"])
            np.testing.assert_array_equal(plain.reshape(-1, 3), positions(found, 0, primitive))
    check_rest(scene, found, set())
    if not fallback:
        views, length = document(found)["bufferViews"], document(found)["buffers"][1]["byteLength"]
        assert max(view["byteOffset"] + view["byteLength"] for view in views if view["buffer"] == 1) == length


def test_morph_targets_stay_as_they_are():
    sphere = shapes.uv_sphere(0.5, 24, 12)
    scene = load(compressed(ball(targets={"up": np.tile(np.float32([0, 0.1, 0]), (len(sphere.positions), 1))}).glb()))
    found = again(apply(scene, [moved(scene)]))
    (before,), (after,) = (item.meshes[0].primitives[0].targets for item in (scene, found))
    np.testing.assert_array_equal(before["POSITION"], after["POSITION"])
    check_rest(scene, found, {0})


def test_all_marks_together_leave_a_valid_file_that_a_second_run_keeps(tmp_path):
    scene = load(compressed(ball().glb()))
    edits = [moved(scene), _edits.PACKET, _edits.label(), _edits.metadata(0)]
    once = again(apply(scene, edits))
    check_rest(scene, once, {0})
    twice = again(apply(once, [SetPositions(0, 0, positions(once)), *edits[1:]]))
    assert to_bytes(twice) == to_bytes(once)
    wider = again(apply(once, [moved(once, by=0.1), _edits.label(size=0.4)]))
    check_rest(scene, wider, {0})
    before, after = tmp_path / "before.glb", tmp_path / "after.glb"
    before.write_bytes(to_bytes(scene))
    after.write_bytes(to_bytes(wider))
    old, new = khronos.errors(before, after)
    assert not new - old


def test_a_chunk_keeps_no_padding_of_old_behind_its_end():
    scene = load(compressed(ball().glb()))
    found = apply(scene, [moved(scene)])
    tree, binary = unpack_glb(to_bytes(found))
    assert 0 <= len(binary) - tree["buffers"][0]["byteLength"] < 4


@pytest.mark.parametrize("name", REAL)
def test_real_files_stay_compressed_valid_and_small(name, data, tmp_path):
    scene = load(data / name)
    rng = np.random.default_rng(0)
    values = {}
    edits = []
    for number, mesh in enumerate(scene.meshes):
        for index, primitive in enumerate(mesh.primitives):
            accessor = scene.document.tree["meshes"][number]["primitives"][index]["attributes"]["POSITION"]
            if accessor not in values:
                points = primitive.positions
                reach = 1e-4 * np.linalg.norm(np.ptp(points, axis=0))
                values[accessor] = (points + rng.normal(size=points.shape) * reach).astype(np.float32)
            edits.append(SetPositions(number, index, values[accessor]))
    edited = apply(scene, edits)
    target = tmp_path / name.rpartition("/")[2]
    save(edited, target)
    found = load(target)
    check_rest(scene, found, set(values))
    check_no_dead_bytes(found)
    reader, floats = Accessors(found.document), Accessors(scene.document)
    for accessor, wanted in values.items():
        entry = found.document.tree["accessors"][accessor]
        raw, read = reader.raw(accessor, "", ("VEC3",)), reader.floats(accessor, "", ("VEC3",))
        assert (entry["min"], entry["max"]) == (raw.min(axis=0).tolist(), raw.max(axis=0).tolist())
        if raw.dtype == np.float32:
            np.testing.assert_array_equal(read, wanted)
        else:  # to the nearest step, within what the integers can hold
            step = np.float32(1 / np.iinfo(raw.dtype).max if entry.get("normalized") else 1)
            inside = (wanted >= -1 if entry.get("normalized") else wanted >= np.iinfo(raw.dtype).min) & (
                wanted <= np.iinfo(raw.dtype).max * step
            )
            assert np.abs(read - wanted)[inside].max() <= 0.501 * step
        assert (read != floats.floats(accessor, "", ("VEC3",))).any()
        view = found.document.tree["bufferViews"][entry["bufferView"]]
        assert any(extension in view["extensions"] for extension in MESHOPT)
    size = sum(part.stat().st_size for part in tmp_path.iterdir())
    source = data / name
    held = sum(part.stat().st_size for part in ([source] if source.suffix == ".glb" else source.parent.iterdir()))
    assert size <= 1.05 * held
    before, after = khronos.errors(source, target)
    assert not after - before


def test_a_stream_that_a_draco_edit_moves_is_still_read_where_it_was(data):
    tree, binary = unpack_glb((data / "gltf/Box_Draco.glb").read_bytes())
    points = np.random.default_rng(0).random((40, 3)).astype(np.float32)
    stream = encode_meshopt(points.tobytes(), count=40, stride=12)
    start = len(binary) + -len(binary) % 8
    settings = {"buffer": 0, "byteOffset": start, "byteLength": len(stream), "byteStride": 12, "count": 40}
    view = {
        "buffer": len(tree["buffers"]), "byteLength": 480, "byteStride": 12,
        "extensions": {EXT: settings | {"mode": "ATTRIBUTES"}},
    }  # fmt: skip
    entry = {"bufferView": len(tree["bufferViews"]), "componentType": 5126, "count": 40, "type": "VEC3"}
    bounds = {"min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()}
    tree["meshes"].append({"primitives": [{"attributes": {"POSITION": len(tree["accessors"])}, "mode": 0}]})
    tree["bufferViews"].append(view)
    tree["accessors"].append(entry | bounds)
    tree["buffers"][0]["byteLength"] = start + len(stream)
    tree["buffers"].append({"byteLength": 480, "extensions": {EXT: {"fallback": True}}})
    scene = load(pack_glb(tree, binary.ljust(start, b"\0") + stream))
    wave = np.random.default_rng(1).random((len(positions(scene)), 3)).astype(np.float32)
    found = again(apply(scene, [SetPositions(0, 0, positions(scene) + wave), moved(scene, 1)]))
    np.testing.assert_array_equal(positions(found, 1), points + np.float32(0.25))
    assert np.abs(positions(found) - positions(scene) - wave).max() < 1e-3
    assert view_of(found, 1)["extensions"][EXT]["byteOffset"] != start  # it did move
