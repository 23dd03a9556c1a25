from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sceneproof.edits import SetPositions
from sceneproof.io import apply, load, save, to_bytes
from sceneproof.io._gltf.accessors import Accessors
from sceneproof.io._gltf.rawjson import _split
from sceneproof.scene import Scene
from tests.conftest import gltf_files
from tests.io import _edits, khronos
from tests.makers import hostile, shapes
from tests.makers.builder import Builder

ANY = ("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4")
COMPRESSED = (b"KHR_draco", b"meshopt")


def tree_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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
