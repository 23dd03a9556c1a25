from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from sceneproof.edits import SetPositions
from sceneproof.errors import SceneproofError
from sceneproof.io import apply, load, save
from sceneproof.io._gltf import write
from sceneproof.scene import Scene
from tests.io import _edits
from tests.makers import hostile, shapes
from tests.makers._pack import dump_json
from tests.makers.builder import Builder


def tree_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def textured(folder: Path, **changes: Any) -> Path:
    b = Builder()
    image = b.image(np.arange(48, dtype=np.uint8).reshape(4, 4, 3))
    b.node(mesh=b.mesh(shapes.box(), material=b.material(textures={"color": b.texture(image)})))
    path = b.gltf(folder, "scene")
    if changes:
        tree = json.loads(path.read_bytes())
        tree["images"][0] |= changes
        path.write_bytes(dump_json(tree))
    return path


def moved(scene: Scene) -> SetPositions:
    return SetPositions(0, 0, scene.meshes[0].primitives[0].positions + np.float32(0.25))


# -- where parts go ---------------------------------------------------------------------------------------------


def test_a_glb_is_one_file(tmp_path):
    assert save(load(hostile.good()), tmp_path / "out.glb") == [tmp_path / "out.glb"]
    assert tree_of(tmp_path) == {"out.glb": hostile.good()}


def test_a_file_that_is_not_edited_is_copied_with_its_parts(tmp_path):
    source = textured(tmp_path / "in")
    (tmp_path / "out").mkdir()
    written = save(load(source), tmp_path / "out" / "scene.gltf")
    assert tree_of(tmp_path / "out") == tree_of(tmp_path / "in")
    assert written[-1] == tmp_path / "out" / "scene.gltf"
    assert {path.name for path in written} == {"scene.gltf", "scene.bin", "scene_0.png"}


def test_beside_the_input_only_what_changed_is_new_and_the_input_stays(tmp_path):
    source = textured(tmp_path)
    before = tree_of(tmp_path)
    scene = load(source)
    written = save(apply(scene, [moved(scene)]), tmp_path / "marked.gltf")
    after = tree_of(tmp_path)
    assert before.items() <= after.items()
    assert {path.name for path in written} == set(after) - set(before)
    assert [path.suffix for path in written] == [".bin", ".gltf"]
    found = load(tmp_path / "marked.gltf")
    np.testing.assert_array_equal(found.meshes[0].primitives[0].positions, moved(scene).positions)
    assert bytes(found.images[0].data) == before["scene_0.png"]


def test_in_place_the_old_part_stays_beside_the_new_one(tmp_path):
    source = textured(tmp_path)
    before = tree_of(tmp_path)
    scene = load(source)
    save(apply(scene, [moved(scene)]), source)
    after = tree_of(tmp_path)
    assert after["scene.bin"] == before["scene.bin"]
    np.testing.assert_array_equal(load(source).meshes[0].primitives[0].positions, moved(scene).positions)


def test_writing_twice_gives_the_same_files(tmp_path):
    scene = load(textured(tmp_path / "in"))
    (tmp_path / "out").mkdir()
    save(apply(scene, _edits.marks(scene)), tmp_path / "out" / "a.gltf")
    once = tree_of(tmp_path / "out")
    assert save(apply(scene, _edits.marks(scene)), tmp_path / "out" / "a.gltf") == [tmp_path / "out" / "a.gltf"]
    assert tree_of(tmp_path / "out") == once
    found = load(tmp_path / "out" / "a.gltf")
    save(apply(found, _edits.marks(scene)), tmp_path / "out" / "a.gltf")
    assert tree_of(tmp_path / "out") == once


def test_another_file_of_the_same_name_is_never_overwritten(tmp_path):
    source = textured(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scene_0.png").write_bytes(b"someone else's")
    save(load(source), tmp_path / "out" / "scene.gltf")
    assert (tmp_path / "out" / "scene_0.png").read_bytes() == b"someone else's"
    found = load(tmp_path / "out" / "scene.gltf")
    assert found.images[0].uri != "scene_0.png"
    assert bytes(found.images[0].data) == (tmp_path / "in" / "scene_0.png").read_bytes()
    assert found.document.buffers[0] == (tmp_path / "in" / "scene.bin").read_bytes()


@pytest.mark.parametrize(
    ("uri", "stored"),
    [
        ("my%20picture.png", "my picture.png"),
        ("./p.png", "p.png"),
        ("a/../p.png", "p.png"),
        ("deep/er/p.png", "deep/er/p.png"),
        ("Caf%c3%a9.png", "Café.png"),
    ],
)
def test_a_uri_keeps_its_spelling(uri, stored, tmp_path):
    source = textured(tmp_path / "in")
    picture = (tmp_path / "in" / "scene_0.png").read_bytes()
    source = textured(tmp_path / "in", uri=uri)
    (tmp_path / "in" / stored).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "in" / stored).write_bytes(picture)
    (tmp_path / "out").mkdir()
    save(load(source), tmp_path / "out" / "scene.gltf")
    assert (tmp_path / "out" / "scene.gltf").read_bytes() == source.read_bytes()
    assert (tmp_path / "out" / stored).read_bytes() == picture


