from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.edits import SetPositions
from sceneproof.errors import InputError, LimitError, SceneproofError
from sceneproof.io import apply, load, save, to_bytes
from sceneproof.marks.metadata.read import read as read_metadata
from tests.io._text_assets import METADATA, RECORD, counts, shifted

PYRAMID = """OFF
# a comment
5 5 8
0 0 0
1 0 0  # corner
1 1 0
0 1 0

0.50 0.5 1
4 3 2 1 0
3 0 1 4 255 0 0
3 1 2 4
3 2 3 4
3 3 0 4
"""


def read(text: str | bytes):
    return load(text if isinstance(text, bytes) else text.encode(), uri="x.off")


@pytest.mark.parametrize(
    "text",
    [
        PYRAMID,
        PYRAMID.replace("\n", "\r\n"),
        PYRAMID.replace("OFF\n# a comment\n5 5 8", "OFF 5 5 8"),
        PYRAMID.replace("OFF\n# a comment\n5 5 8", "OFF5 5 8"),
        PYRAMID.replace("OFF\n", "# first\nOFF # kind\n"),
        PYRAMID.replace("OFF\n", ""),
        PYRAMID.replace("5 5 8", "5 5"),
        "\ufeff" + PYRAMID,
    ],
)
def test_every_way_to_begin_is_read(text):
    scene = read(text)
    assert counts(scene) == (5, 6)
    part = scene.meshes[0].primitives[0]
    assert part.positions[4].tolist() == [0.5, 0.5, 1]
    assert part.triangles[:2].tolist() == [[3, 2, 1], [3, 1, 0]]


def test_colours_normals_and_texture_coordinates_of_vertices_are_read():
    rows = ["0 0 0 0 0 1 255 0 0 128 0 0", "1 0 0 0 0 1 0 255 0 255 1 0", "1 1 0 0 0 1 0 0 255 255 1 1"]
    part = read("STCNOFF\n3 1 0\n" + "\n".join(rows) + "\n3 0 1 2\n").meshes[0].primitives[0]
    assert part.attributes["NORMAL"].tolist() == [[0, 0, 1]] * 3
    np.testing.assert_allclose(part.attributes["COLOR_0"][0], [1, 0, 0, 128 / 255], atol=1e-6)
    assert part.attributes["TEXCOORD_0"].tolist() == [[0, 1], [1, 1], [1, 0]]


def test_vertices_without_faces_are_a_point_cloud():
    scene = read("COFF\n2 0 0\n0 0 0 1 0 0\n1 2 3 0 1 0\n")
    assert scene.points[0].positions.tolist() == [[0, 0, 0], [1, 2, 3]]
    assert scene.points[0].colors.tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize(("text", "match"), [
    ("OFF BINARY\n", "binary"), ("4OFF\n1 0 0\n0 0 0 1\n", "four"), ("OFF\n", "counts"), ("OFF\nx y z\n", "counts"),
    (PYRAMID.replace("5 5 8", "50 5 8"), "a line each"), (PYRAMID.replace("5 5 8", "5 500 8"), "claim"),
    ("OFF\n3 2 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 9\n3 0 1 2.5\n", "cannot be used"),
])  # fmt: skip
def test_what_cannot_be_trusted_is_refused(text, match):
    with pytest.raises(InputError, match=match):
        read(text)


def test_counts_in_the_billions_are_refused():
    with pytest.raises(LimitError):
        read("OFF\n4000000000 1 0\n0 0 0\n")


@pytest.mark.parametrize("face", ["3 0 1 9", "2 0 1", "3 0 1", "9 0 1 2", "", "-3 0 1 2", "3 0 1 nan"])
def test_a_face_that_cannot_be_used_is_left_out_and_named(face):
    text = PYRAMID.replace("3 3 0 4", face or "x")
    scene = read(text)
    assert counts(scene)[1] == 5
    assert [problem.code for problem in scene.problems] == ["face-unusable"]
    assert "line 14" in scene.problems[0].message


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=15, max_size=15))
def test_edits_change_the_coordinates_alone_and_come_back(values):
    wanted = np.array(values, np.float32).reshape(5, 3)
    done = to_bytes(apply(read(PYRAMID), [SetPositions(0, 0, wanted)]))
    assert np.array_equal(read(done).meshes[0].primitives[0].positions, wanted)
    before, after = PYRAMID.splitlines(), done.decode().splitlines()
    assert [line for n, line in enumerate(before) if n not in (3, 4, 5, 6, 8)] == [
        line for n, line in enumerate(after) if n not in (3, 4, 5, 6, 8)
    ]
    assert after[4].endswith("  # corner")


@pytest.mark.parametrize("text", [PYRAMID, PYRAMID.replace("OFF\n# a comment\n5 5 8", "OFF5 5 8")])
def test_the_hidden_label_is_comments_behind_the_header(tmp_path, text):
    done = apply(read(text), [METADATA])
    save(done, tmp_path / "x.off")
    again = load(tmp_path / "x.off")
    assert read_metadata(again).copies[0].text == RECORD
    assert counts(again) == (5, 6)
    assert to_bytes(again).startswith(b"OFF")
    assert to_bytes(apply(again, [METADATA])) == to_bytes(again)
    import trimesh

    assert len(trimesh.load(tmp_path / "x.off", process=False).faces) == 6


@given(
    st.integers(1, len(PYRAMID)), st.lists(st.tuples(st.integers(0, len(PYRAMID) - 1), st.integers(0, 255)), max_size=4)
)
def test_cut_and_flipped_files_raise_nothing_unexpected(end, flips):
    data = bytearray(PYRAMID.encode())
    for at, value in flips:
        data[at] = value
    try:
        scene = read(bytes(data[:end]))
        assert to_bytes(scene) == bytes(data[:end])
        read(to_bytes(apply(scene, [*shifted(scene, (0.5, 0, 0)), METADATA])))
    except SceneproofError:
        pass


def test_a_real_file_holds_what_its_list_says(data):
    assert counts(load(data / "meshes/ballA.off")) == (1900, 3796)
    with pytest.raises(InputError):
        load(data / "invalid/assimp/invalid.off")
