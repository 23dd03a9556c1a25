from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sceneproof.errors import MarkError
from sceneproof.io import apply, load, to_bytes
from tests.io import _edits
from tests.io._edits import again, document, moved, own, positions, shared
from tests.makers import hostile
from tests.makers._pack import pack_glb, unpack_glb
from tests.makers.builder import Builder


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
        assert "NORMAL" not in part.attributes  # those that readers compute are the part's own
        np.testing.assert_array_equal(part.triangles, wanted.triangles)
    material = found.materials[mesh.primitives[0].material or 0]
    assert material.unlit
    assert material.base_color == pytest.approx((1, 0.21404, 0, 1), abs=1e-5)  # sRGB 0.5 is linear 0.21404
    assert "KHR_materials_unlit" in found.extensions_used


def test_normals_that_readers_would_not_compute_are_stored():
    edit = _edits.label()
    rounded = replace(edit.parts[0], normals=np.roll(edit.parts[0].normals, 1, axis=1))
    found = again(apply(load(hostile.good()), [replace(edit, parts=(rounded, edit.parts[1]))]))
    (number,) = own(found)
    first, second = found.meshes[found.nodes[number].mesh or 0].primitives
    np.testing.assert_array_equal(first.attributes["NORMAL"], rounded.normals)
    assert "NORMAL" not in second.attributes


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
