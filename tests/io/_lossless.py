"""What a marked glTF is held to: only what the edits name may differ from the file before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sceneproof.edits import SetPositions
from sceneproof.io import apply, load, save
from sceneproof.io._gltf.accessors import MESHOPT, Accessors
from sceneproof.io._gltf.draco_edit import DRACO
from sceneproof.io._gltf.rawjson import _split
from sceneproof.scene import Scene

ANY = ("SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4")
Touched = dict[str, set[int]]


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written(scene: Scene, edits: list[Any], path: Path) -> Scene:
    """The Scene with edits, as it reads from the file that was written."""
    path.parent.mkdir(exist_ok=True)
    save(apply(scene, edits), path)
    return load(path)


def touched_by(edits: list[Any], before: Scene, after: Scene) -> Touched:
    """What the edits may change in the JSON: the named primitives' meshes, accessors and views, parents, the buffers.

    ``streams`` are the views whose compressed bytes hold the moved positions, and ``plain`` the uncompressed ones.
    """
    names = ("meshes", "accessors", "nodes", "scenes", "buffers", "bufferViews", "streams", "plain")
    found: Touched = {name: set() for name in names}
    views = before.document.tree.get("bufferViews", [])
    for edit in edits:
        if isinstance(edit, SetPositions):
            primitive = before.document.tree["meshes"][edit.mesh]["primitives"][edit.primitive]
            later = after.document.tree["meshes"][edit.mesh]["primitives"][edit.primitive]
            number, now = primitive["attributes"]["POSITION"], later["attributes"]["POSITION"]
            found["accessors" if now == number else "meshes"].add(number if now == number else edit.mesh)
            packed = (primitive.get("extensions") or {}).get(DRACO)
            if packed:
                found["streams"].add(packed["bufferView"])
                if packed != later["extensions"][DRACO]:
                    found["meshes"].add(edit.mesh)
            view = before.document.tree["accessors"][number].get("bufferView")
            if view is not None:
                compressed = any(name in (views[view].get("extensions") or {}) for name in MESHOPT)
                found["streams" if compressed else "plain"].add(view)
    if found["streams"]:  # a stream of another length moves what lies behind it
        found["bufferViews"] = set(range(len(views)))
    found["nodes"] = {0} | {index for index, node in enumerate(before.nodes) if node.camera is not None}
    found["scenes"] = {before.scene_index or 0}
    found["buffers"] = set(range(len(before.document.buffers)))
    return found


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


def check_elements(before: Scene, after: Scene, touched: Touched) -> None:
    """Untouched elements keep their text, numbers and blanks included."""
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


def check_views(before: Scene, after: Scene, touched: Touched) -> None:
    """Bytes of every view but those with moved positions, wherever they lie now; only places and lengths may differ."""
    left, right = before.document, after.document
    moved = touched["streams"] | touched["plain"]
    for number, view in enumerate(left.tree.get("bufferViews", [])):
        for (place, held), (_, found) in zip(_ranges(view), _ranges(right.tree["bufferViews"][number]), strict=True):
            where = f"/bufferViews/{number}{place}"
            assert {k: v for k, v in found.items() if k not in _PLACES} == {
                k: v for k, v in held.items() if k not in _PLACES
            }, where
            if number not in moved:
                assert _bytes(right, found) == _bytes(left, held), where


_PLACES = ("byteOffset", "byteLength", "extensions")


def _ranges(view: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """A view, and its compressed form."""
    packed = [(f"/extensions/{name}", view["extensions"][name]) for name in MESHOPT if name in _extensions(view)]
    return [("", view), *packed]


def _extensions(view: dict[str, Any]) -> dict[str, Any]:
    return view.get("extensions") or {}


def _bytes(document: Any, view: dict[str, Any]) -> bytes | None:
    content = document.buffers[view["buffer"]]
    start = view.get("byteOffset", 0)
    return None if content is None else bytes(memoryview(content)[start : start + view["byteLength"]])


def check_accessors(before: Scene, after: Scene, moved: set[int]) -> None:
    """Every accessor but the moved ones decodes to the same numbers."""
    left, right = Accessors(before.document), Accessors(after.document)
    for number, entry in enumerate(before.document.tree.get("accessors", [])):
        if number in moved:
            continue
        np.testing.assert_array_equal(
            right.raw(number, "", ANY), left.raw(number, "", ANY), err_msg=f"/accessors/{number}"
        )
        assert entry.get("type") in ANY


def check_primitives(before: Scene, after: Scene, edits: list[Any]) -> None:
    """Corners, attributes and targets as decoded, from streams or not, bit for bit; positions unless they moved."""
    moved = {(edit.mesh, edit.primitive) for edit in edits if isinstance(edit, SetPositions)}
    for number, mesh in enumerate(before.meshes):
        for index, (held, found) in enumerate(zip(mesh.primitives, after.meshes[number].primitives, strict=True)):
            assert (found.mode, found.compression, found.material) == (held.mode, held.compression, held.material)
            np.testing.assert_array_equal(found.triangles, held.triangles, err_msg=held.pointer)
            assert found.attributes.keys() == held.attributes.keys()
            for name, values in held.attributes.items():
                if name != "POSITION" or (number, index) not in moved:
                    assert found.attributes[name].tobytes() == values.tobytes(), f"{held.pointer} {name}"
            for target, now in zip(held.targets, found.targets, strict=True):
                assert {name: value.tobytes() for name, value in now.items()} == {
                    name: value.tobytes() for name, value in target.items()
                }
    for held, found in zip(before.splats, after.splats, strict=True):
        for name in ("positions", "scales", "rotations", "opacities", "harmonics"):
            np.testing.assert_array_equal(getattr(found, name), getattr(held, name))


def check_positions(before: Scene, after: Scene, edits: list[Any]) -> None:
    """Moved positions as they were set: to the bit in floats, else to half a step of the file's own grid.

    The grid: the accessor's integers, or what the edit's tolerance asks of a codec.
    """
    for edit in edits:
        if not isinstance(edit, SetPositions):
            continue
        tree = before.document.tree
        entry = tree["accessors"][tree["meshes"][edit.mesh]["primitives"][edit.primitive]["attributes"]["POSITION"]]
        wanted = edit.positions.astype(np.float64)
        found = after.meshes[edit.mesh].primitives[edit.primitive].positions
        most = edit.tolerance or 0.0
        if entry["componentType"] != 5126:
            top = np.iinfo({5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16}[entry["componentType"]])
            scale = top.max if entry.get("normalized") else 1
            least = -top.max if entry.get("normalized") and top.min else top.min
            wanted, most = np.clip(wanted, least / scale, top.max / scale), 0.5001 / scale
        worst = np.abs(found - wanted).max(initial=0)
        assert worst <= most + 1e-7 * np.abs(wanted).max(initial=0) * bool(most), (edit.mesh, edit.primitive, worst)


def check_scene(before: Scene, after: Scene) -> None:
    """Images, skins, animations, materials, nodes, extensions and what the asset says of itself."""
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
