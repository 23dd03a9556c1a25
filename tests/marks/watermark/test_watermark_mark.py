"""The mark around the codec: which meshes bear the payload, how it reaches the stored vertices, what is reported."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

import numpy as np
import pytest

import sceneproof as sp
from sceneproof._warmup import bumpy_sphere
from sceneproof.declaration import Declaration
from sceneproof.derived.welded import welded
from sceneproof.errors import MarkError
from sceneproof.io import apply
from sceneproof.keys import Key
from sceneproof.marks.watermark._surfaces import live_meshes, looked_at
from sceneproof.marks.watermark.watermark import WatermarkPlan, default_payload, plan, read
from sceneproof.scene import Scene
from tests._marked import OTHER, SECRET, bytes_of, low, marked
from tests.makers import shapes
from tests.makers.builder import POINTS, Builder
from tests.marks.watermark._surfaces import blob

KEY = Key(SECRET)
PAYLOAD = bytes.fromhex("0123456789abcdef")


@functools.cache
def room() -> Scene:
    """A ball in two halves that meet at a seam, a box, a mesh of points, and a ball that no node shows."""
    positions, faces = bumpy_sphere(72)
    used = faces.reshape(2, -1, 3)
    halves = []
    for half in used:
        kept, index = np.unique(half, return_inverse=True)
        halves.append(shapes.Shape(positions[kept], index.reshape(-1, 3).astype(np.uint32)))
    b = Builder()
    b.node("ball", mesh=b.mesh([b.primitive(half) for half in halves], name="ball"), translation=[1, 0, 0])
    b.node("box", mesh=b.mesh(shapes.box(), name="box"))
    b.node("points", mesh=b.mesh({"POSITION": np.eye(3, dtype=np.float32)}, mode=POINTS, name="points"))
    b.mesh(halves[0], name="unseen")
    return sp.load(b.glb())


@functools.cache
def planned() -> WatermarkPlan:
    return plan(room(), PAYLOAD, KEY)


@functools.cache
def marked_room() -> Scene:
    return apply(room(), planned().edits)


def _empty() -> bytes:
    b = Builder()
    b.node("nothing")
    return b.glb()


def test_the_fine_mesh_bears_it_and_the_others_say_why_not():
    made = planned()
    assert made.carriers == ("/meshes/0",)
    assert set(made.refused) == {"/meshes/1", "/meshes/2/primitives/0"}
    assert "too few points" in made.refused["/meshes/2/primitives/0"]
    assert "distinct vertices" in made.refused["/meshes/1"]
    assert made.replaced is None


def test_one_edit_per_primitive_and_none_elsewhere():
    assert [(edit.mesh, edit.primitive) for edit in planned().edits] == [(0, 0), (0, 1)]
    for edit in planned().edits:
        stored = room().meshes[0].primitives[edit.primitive].positions
        assert edit.positions.dtype == np.float32
        assert edit.positions.shape == stored.shape
        assert not np.array_equal(edit.positions, stored)


def test_vertices_at_one_place_stay_at_one_place():
    before, after = welded(room(), 0), welded(marked_room(), 0)
    assert len(before.positions) == len(after.positions)
    stored = sum(len(primitive.positions) for primitive in room().meshes[0].primitives)
    assert len(before.positions) < stored


def test_the_distortion_is_that_of_the_positions():
    whole = welded(room(), 0)
    diagonal = np.linalg.norm(np.ptp(whole.positions, axis=0))
    moved = np.concatenate(
        [edit.positions - room().meshes[0].primitives[edit.primitive].positions for edit in planned().edits]
    )
    most = np.linalg.norm(moved, axis=1).max() / diagonal
    assert planned().distortion is not None
    assert planned().distortion["max"] == pytest.approx(most, rel=1e-3)
    assert planned().distortion["mrms"] < planned().distortion["max"]


def test_it_reads_back_from_both_halves_together():
    found = read(marked_room(), [KEY], "quick").to_dict()
    assert found["payload"] == PAYLOAD.hex()
    assert found["carriers"] == 1
    assert found["key_id"] == KEY.id
    assert found["detail"]["pointers"] == ["/meshes/0"]
    assert found["all"][0]["mesh"] == "/meshes/0"
    assert found["log10_p"] < -8


def test_a_mesh_that_bears_it_already_stays_as_it_is():
    again = plan(marked_room(), PAYLOAD, KEY)
    assert again.edits == ()
    assert again.carriers == ("/meshes/0",)
    assert again.distortion is None


def test_the_label_s_own_mesh_never_bears_it():
    held = marked().scene
    assert held is not None
    label = next(node.mesh for node in held.nodes if node.name.startswith("sceneproof"))
    pointers = {held.meshes[mesh].pointer for mesh in live_meshes(held)}
    assert held.meshes[label].pointer not in pointers


@pytest.mark.parametrize("asset", [low, _empty])
def test_where_no_mesh_has_room_the_error_says_why(asset):
    with pytest.raises(MarkError) as caught:
        plan(sp.load(asset()), PAYLOAD, KEY)
    assert "\n" not in str(caught.value)
    assert "mesh" in str(caught.value)


def test_a_scene_without_triangles_is_read_as_bearing_nothing():
    found = read(sp.load(_empty()), [KEY, Key(OTHER)]).to_dict()
    assert (found["found"], found["payload"], found["carriers"], found["all"]) == (False, None, 0, [])


@pytest.mark.parametrize("bits", [32, 64, 128])
def test_the_default_payload_is_cut_from_one_hash(bits):
    stated = Declaration(producer="p", content_id="c")
    assert default_payload(stated, bits) == hashlib.sha256(b"sceneproof payload/1\0p\0c").digest()[: bits // 8]


@pytest.mark.parametrize("fields", [{}, {"producer": "p"}, {"content_id": "c"}])
def test_without_producer_and_content_id_there_is_no_payload(fields: dict[str, Any]):
    assert default_payload(Declaration(**fields)) is None


def test_the_parts_of_the_payload_cannot_run_into_each_other():
    assert default_payload(Declaration(producer="a", content_id="bc")) != default_payload(
        Declaration(producer="ab", content_id="c")
    )


def test_the_key_is_not_in_the_marked_file():
    assert SECRET not in bytes_of(marked())
    assert KEY.id.encode() not in bytes_of(marked())


def _ball(columns: int, **node: Any) -> Scene:
    positions, faces = bumpy_sphere(columns)
    b = Builder()
    b.node("ball", mesh=b.mesh(shapes.Shape(positions, faces.astype(np.uint32)), name="ball"), **node)
    return sp.load(b.glb())


def test_a_mesh_too_coarse_for_a_payload_gets_a_mark_that_can_be_detected():
    surface = blob(31)
    b = Builder()
    b.node("lump", mesh=b.mesh(shapes.Shape(surface.positions.astype(np.float32), surface.faces.astype(np.uint32))))
    scene = sp.load(b.glb())
    made = plan(scene, PAYLOAD, KEY)
    assert made.payload == b""
    found = read(apply(scene, made.edits), [KEY])
    assert found.found
    assert found.payload is None
    assert not read(apply(scene, made.edits), [Key(OTHER)]).found


def test_what_a_quantising_tool_moves_into_the_node_is_undone():
    """The mesh's own axes are those of the scene again once the node's matrix is applied."""
    surfaces = looked_at(_ball(24, translation=[3, 0, 0], scale=[2, 2, 2]))
    assert surfaces.meshes == (0, 0)
    assert [surface.alias for surface in surfaces.surfaces] == [False, True]
    moved = 2.0 * surfaces.surfaces[0].positions + [3.0, 0.0, 0.0]
    assert surfaces.surfaces[1].positions == pytest.approx(moved, abs=1e-6)
    assert looked_at(_ball(24)).meshes == (0,)