def test_a_link_within_the_folder_keeps_its_name(tmp_path):
    source = textured(tmp_path)
    try:
        (tmp_path / "scene_0.png").rename(tmp_path / "real.png")
        (tmp_path / "scene_0.png").symlink_to("real.png")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    save(load(source), tmp_path / "out.gltf")
    assert (tmp_path / "out.gltf").read_bytes() == source.read_bytes()


def test_a_part_that_bears_the_name_of_the_output_gives_way(tmp_path):
    source = textured(tmp_path / "in", uri="out.gltf")
    (tmp_path / "in" / "out.gltf").write_bytes(b"\x89PNG\r\n\x1a\nodd")
    (tmp_path / "out").mkdir()
    save(load(source), tmp_path / "out" / "out.gltf")
    assert bytes(load(tmp_path / "out" / "out.gltf").images[0].data) == b"\x89PNG\r\n\x1a\nodd"


def test_parts_that_extensions_name_go_along_and_what_lies_outside_does_not(tmp_path):
    source = textured(tmp_path / "in")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "in" / "schema.json").write_text("{}")
    (tmp_path / "in" / "folder").mkdir()
    tree = json.loads(source.read_bytes())
    tree["extensions"] = {
        "XX_own": {"schemaUri": "schema.json", "uri": "../secret.txt", "more": [{"uri": "folder"}, {"uri": "none"}]}
    }
    source.write_bytes(dump_json(tree))
    (tmp_path / "out").mkdir()
    save(load(source), tmp_path / "out" / "scene.gltf")
    assert set(tree_of(tmp_path / "out")) == {"scene.gltf", "scene.bin", "scene_0.png", "schema.json"}
    assert (tmp_path / "out" / "scene.gltf").read_bytes() == source.read_bytes()


def test_a_vrm_keeps_its_ending_and_may_become_a_glb(tmp_path):
    scene = load(hostile.good(), uri="a.vrm")
    save(scene, tmp_path / "out.vrm")
    save(scene, tmp_path / "out.glb")
    assert tree_of(tmp_path) == {"out.vrm": hostile.good(), "out.glb": hostile.good()}


# -- whole or not at all ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_a_write_that_fails_midway_leaves_nothing(fails, tmp_path):
    source = textured(tmp_path / "in", uri="deep/p.png")
    (tmp_path / "in" / "deep").mkdir()
    (tmp_path / "in" / "scene_0.png").rename(tmp_path / "in" / "deep" / "p.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scene.gltf").write_bytes(b"older")
    scene = load(source)
    real, calls = write.write_bytes, []

    def failing(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == fails:
            raise SceneproofError("disk full")
        real(path, data)

    with patch.object(write, "write_bytes", failing), pytest.raises(SceneproofError, match="disk full"):
        save(apply(scene, [moved(scene)]), tmp_path / "out" / "scene.gltf")
    assert len(calls) == fails
    assert [path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*")] == ["scene.gltf"]
    assert (tmp_path / "out" / "scene.gltf").read_bytes() == b"older"


@pytest.mark.parametrize("what", ["fsync", "replace"])
def test_a_temporary_never_stays(what, tmp_path):
    target = os if what == "fsync" else Path
    with (
        patch.object(target, what, side_effect=OSError(28, "No space left on device")),
        pytest.raises(SceneproofError, match="No space"),
    ):
        save(load(hostile.good()), tmp_path / "out.glb")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_may_not_be_written_is_an_error_in_one_line(tmp_path):
    refused = PermissionError(13, "Permission denied")
    with (
        patch.object(os, "open", side_effect=refused),
        pytest.raises(SceneproofError, match="cannot be written") as caught,
    ):
        save(load(hostile.good()), tmp_path / "out.glb")
    assert str(caught.value) == f"{tmp_path / 'out.glb'}: cannot be written (Permission denied)"


def test_a_folder_in_the_way_is_an_error_in_one_line(tmp_path):
    (tmp_path / "out.glb").mkdir()
    with pytest.raises(SceneproofError, match="cannot be written"):
        save(load(hostile.good()), tmp_path / "out.glb")
    assert [path.name for path in tmp_path.iterdir()] == ["out.glb"]


def test_a_file_in_the_way_of_a_parts_folder_is_an_error_in_one_line(tmp_path):
    source = textured(tmp_path / "in", uri="deep/p.png")
    (tmp_path / "in" / "deep").mkdir()
    (tmp_path / "in" / "scene_0.png").rename(tmp_path / "in" / "deep" / "p.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "deep").write_bytes(b"")
    with pytest.raises(SceneproofError, match="deep"):
        save(load(source), tmp_path / "out" / "scene.gltf")
    assert set(tree_of(tmp_path / "out")) == {"deep"}


def test_a_long_name_is_written(tmp_path):
    name = "n" * 240 + ".glb"
    save(load(hostile.good()), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_new_files_have_the_rights_of_any_new_file_and_replaced_ones_keep_theirs(mask, tmp_path):
    old = os.umask(mask)
    try:
        save(load(hostile.good()), tmp_path / "out.glb")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out.glb").stat().st_mode) == 0o666 & ~mask
    (tmp_path / "out.glb").chmod(0o640)
    save(load(hostile.good()), tmp_path / "out.glb")
    assert stat.S_IMODE((tmp_path / "out.glb").stat().st_mode) == 0o640
