from __future__ import annotations

import numpy as np
import pytest

from sceneproof.errors import InputError, UsageError
from sceneproof.io import apply, extensions, load, save, to_bytes
from tests.conftest import gltf_files
from tests.makers import hostile, shapes
from tests.makers._pack import dump_json, pack_glb, unpack_glb
from tests.makers.builder import Builder


def test_a_path_a_string_and_bytes_give_the_same_scene(tmp_path):
    path = tmp_path / "box.glb"
    path.write_bytes(hostile.good())
    scenes = [
        load(path),
        load(str(path)),
        load(hostile.good()),
        load(bytearray(hostile.good())),
        load(memoryview(hostile.good())),
    ]
    assert [scene.uri for scene in scenes] == [str(path), str(path), None, None, None]
    first = scenes[0].meshes[0].primitives[0].positions
    assert all(np.array_equal(first, scene.meshes[0].primitives[0].positions) for scene in scenes)


def test_a_scene_is_returned_as_it_is():
    scene = load(hostile.good())
    assert load(scene) is scene


def test_bytes_may_be_given_a_name_for_reports():
    assert load(hostile.good(), uri="https://example.org/box.glb").uri == "https://example.org/box.glb"
    with pytest.raises(InputError, match=r"^named\.glb: "):
        load(b"", uri="named.glb")


def test_the_format_follows_container_and_name(tmp_path):
    assert load(hostile.good()).format == "glb"
    assert load(hostile.good(), uri="a.VRM").format == "vrm"
    assert load(Builder().gltf(tmp_path, "scene")).format == "gltf"


def test_what_is_known_of_the_asset_is_kept():
    document, binary = unpack_glb(hostile.good())
    document |= {"extensionsUsed": ["XX_a"], "extensions": {"XX_a": {"x": 1}}}
    document["nodes"][0] |= {"extras": {"y": [1, 2]}, "extensions": {"XX_a": {}}}
    scene = load(pack_glb(document, binary))
    assert scene.generator == "sceneproof sample maker"
    assert scene.extensions_used == ("XX_a",)
    assert scene.extensions == {"XX_a": {"x": 1}}
    assert scene.nodes[0].extras == {"y": [1, 2]}
    assert scene.nodes[0].extensions == {"XX_a": {}}


def test_every_place_has_its_pointer():
    b = Builder()
    b.node(mesh=b.mesh(shapes.box(), material=b.material()), camera=b.camera())
    b.image(np.zeros((1, 1, 3), np.uint8))
    scene = load(b.glb())
    found = [scene.nodes, scene.meshes, scene.meshes[0].primitives, scene.materials, scene.images, scene.cameras]
    assert [items[0].pointer for items in found] == [
        "/nodes/0", "/meshes/0", "/meshes/0/primitives/0", "/materials/0", "/images/0", "/cameras/0",
    ]  # fmt: skip


@pytest.mark.parametrize("source", [5, None, object(), ["a.glb"]])
def test_what_is_no_asset_is_refused(source):
    with pytest.raises(InputError, match="give a path, bytes, a Scene"):
        load(source)


def test_an_ending_that_nobody_reads_is_refused_with_those_that_are(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputError, match=r"\.glb"):
        load(tmp_path / "notes.txt")
    assert {".glb", ".gltf", ".vrm"} <= set(extensions())


def test_content_counts_where_the_ending_says_nothing(tmp_path):
    (tmp_path / "asset.bin").write_bytes(hostile.good())
    assert len(load(tmp_path / "asset.bin").meshes) == 1


def test_no_edits_are_no_change():
    scene = load(hostile.good())
    assert apply(scene, []) is scene


@pytest.mark.parametrize("name", ["out.gltf", "out.txt", "out"])
def test_a_name_that_does_not_fit_the_container_is_refused(name, tmp_path):
    with pytest.raises(UsageError):
        save(load(hostile.good()), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(UsageError, match="make it first"):
        save(load(hostile.good()), tmp_path / "none" / "out.glb")


@pytest.mark.parametrize("tail", [b"", b"\n", b" \n\n"])
def test_text_comes_out_as_it_went_in(tail, tmp_path):
    path = tmp_path / "scene.gltf"
    path.write_bytes(dump_json({"asset": {"version": "2.0"}, "extras": {"x": "é"}}).replace(b",", b" ,\n\t") + tail)
    assert to_bytes(load(path)) == path.read_bytes()


@pytest.mark.parametrize("name", gltf_files("gltf", "humans", "meshes", "reconstructions", "splats"))
def test_a_real_file_that_is_not_edited_comes_out_as_it_went_in(name, data):
    assert to_bytes(load(data / name)) == (data / name).read_bytes()
