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
from sceneproof.io import apply, load, save, to_bytes
from sceneproof.io._gltf import write
from sceneproof.io._gltf.accessors import Accessors
from sceneproof.io._gltf.rawjson import _split
from sceneproof.scene import Scene
from tests.conftest import gltf_files
from tests.io import _edits, khronos
from tests.makers import hostile, shapes
from tests.makers._pack import dump_json
from tests.makers.builder import Builder

ANY = ("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4")
COMPRESSED = (b"KHR_draco", b"meshopt")


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


# -- nothing else changes: real files ---------------------------------------------------------------------------


def uncompressed() -> list[str]:
    names = gltf_files("gltf", "humans")
    root = os.environ.get("SCENEPROOF_DATA")
    if names == ["no-data"] or root is None:
        return names
    return [name for name in names if not any(word in (Path(root) / name).read_bytes() for word in COMPRESSED)]


def elements(scene: Scene) -> dict[str, list[str]]:
    """The text of every element of the arrays at the root, as it stands in the file; other members under ``""``."""
    root = _split(scene.document.text.strip())
    found: dict[str, list[str]] = {"": []}
    for member in root.members:
        text = str(member.value)
        if text.startswith("["):
            found[str(member.key)] = [str(item.value) for item in _split(text).members]
        else:
            found[""].append(f"{member.key}:{text}")
    return found


def check_elements(before: Scene, after: Scene, touched: dict[str, set[int]]) -> None:
    left, right = elements(before), elements(after)
    for name, items in left.items():
        if name == "":
            continue
        now = right[name]
        assert len(now) >= len(items)
        for number, text in enumerate(items):
            if number not in touched.get(name, set()):
                assert now[number] == text, f"/{name}/{number}"
    assert {item for item in left[""] if not item.startswith(("asset:", "extensions:"))} <= set(right[""])


def touched_by(edits: list[Any], before: Scene, after: Scene) -> dict[str, set[int]]:
    """What the edits may change in the JSON: the named primitives' meshes and accessors, parents, and the buffers."""
    found: dict[str, set[int]] = {name: set() for name in ("meshes", "accessors", "nodes", "scenes", "buffers")}
    for edit in edits:
        if isinstance(edit, SetPositions):
            primitive = before.document.tree["meshes"][edit.mesh]["primitives"][edit.primitive]
            number = primitive["attributes"]["POSITION"]
            now = after.document.tree["meshes"][edit.mesh]["primitives"][edit.primitive]["attributes"]["POSITION"]
            found["accessors"] |= {number} if now == number else set()
            found["meshes"] |= {edit.mesh} if now != number else set()
    found["nodes"] = {0} | {index for index, node in enumerate(before.nodes) if node.camera is not None}
    found["scenes"] = {before.scene_index or 0}
    found["buffers"] = set(range(len(before.document.buffers)))
    return found


def check_accessors(before: Scene, after: Scene, moved_ones: set[int]) -> None:
    left, right = Accessors(before.document), Accessors(after.document)
    for number, entry in enumerate(before.document.tree.get("accessors", [])):
        if number in moved_ones:
            continue
        np.testing.assert_array_equal(
            right.raw(number, "", ANY), left.raw(number, "", ANY), err_msg=f"/accessors/{number}"
        )
        assert entry.get("type") in ANY


def check_scene(before: Scene, after: Scene) -> None:
    for number, image in enumerate(before.images):
        assert bytes(after.images[number].data) == bytes(image.data)
    names = ("skins", "animations", "cameras", "materials", "textures", "samplers", "images")
    left, right = before.document.tree, after.document.tree
    for name in names:
        assert right.get(name, [])[: len(left.get(name, []))] == left.get(name, [])
    for number, node in enumerate(left.get("nodes", [])):
        now = right["nodes"][number]
        assert {k: v for k, v in now.items() if k not in ("children", "extensions")} == {
            k: v for k, v in node.items() if k not in ("children", "extensions")
        }
        assert now.get("children", [])[: len(node.get("children", []))] == node.get("children", [])
        assert {k: v for k, v in now.get("extensions", {}).items() if k != "KHR_xmp_json_ld"} == {
            k: v for k, v in node.get("extensions", {}).items() if k != "KHR_xmp_json_ld"
        }
    for name, value in left.get("extensions", {}).items():
        if name != "KHR_xmp_json_ld":
            assert right["extensions"][name] == value
    kept = {k: v for k, v in left["asset"].items() if k not in ("extras", "extensions")}
    assert {k: v for k, v in right["asset"].items() if k not in ("extras", "extensions")} == kept
    assert (left["asset"].get("extras") or {}).items() <= right["asset"]["extras"].items()
    assert set(left.get("extensionsUsed", [])) <= set(right.get("extensionsUsed", []))
    assert right.get("extensionsRequired") == left.get("extensionsRequired")


