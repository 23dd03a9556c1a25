"""Editing PLY: what an edit names changes, every other byte stays."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sceneproof import io
from sceneproof.edits import PutMetadata, SetPositions
from sceneproof.errors import MarkError
from sceneproof.marks.metadata.read import read as read_metadata
from sceneproof.scene import Scene
from tests.io._edits import label
from tests.makers import shapes
from tests.makers.ply import FORMS, faces, ply, sphere, splats, vertices

NAME = "file.ply"
NOTES = ["comment kept: é", "obj_info also kept"]
AIGC = '{"Label":"1","ContentProducer":"制作者 \\"A\\" 😀","ProduceID":"1"}'


def read(data: bytes) -> Scene:
    return io.load(data, uri=NAME)


def moved(scene: Scene, rows, by: float = 0.125) -> SetPositions:
    places = scene.meshes[0].primitives[0].positions.copy()
    places[rows] += np.float32(by)
    return SetPositions(0, 0, places)


def told(**mirror: str) -> PutMetadata:
    return PutMetadata({"TC260:AIGC": mirror.get("AIGC", AIGC)}, {"TC260": "https://example.org/"}, mirror=mirror)


def places(scene: Scene) -> np.ndarray:
    return scene.meshes[0].primitives[0].positions


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["f4", "f8", "i4"])
def test_only_the_places_that_move_change_their_bytes(form, kind):
    ball = shapes.icosphere(level=1)
    points = np.asarray(ball.positions) * (1000 if kind == "i4" else 1) + (0 if kind != "f8" else 1e-12)
    extra = {"confidence": ("f4", np.arange(len(points))), "label": ("u1", np.arange(len(points)))}
    data = ply([vertices(points.astype(kind), kind, **extra), faces(ball.faces.tolist())], form, lines=NOTES)
    before = read(data)
    after = io.apply(before, [moved(before, [3, 7], 2.0)])
    written = io.to_bytes(after)
    np.testing.assert_array_equal(
        places(after), places(before) + np.isin(np.arange(len(points)), [3, 7])[:, None] * np.float32(2)
    )
    np.testing.assert_array_equal(places(read(written)), places(after))
    if form == "ascii":
        old, new = data.splitlines(), written.splitlines()
        first = old.index(b"end_header") + 1
        assert [n for n in range(len(old)) if old[n] != new[n]] == [first + 3, first + 7]
        assert [row.split()[3:] for row in new[first : first + 8]] == [
            row.split()[3:] for row in old[first : first + 8]
        ]
    else:
        assert len(written) == len(data)
        head = data.index(b"end_header\n") + 11
        size = 3 * np.dtype(kind).itemsize + 5
        own = np.zeros(len(data), bool)
        for row in (3, 7):
            own[head + row * size : head + row * size + 3 * np.dtype(kind).itemsize] = True
        differ = np.frombuffer(data, np.uint8) != np.frombuffer(written, np.uint8)
        assert differ[own].any()
        assert not differ[~own].any()
    assert io.to_bytes(before) == data


@pytest.mark.parametrize("form", FORMS)
def test_the_same_places_change_nothing(form):
    data = sphere(form, "f8", shift=0.1)
    scene = read(data)
    assert io.to_bytes(io.apply(scene, [SetPositions(0, 0, places(scene).copy())])) == data


@pytest.mark.parametrize("form", FORMS)
def test_far_double_places_move_by_what_is_asked(form):
    scene = read(sphere(form, "f8", shift=500_000.25))
    before = scene.document.detail.tables["vertex"].columns("x", "y", "z")
    after = io.apply(scene, [moved(scene, slice(None), 0.001)])
    step = after.document.detail.tables["vertex"].columns("x", "y", "z") - before
    np.testing.assert_allclose(step, 0.001, atol=1e-7)


def test_rows_with_lists_before_the_places_move_too():
    ball = shapes.icosphere(level=1)
    columns = [("bones", "u1:u2", [list(range(n % 4)) for n in range(len(ball.positions))])]
    columns += [(axis, "f4", ball.positions[:, k]) for k, axis in enumerate("xyz")]
    scene = read(ply([("vertex", columns), faces(ball.faces.tolist())]))
    np.testing.assert_array_equal(places(scene), np.asarray(ball.positions, np.float32))
    edit = moved(scene, [0, 5])
    after = read(io.to_bytes(io.apply(scene, [edit])))
    np.testing.assert_array_equal(places(after), edit.positions)
    lengths, _ = after.document.detail.tables["vertex"].lists("bones")
    assert lengths.tolist() == [n % 4 for n in range(len(ball.positions))]


def test_places_that_do_not_fit_are_refused():
    scene = read(sphere())
    with pytest.raises(MarkError, match="do not fit"):
        io.apply(scene, [SetPositions(0, 0, np.zeros((3, 3), np.float32))])
    with pytest.raises(MarkError, match="not finite"):
        io.apply(scene, [moved(scene, [1], np.inf)])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("make", [sphere, lambda **o: ply([vertices(np.eye(3))], **o)])
def test_metadata_stand_in_comments_and_come_back(make, end):
    data = make(lines=NOTES, end=end)
    written = io.to_bytes(io.apply(read(data), [told(AIGC=AIGC, DigitalSourceType="http://x/y")]))
    head, _, body = written.partition(b"end_header")
    assert head.isascii() or NOTES[0].encode() in head
    assert body == data.partition(b"end_header")[2]
    lines = head.split(end.encode())
    assert [line for line in lines if line[:12] not in (b"comment AIGC", b"comment Digi")] == data.partition(
        b"end_header"
    )[0].split(end.encode())
    assert json.loads(next(line for line in lines if line.startswith(b"comment AIGC"))[13:]) == json.loads(AIGC)
    found = read_metadata(read(written))
    assert [copy.text for copy in found.copies] == [AIGC]
    assert found.source_type == "http://x/y"


def test_metadata_are_replaced_where_they_stand_and_the_same_change_nothing():
    first = io.to_bytes(io.apply(read(sphere(lines=NOTES)), [told(AIGC=AIGC)]))
    assert io.to_bytes(io.apply(read(first), [told(AIGC=AIGC)])) == first
    other = '{"Label":"1","ContentProducer":"B"}'
    second = io.to_bytes(io.apply(read(first), [told(AIGC=other)]))
    old, new = (data[: data.index(b"end_header")].splitlines() for data in (first, second))
    assert [n for n in range(len(old)) if old[n] != new[n]] == [next(n for n in range(len(old)) if b"AIGC" in old[n])]
    assert [copy.text for copy in read_metadata(read(second)).copies] == [other]


def test_another_tools_second_label_is_seen():
    data = sphere(lines=['comment AIGC {"Label":"1"}', 'comment AIGC {"Label":"2"}'])
    assert len(read_metadata(read(data)).distinct) == 2


def test_the_sidecar_holds_the_whole_packet(tmp_path):
    scene = io.apply(read(sphere()), [told(AIGC=AIGC)])
    paths = io.save(scene, tmp_path / "out.ply")
    assert [path.name for path in paths] == ["out.ply.aigc.json", "out.ply"]
    again = io.load(tmp_path / "out.ply")
    assert again.problems == ()
    assert [copy.text for copy in read_metadata(again).copies] == [AIGC]
    (tmp_path / "out.ply").write_bytes(sphere())
    assert [p.code for p in io.load(tmp_path / "out.ply").problems] == ["sidecar-mismatch"]


COLORS = {name: ("u1", [10, 20, 30, 40]) for name in ("red", "green", "blue")}
QUAD = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)


def quad(form: str, **more) -> bytes:
    edges = ("edge", [("vertex1", "i4", [0]), ("vertex2", "i4", [1])])
    return ply([vertices(QUAD, quality=("f4", [1, 2, 3, 4]), **more), faces([[0, 1, 2, 3]]), edges], form, lines=NOTES)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("more", [{}, COLORS])
def test_a_label_stands_as_coloured_faces_and_comes_back_as_a_node(form, more):
    before = read(quad(form, **more))
    edit = label(size=0.5, x=2.0)
    after = read(io.to_bytes(io.apply(before, [edit])))
    assert after.problems == ()
    own = after.nodes[1]
    assert own.extras == {"sceneproof": {"slot": "label", "version": "1"}}
    np.testing.assert_array_equal(own.matrix, edit.matrix)
    mesh = after.meshes[1]
    for part, given in zip(mesh.primitives, edit.parts, strict=True):
        np.testing.assert_allclose(part.positions, given.positions, atol=2e-7)  # float32 at 2 m and back
        np.testing.assert_array_equal(part.triangles, given.triangles)
        material = after.materials[part.material]
        assert material.unlit
        assert material.name == f"sceneproof {given.name}"
        np.testing.assert_allclose(material.base_color[:3], (1, 0.2158605, 0), atol=1e-6)
    subject, was = after.meshes[0].primitives[0], before.meshes[0].primitives[0]
    np.testing.assert_array_equal(subject.positions, was.positions)
    np.testing.assert_array_equal(subject.triangles, was.triangles)
    assert ("COLOR_0" in subject.attributes) == bool(more)
    table = after.document.detail.tables["vertex"]
    np.testing.assert_array_equal(table.column("quality")[:5], [1, 2, 3, 4, 0])
    np.testing.assert_array_equal(table.column("red")[:5], [*(COLORS["red"][1] if more else [255] * 4), 255])
    edges = after.document.detail.tables["edge"]
    assert (edges.column("vertex1").tolist(), edges.column("vertex2").tolist()) == ([0], [1])


@pytest.mark.parametrize("form", FORMS)
def test_a_label_is_replaced_in_place_and_the_same_changes_nothing(form):
    first = io.to_bytes(io.apply(read(quad(form)), [label(size=0.5)]))
    assert io.to_bytes(io.apply(read(first), [label(size=0.5)])) == first
    second = io.to_bytes(io.apply(read(first), [label(size=0.5, parts=1, x=1)]))
    assert second == io.to_bytes(io.apply(read(quad(form)), [label(size=0.5, parts=1, x=1)]))
    both = read(io.to_bytes(io.apply(read(first), [label(size=0.2, slot="label-2")])))
    assert [node.extras["sceneproof"]["slot"] for node in both.nodes[1:]] == ["label", "label-2"]
    once = read(first)
    np.testing.assert_array_equal(both.meshes[1].primitives[0].positions, once.meshes[1].primitives[0].positions)


def test_marks_made_again_leave_the_order_of_the_comments():
    edits = [told(AIGC=AIGC), label(size=0.5)]
    first = io.to_bytes(io.apply(read(quad("ascii")), edits))
    assert io.to_bytes(io.apply(read(first), edits)) == first


@pytest.mark.parametrize("form", FORMS)
def test_the_subject_moves_beside_a_label_and_the_label_stays(form):
    scene = read(io.to_bytes(io.apply(read(quad(form)), [label(size=0.5)])))
    edit = moved(scene, [2])
    after = read(io.to_bytes(io.apply(scene, [edit])))
    np.testing.assert_array_equal(places(after), edit.positions)
    for part, was in zip(after.meshes[1].primitives, scene.meshes[1].primitives, strict=True):
        np.testing.assert_array_equal(part.positions, was.positions)


def test_other_readers_see_the_label_as_faces():
    trimesh = pytest.importorskip("trimesh")
    import io as streams

    data = io.to_bytes(io.apply(read(sphere()), [label(size=0.5), told(AIGC=AIGC)]))
    judge = trimesh.load(streams.BytesIO(data), file_type="ply", process=False)
    ball, board = shapes.icosphere(level=2), label(size=0.5)
    assert len(judge.vertices) == len(ball.positions) + sum(len(part.positions) for part in board.parts)
    assert len(judge.faces) == len(ball.faces) + sum(len(part.triangles) for part in board.parts)
    assert judge.visual.vertex_colors[0].tolist() == [255, 255, 255, 255]
    assert judge.visual.vertex_colors[-1].tolist()[:3] == [255, 128, 0]


@pytest.mark.parametrize(
    "change",
    [(b'"vertices":24', b'"vertices":23'), (b'"faces":12', b'"faces":11'), (b'"slot":"label"', b'"slot":7'),
     (b'"matrix":[1.0', b'"matrix":[0.0'), (b'"parts":[', b'"parts":7,"p":['), (b'"vertices":24', b'"vertices":2400')],
)  # fmt: skip
def test_a_label_comment_that_does_not_fit_is_a_problem_and_the_rows_are_the_subjects(change):
    data = io.to_bytes(io.apply(read(quad("binary_little_endian")), [label(size=0.5)]))
    scene = read(data.replace(*change, 1))
    assert [p.code for p in scene.problems] == ["ply-label-mismatch"]
    assert len(scene.nodes) == 1
    assert len(scene.meshes[0].primitives[0].triangles) == 2 + 24


def test_a_recoloured_label_shows_its_real_colour():
    data = bytearray(io.to_bytes(io.apply(read(quad("binary_little_endian", **COLORS)), [label(size=0.5, parts=1)])))
    start = data.index(b"end_header\n") + 11 + 4 * 19
    for row in range(24):
        data[start + 19 * row + 16 : start + 19 * row + 19] = b"\x00\x00\x00"
    scene = read(bytes(data))
    assert scene.materials[1].base_color == (0, 0, 0, 1)


def test_a_label_whose_vertices_the_index_type_cannot_count_is_refused():
    ball = shapes.icosphere(level=2)
    data = ply([vertices(ball.positions), faces(ball.faces.tolist(), "u1:u1")])
    with pytest.raises(MarkError, match="ends at 255"):
        io.apply(read(data), [label(size=0.5, parts=4)])


def test_numbers_too_coarse_for_the_words_are_refused():
    for data in (sphere(kind="f4", shift=1e6), sphere(kind="i4")):
        with pytest.raises(MarkError, match="too coarse"):
            io.apply(read(data), [label(size=0.5, x=1e6 + 0.03)])
    far = io.apply(read(sphere(kind="f8", shift=1e6)), [label(size=0.5, x=1e6 + 0.03)])
    given = label(size=0.5).parts[0].positions
    np.testing.assert_allclose(far.meshes[1].primitives[0].positions, given, atol=1e-7)


def test_clouds_and_splats_bear_metadata_and_refuse_the_rest():
    for data in (ply([vertices(QUAD)]), splats(), splats(form="ascii")):
        scene = read(data)
        written = io.to_bytes(io.apply(scene, [told(AIGC=AIGC)]))
        assert written.partition(b"end_header")[2] == data.partition(b"end_header")[2]
        assert read_metadata(read(written)).found
        with pytest.raises(MarkError):
            io.apply(scene, [label()])
        with pytest.raises(MarkError):
            io.apply(scene, [SetPositions(0, 0, np.zeros((4, 3), np.float32))])


def test_compressed_splats_are_written_as_plain_ones_and_said_so(data):
    before = io.load(data / "splats" / "sh64.compressed.ply")
    after = io.apply(before, [told(AIGC=AIGC)])
    (note,) = io.reencoded(after)
    assert (note["pointer"], note["bytes_before"]) == ("/splats/0", 5752)
    again = read(io.to_bytes(after))
    assert again.document.detail.kind == "splats"
    for name in ("positions", "scales", "rotations", "opacities", "harmonics"):
        np.testing.assert_allclose(
            getattr(again.splats[0], name), getattr(before.splats[0], name), rtol=2e-5, atol=2e-6
        )
    assert b"comment Generated by SuperSplat 2.2.3" in io.to_bytes(after)
    assert io.reencoded(before) == ()
