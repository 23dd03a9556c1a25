"""Edits of primitives in Draco streams: the new stream stands where the old one stood, and nothing else changes."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from sceneproof.edits import SetPositions
from sceneproof.errors import MarkError
from sceneproof.io import apply, load, reencoded, save, to_bytes
from tests.io import _edits, khronos
from tests.io._edits import again, document, positions
from tests.makers import draco, shapes
from tests.makers._pack import unpack_glb
from tests.makers.builder import Builder

BALL = shapes.uv_sphere(rows=16, columns=24)
EXTENSION = draco.EXTENSION
REAL = (
    "gltf/Box_Draco.glb", "gltf/BoxDraco/BoxDraco.gltf", "gltf/DracoSparseMesh/DracoSparseMesh.gltf",
    "gltf/blender-default-cube-draco.glb", "gltf/DenseSphere.glb", "humans/suzanne.glb", "humans/archer.glb",
    "gltf/carbon-sphere.glb", "gltf/chess-board.glb", "gltf/LittlestTokyo.glb",
)  # fmt: skip


def ball(level=5, **extra):
    return draco.stream(BALL, level=level, **extra)


def waved(scene, mesh=0, primitive=0, size=1e-3, tolerance=None):
    held = scene.meshes[mesh].primitives[primitive].positions.astype(np.float64)
    extent = np.ptp(held, axis=0).max()
    moved = held + size * extent * np.sin(20 * held / extent + np.arange(3))
    return SetPositions(mesh, primitive, moved.astype(np.float32), tolerance)


def packed(scene, mesh=0, primitive=0):
    return document(scene)["meshes"][mesh]["primitives"][primitive]["extensions"][EXTENSION]


def same_but_positions(before, after):
    for mesh, other in zip(before.meshes, after.meshes, strict=True):
        for part, found in zip(mesh.primitives, other.primitives, strict=True):
            np.testing.assert_array_equal(part.triangles, found.triangles)
            assert part.attributes.keys() == found.attributes.keys()
            for name in part.attributes.keys() - {"POSITION"}:
                assert part.attributes[name].tobytes() == found.attributes[name].tobytes(), name
            for target, moved in zip(part.targets, found.targets, strict=True):
                assert all(target[name].tobytes() == moved[name].tobytes() for name in target)


@pytest.mark.parametrize("level", [0, 5, 10])
def test_the_new_stream_stands_where_the_old_one_stood(level):
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)

    def behind(b):
        b.material("wood", texture=b.texture(b.image(pixels)))

    scene = load(draco.glb(ball(level), setup=behind))
    edit = waved(scene)
    found = again(apply(scene, [edit]))
    step = np.ptp(positions(scene), axis=0).max() / (2**14 - 1)
    assert np.abs(positions(found) - edit.positions).max() <= step / 2 * 1.01
    same_but_positions(scene, found)
    before, after = document(scene), document(found)
    assert len(before["bufferViews"]) == len(after["bufferViews"])
    assert len(before["accessors"]) == len(after["accessors"])
    for old, new in zip(before["accessors"], after["accessors"], strict=True):
        assert {**old, "min": 0, "max": 0} == {**new, "min": 0, "max": 0}
    entry = after["accessors"][after["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    np.testing.assert_array_equal(np.float32(entry["min"]), positions(found).min(axis=0))
    np.testing.assert_array_equal(np.float32(entry["max"]), positions(found).max(axis=0))
    stream, image = after["bufferViews"][0], after["bufferViews"][1]
    _, old_bytes = unpack_glb(to_bytes(scene))
    _, new_bytes = unpack_glb(to_bytes(found))
    was = before["bufferViews"][1]
    assert image["byteOffset"] % 4 == 0
    assert image["byteOffset"] - stream["byteOffset"] - stream["byteLength"] < 12
    kept = new_bytes[image["byteOffset"] :][: image["byteLength"]]
    assert kept == old_bytes[was["byteOffset"] :][: was["byteLength"]]


def test_what_was_packed_again_is_said():
    scene = load(draco.glb(ball()))
    marked = apply(scene, [waved(scene)])
    (note,) = reencoded(marked)
    assert (note["pointer"], note["codec"]) == ("/meshes/0/primitives/0", EXTENSION)
    assert note["bits"]["POSITION"] == {"before": 14, "after": 14}
    assert note["bits"]["TEXCOORD_0"] == {"before": 12, "after": 12}
    assert note["bits"]["NORMAL"] == {"before": 10, "after": 10}
    assert note["bytes_before"] == document(scene)["bufferViews"][0]["byteLength"]
    assert note["bytes_after"] == document(marked)["bufferViews"][0]["byteLength"]
    twice = apply(marked, [waved(marked)])
    assert reencoded(twice)[0]["bytes_before"] == note["bytes_before"]
    (finer,) = reencoded(apply(scene, [waved(scene, tolerance=1e-6)]))
    assert finer["bits"]["POSITION"]["after"] > 14


def test_equal_positions_change_nothing():
    scene = load(draco.glb(ball(), ball(10)))
    edits = [SetPositions(0, part, positions(scene, 0, part)) for part in (0, 1)]
    assert to_bytes(apply(scene, edits)) == to_bytes(scene)


def test_only_the_edited_primitive_changes():
    scene = load(draco.glb(ball(), ball(10), ball(0)))
    found = again(apply(scene, [waved(scene, 0, 1)]))
    for part in (0, 2):
        assert positions(found, 0, part).tobytes() == positions(scene, 0, part).tobytes()
    assert positions(found, 0, 1).tobytes() != positions(scene, 0, 1).tobytes()
    same_but_positions(scene, found)


def shared():
    """Two primitives of one stream and its accessors, and a node for each mesh."""
    b = Builder()
    part = draco.put(b, ball())
    b.node("one", mesh=b.mesh([part]))
    b.node("two", mesh=b.mesh([json.loads(json.dumps(part))]))
    return load(b.glb())


def test_primitives_of_one_stream_that_move_alike_go_on_sharing_it():
    scene = shared()
    found = again(apply(scene, [waved(scene, 0), waved(scene, 1)]))
    assert packed(found, 0) == packed(found, 1) == packed(scene, 0)
    assert len(document(found)["bufferViews"]) == 1
    assert positions(found, 0).tobytes() == positions(found, 1).tobytes() != positions(scene, 0).tobytes()


def test_a_stream_that_another_primitive_uses_is_left_to_it():
    scene = shared()
    found = again(apply(scene, [waved(scene, 1)]))
    assert positions(found, 0).tobytes() == positions(scene, 0).tobytes()
    assert positions(found, 1).tobytes() != positions(scene, 1).tobytes()
    tree = document(found)
    assert len(tree["bufferViews"]) == 2
    numbers = [tree["meshes"][mesh]["primitives"][0]["attributes"]["POSITION"] for mesh in (0, 1)]
    assert numbers[0] != numbers[1]
    for mesh, number in enumerate(numbers):
        np.testing.assert_array_equal(np.float32(tree["accessors"][number]["max"]), positions(found, mesh).max(axis=0))


def test_a_view_that_an_unknown_extension_names_keeps_its_bytes():
    def named(b):
        b.doc["extensions"] = {"XX_streams": {"bufferView": 0}}

    scene = load(draco.glb(ball(), setup=named))
    _, before = unpack_glb(to_bytes(scene))
    found = again(apply(scene, [waved(scene)]))
    _, after = unpack_glb(to_bytes(found))
    assert after[: len(before)] == before
    assert packed(found)["bufferView"] == 1


def test_values_beside_the_stream_follow_it():
    b = Builder()
    part = draco.put(b, ball(order=True))
    plain = b.accessor(np.asarray(BALL.positions, np.float32), target=34962, bounds=True)
    b.node("ball", mesh=b.mesh([part | {"attributes": {**part["attributes"], "POSITION": plain}}]))
    scene = load(b.glb())
    found = again(apply(scene, [waved(scene)]))
    tree = document(found)
    entry = tree["accessors"][plain]
    view = tree["bufferViews"][entry["bufferView"]]
    _, content = unpack_glb(to_bytes(found))
    held = np.frombuffer(content, np.float32, 3 * entry["count"], view["byteOffset"]).reshape(-1, 3)
    np.testing.assert_array_equal(held, positions(found))
    assert positions(found).tobytes() != positions(scene).tobytes()


def test_morph_targets_stay_deltas_of_the_moved_base():
    b = Builder()
    deltas = b.sparse_accessor(np.eye(3, dtype=np.float32)[np.arange(len(BALL.positions)) % 3] * 0.1, bounds=True)
    part = draco.put(b, ball(order=True), targets=[{"POSITION": deltas}])
    b.node("ball", mesh=b.add("meshes", {"primitives": [part], "weights": [0.0]}))
    scene = load(b.glb())
    found = again(apply(scene, [waved(scene)]))
    same_but_positions(scene, found)
    assert len(found.meshes[0].primitives[0].targets) == 1


def test_whole_positions_are_rounded_to_the_files_own_steps(data):
    scene = load(data / "gltf/DenseSphere.glb")
    edit = waved(scene, size=1e-4)
    found = again(apply(scene, [edit]))
    assert np.abs(positions(found) - np.clip(edit.positions, -1, 1)).max() <= 0.5001 / 32767
    entry = document(found)["accessors"][1]
    assert all(isinstance(item, int) for item in entry["min"] + entry["max"])


def test_positions_that_do_not_fit_are_refused():
    scene = load(draco.glb(ball()))
    for wrong in (np.zeros((3, 3)), np.full(positions(scene).shape, np.nan)):
        with pytest.raises(MarkError, match="/meshes/0/primitives/0"):
            apply(scene, [SetPositions(0, 0, wrong.astype(np.float32))])


def test_a_stream_without_positions_is_refused():
    b = Builder()
    part = draco.put(b, ball(order=True))
    settings = part["extensions"][EXTENSION]
    settings["attributes"] = {name: number for name, number in settings["attributes"].items() if name != "POSITION"}
    plain = b.accessor(np.asarray(BALL.positions, np.float32), target=34962, bounds=True)
    b.node("ball", mesh=b.mesh([part | {"attributes": {**part["attributes"], "POSITION": plain}}]))
    scene = load(b.glb())
    with pytest.raises(MarkError, match="not in the stream"):
        apply(scene, [waved(scene)])


@pytest.mark.parametrize("kind", ["parts", "embedded"])
def test_files_with_parts_are_written_with_their_streams(kind, tmp_path):
    b = Builder()
    b.node("ball", mesh=b.mesh([draco.put(b, ball())]))
    source = tmp_path / "in.gltf"
    if kind == "parts":
        b.gltf(tmp_path, "in")
    else:
        source.write_bytes(_embedded(b))
    scene = load(source)
    (tmp_path / "out").mkdir()
    save(apply(scene, [waved(scene), _edits.PACKET]), tmp_path / "out" / "out.gltf")
    found = load(tmp_path / "out" / "out.gltf")
    same_but_positions(scene, found)
    assert positions(found).tobytes() != positions(scene).tobytes()


def _embedded(b):
    tree = json.loads(json.dumps(b.doc))
    uri = "data:application/octet-stream;base64," + base64.b64encode(bytes(b.binary)).decode()
    tree["buffers"] = [{"byteLength": len(b.binary), "uri": uri}]
    return json.dumps(tree).encode()


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """A real file with every position moved, and the file as written; each is made once."""
    made = {}

    def make(path):
        if path not in made:
            scene = load(path)
            places = [(m, p) for m, mesh in enumerate(scene.meshes) for p in range(len(mesh.primitives))]
            output = tmp_path_factory.mktemp(path.stem) / path.name
            save(apply(scene, [waved(scene, *place, size=5e-4) for place in places]), output)
            made[path] = scene, output
        return made[path]

    return make


@pytest.mark.parametrize("name", REAL)
def test_real_files_keep_all_but_positions_and_hardly_grow(name, data, edited):
    scene, output = edited(data / name)
    found = load(output)
    same_but_positions(scene, found)
    before, after = (sum(map(len, filter(None, item.document.buffers))) for item in (scene, found))
    assert after <= 1.25 * before + 64
    same = [
        SetPositions(m, p, positions(found, m, p))
        for m, mesh in enumerate(found.meshes)
        for p in range(len(mesh.primitives))
    ]
    assert apply(found, same).document is found.document


def test_the_validator_finds_nothing_new_in_real_files(data, edited):
    outputs = [edited(data / name)[1] for name in REAL]
    before = khronos.errors(*(data / name for name in REAL))
    for name, old, new in zip(REAL, before, khronos.errors(*outputs), strict=True):
        assert new - old == {}, name


def test_a_move_within_half_a_step_makes_the_grid_finer_when_the_edit_asks():
    scene = load(draco.glb(ball()))
    held = positions(scene)
    small = np.ptp(held, axis=0).max() / (2**14 - 1) / 4
    wanted = held + np.float32(small)
    assert apply(scene, [SetPositions(0, 0, wanted)]).document is scene.document
    edit = SetPositions(0, 0, wanted, tolerance=small / 4)
    found = again(apply(scene, [edit]))
    assert np.abs(positions(found) - wanted).max() <= small / 4 * 1.01
    assert apply(found, [edit]).document is found.document
