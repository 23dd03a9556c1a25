"""A visible label in an OFF: read back, put again, and every other byte as it was."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof import io
from sceneproof.marks.label.label import LabelOptions, plan, read
from sceneproof.scene import Scene

CORNERS = [(x, y, z) for x in (-0.3, 0.3) for y in (0.0, 1.7) for z in (-0.2, 0.2)]
FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def _off(head: str, more: str = "", tail: str = "\n", faces: int = 6) -> bytes:
    vertices = [f"{x} {y} {z}{more}" for x, y, z in CORNERS]
    sides = [f"4 {' '.join(map(str, face))} 10 200 30" for face in FACES[:faces]]
    return ("\n".join([head, "# a box", *vertices, *sides]) + tail).encode()


FILES = {
    "plain": _off("OFF\n8 6 12"),
    "one line, no last break": _off("OFF 8 6 0", tail=""),
    "colours of bytes": _off("COFF\n8 6 12", " 90 80 70 255"),
    "colours of floats": _off("COFF\n8 6 12", " 0.5 0.25 1.0"),
    "normals": _off("NOFF\n8 6 12", " 0 0 1"),
    "line ends of two bytes": _off("OFF\n8 6 12").replace(b"\n", b"\r\n"),
    "points": _off("OFF\n8 0 0", faces=0),
}


def _labelled(data: bytes, text: str = "AI生成") -> tuple[Scene, bytes]:
    scene = io.load(data, uri="a.off")
    made = io.apply(scene, plan(scene, LabelOptions(text)))
    return made, io.to_bytes(made)


@pytest.mark.parametrize("name", FILES)
def test_a_label_is_read_back_and_other_lines_are_what_they_were(name: str) -> None:
    before, data = io.load(FILES[name], uri="a.off"), _labelled(FILES[name])[1]
    after = io.load(data, uri="a.off")
    found = read(after)
    assert (found.visible, found.words_match, found.text) == (True, True, "AI生成")
    assert (found.contrast_ratio or 0) > 10
    assert not after.problems
    kept = data.splitlines()
    counts = 0 if b"OFF " in FILES[name] else 1
    for number, line in enumerate(FILES[name].splitlines()):
        assert number == counts or line in kept
    assert len(after.points) == len(before.points)
    for old, new in zip(before.meshes, after.meshes, strict=False):
        for key, values in old.primitives[0].attributes.items():
            np.testing.assert_array_equal(new.primitives[0].attributes[key], values)
        np.testing.assert_array_equal(new.primitives[0].triangles, old.primitives[0].triangles)


@pytest.mark.parametrize("name", FILES)
def test_the_same_words_again_change_no_byte_and_others_take_their_place(name: str) -> None:
    once = _labelled(FILES[name])[1]
    assert _labelled(once)[1] == once
    made, other = _labelled(once, "AI合成")
    assert read(made).text == "AI合成"
    assert other.count(b"# sceneproof-label ") == 1
    assert _labelled(other)[1] == once


def test_a_comment_that_does_not_fit_leaves_the_lines_to_the_subject() -> None:
    data = _labelled(FILES["plain"])[1].replace(b'"faces":', b'"faces":9')
    scene = io.load(data, uri="a.off")
    assert [problem.code for problem in scene.problems] == ["label-mismatch"]
    assert not read(scene).found


def test_words_recoloured_to_their_plate_are_named() -> None:
    data = _labelled(FILES["plain"])[1].replace(b" 255 255 255\n", b" 20 20 24\n")
    found = read(io.load(data, uri="a.off"))
    assert not found.visible
    assert "low-contrast" in found.problems


def test_advice_for_a_file_that_bears_none_is_to_convert() -> None:
    from sceneproof.rules._labels import CONVERT, PUT_IN, put_in

    solid = b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    assert put_in(io.load(solid + b"endsolid a\n", uri="a.stl")) is CONVERT
    assert put_in(io.load(b"0 0 0\n1 0 0\n0 1 0\n", uri="a.xyz")) is CONVERT
    assert put_in(io.load(FILES["plain"], uri="a.off")) is PUT_IN