def written(scene: Scene, edits: list[Any], path: Path) -> Scene:
    path.parent.mkdir(exist_ok=True)
    save(apply(scene, edits), path)
    return load(path)


@pytest.mark.parametrize("name", uncompressed())
def test_marks_change_a_real_file_only_where_they_say(name, data, tmp_path):
    before = load(data / name)
    source = tree_of((data / name).parent) if name.endswith(".gltf") and name.count("/") > 1 else {}
    edits = _edits.marks(before)
    out = tmp_path / "out" / Path(name).name
    after = written(before, edits, out)
    touched = touched_by(edits, before, after)
    check_elements(before, after, touched)
    check_accessors(before, after, touched["accessors"])
    check_scene(before, after)
    for edit in edits:
        if isinstance(edit, SetPositions):
            found, wanted = after.meshes[edit.mesh].primitives[edit.primitive].positions, edit.positions
            step = (
                2 / 255 * np.ptp(wanted) if after.document.tree.get("extensionsRequired") else 0
            )  # quantised files round
            np.testing.assert_allclose(found, wanted, atol=step, rtol=0)
    once = tree_of(out.parent)
    written(after, edits, out)
    assert tree_of(out.parent) == once
    larger = written(
        after, [edit for edit in _edits.marks(before, size=0.3) if not isinstance(edit, SetPositions)], out
    )
    assert len(larger.nodes) == len(after.nodes)
    assert sum(map(len, map(bytes, larger.document.buffers))) == sum(map(len, map(bytes, after.document.buffers)))
    if source:
        assert tree_of((data / name).parent) == source


def test_the_validator_finds_no_error_that_the_input_did_not_have(data, tmp_path):
    names = gltf_files("gltf", "humans")
    marked = []
    for number, name in enumerate(names):
        scene = load(data / name)
        path = tmp_path / str(number) / Path(name).name
        path = path.with_suffix(".glb") if path.suffix == ".vrm" else path
        path.parent.mkdir()
        save(apply(scene, _edits.marks(scene)), path)
        marked.append(path)
    inputs = [data / name for name in names]
    worse = {
        name: found - held
        for name, held, found in zip(names, khronos.errors(*inputs), khronos.errors(*marked), strict=True)
        if found - held
    }
    assert not worse
    assert len(names) > 80


def test_the_validator_is_asked_and_does_find_errors(tmp_path):
    (tmp_path / "bad.glb").write_bytes(hostile.dangling("mesh"))
    (tmp_path / "good.glb").write_bytes(hostile.good())
    bad, good = khronos.errors(tmp_path / "bad.glb", tmp_path / "good.glb")
    assert ("UNRESOLVED_REFERENCE", "/nodes/0/mesh") in bad
    assert not good


def test_made_files_with_every_edge_are_valid_after_marking(tmp_path):
    b = Builder()
    b.node("camera", camera=b.camera())
    b.node(mesh=b.mesh(shapes.box(), targets={"up": np.eye(24, 3, dtype=np.float32)}))
    first = dict(b.doc["meshes"][0]["primitives"][0])
    b.node(mesh=b.mesh([first]))
    number = b.accessor(np.array([[0, 0, 0], [100, 0, 0], [0, 100, 50]], np.int8), target=34962, bounds=True)
    b.node(mesh=b.mesh([{"attributes": {"POSITION": number}}]))
    b.use("KHR_mesh_quantization", required=True)
    files = {"glb": b.glb(), "empty": Builder().glb()}
    paths = []
    for name, content in files.items():
        scene = load(content)
        for step, edits in enumerate((_edits.marks(scene), _edits.marks(scene, size=0.4))):
            scene = apply(scene, edits)
            paths.append(tmp_path / f"{name}{step}.glb")
            paths[-1].write_bytes(to_bytes(scene))
    once = apply(load(files["glb"]), [_edits.label(parts=3)])
    paths.append(tmp_path / "fewer.glb")
    paths[-1].write_bytes(to_bytes(apply(once, [_edits.label(parts=1)])))
    assert [path.name for path, found in zip(paths, khronos.errors(*paths), strict=True) if found] == []
