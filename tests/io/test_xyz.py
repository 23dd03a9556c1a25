"""Reading points as text: separators, counts, comments, names, and which column is what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import io
from sceneproof.edits import PutMetadata
from sceneproof.errors import InputError, MarkError, SceneproofError

NORMALS = [[0, 0, 1], [0.6, 0.8, 0], [0, -1, 0]]


def read(text: str | bytes, name: str = "file.xyz"):
    return io.load(text.encode() if isinstance(text, str) else text, uri=name)


def lines(*blocks, by: str = " ") -> str:
    return "\n".join(by.join(f"{x:g}" for x in row) for row in np.concatenate([np.asarray(b) for b in blocks], axis=1))


PLACES = np.array([[0, 0, 0], [1, 2, 3], [-1.5, 0.25, 8]])
COLORS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]])


@pytest.mark.parametrize("by", [" ", "\t", ",", ";", ", ", "   "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "3\n", "# points\n// more\n\n", "\ufeff"])
def test_places_are_read_however_they_are_written(by, end, before):
    text = (before + lines(PLACES, by=by)).replace("\n", end) + end
    np.testing.assert_array_equal(read(text).points[0].positions, PLACES)


def test_colours_and_normals_are_told_by_their_values():
    for blocks in ((PLACES, COLORS, NORMALS), (PLACES, NORMALS, COLORS)):
        cloud = read(lines(*blocks)).points[0]
        np.testing.assert_array_equal(cloud.colors, np.eye(3))
        np.testing.assert_allclose(cloud.normals, NORMALS, atol=1e-6)
    half = read(lines(PLACES, COLORS / 510, NORMALS)).points[0].colors
    np.testing.assert_allclose(half, np.eye(3) * 0.2140411, atol=1e-6)  # sRGB 0.5 in linear light (IEC 61966-2-1)
    assert read(lines(PLACES, NORMALS)).points[0].colors is None
    odd = read(lines(PLACES, PLACES * 1000.5)).points[0]
    assert (odd.colors, odd.normals) == (None, None)


def test_intensity_before_colour_is_passed_over():
    intensity = np.array([[-12], [3], [7]])
    for name in ("a.pts", "a.xyz"):
        cloud = read("3\n" + lines(PLACES, intensity, COLORS), name).points[0]
        np.testing.assert_array_equal(cloud.colors, np.eye(3))


def test_names_decide_where_they_stand():
    cloud = read("Z,Red,Green,Blue,X,Y\n" + lines(PLACES[:, 2:], COLORS, PLACES[:, :2], by=",")).points[0]
    np.testing.assert_array_equal(cloud.positions, PLACES)
    np.testing.assert_array_equal(cloud.colors, np.eye(3))


def test_far_places_keep_their_detail():
    cloud = read("635619.853 848899.701 406.593\n").points[0]
    assert cloud.positions.tolist() == [[635619.853, 848899.701, 406.593]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("# nothing\n", "no points"), ("1 2\n3 4\n", "line 1 has 2 columns"), ("1 2 3\n4 5\n", "line 2"),
     ("1 2 3\n\n4 x 5\n", "line 3"), ("C 0 0 1\nH 1 0 0\n", "line 1 is no point"), ("\x89PNG", "is no point"),
     ("1 2 3\n4 5 6 7\n8 9\n", "line 2")],
)  # fmt: skip
def test_what_is_no_table_of_points_is_refused_with_its_line(text, reason):
    with pytest.raises(InputError, match=reason):
        read(text)


def test_it_goes_by_the_name_alone_and_is_only_read():
    with pytest.raises(InputError, match="no format"):
        io.load(b"1 2 3\n")
    scene = read(lines(PLACES))
    with pytest.raises(MarkError, match="is read, not written"):
        io.apply(scene, [PutMetadata({}, {})])
    with pytest.raises(MarkError, match="is read, not written"):
        io.check_target(scene, None)


def test_lines_count_across_the_pieces_that_a_long_text_is_read_in(monkeypatch):
    from sceneproof.io import xyz

    monkeypatch.setattr(xyz, "_CHUNK", 40)
    rows = [f"{n} {n + 1} {n + 2}" for n in range(100)]
    np.testing.assert_array_equal(read("\n".join(rows)).points[0].positions[:, 0], np.arange(100))
    for bad in ("7 7", "7 x 7", "1 2 3 4"):
        with pytest.raises(InputError, match="line 78 "):
            read("\n".join([*rows[:77], bad, *rows[78:]]))


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data):
    try:
        read(data)
    except SceneproofError:
        return
