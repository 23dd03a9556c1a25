"""PLY of any shape comes back as it was made; broken ones are refused with a reason and never crash."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import io
from sceneproof.edits import SetPositions
from sceneproof.errors import SceneproofError
from sceneproof.io._ply.header import parse
from sceneproof.io._ply.read import read
from tests.io._edits import label
from tests.makers.ply import FORMS, faces, ply, splats, vertices

KINDS = ("i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8")


def _values(kind: str) -> Any:
    if kind[0] == "f":
        return st.floats(width=8 * int(kind[1])).map(np.dtype(kind).type)
    limits = np.iinfo(kind)
    return st.integers(int(limits.min), int(limits.max))


@st.composite
def tables(draw: Any) -> list[Any]:
    """Up to three elements of up to four columns of any type, plain or lists, of up to six rows."""
    made = []
    for number in range(draw(st.integers(1, 3))):
        rows = draw(st.integers(0, 6))
        columns = []
        for column in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(KINDS))
            length = draw(st.sampled_from(("", "", "u1", "i2", "u4")))
            one = st.lists(_values(kind), max_size=3) if length else _values(kind)
            name = f"{length}:{kind}" if length else kind
            columns.append((f"c{column}", name, draw(st.lists(one, min_size=rows, max_size=rows))))
        made.append((f"e{number}", columns))
    return made


@given(tables(), st.sampled_from(list(FORMS)))
def test_any_table_comes_back_as_it_was_made(made, form):
    data = ply(made, form)
    found = read(data, parse(data), (), problems := [])
    assert problems == []
    for name, columns in made:
        for column, kind, values in columns:
            length, _, item = kind.rpartition(":")
            if length:
                lengths, items = found[name].lists(column)
                assert lengths.tolist() == [len(value) for value in values]
                flat = np.array([entry for value in values for entry in value], item)
                np.testing.assert_array_equal(items.astype(item), flat)
            else:
                np.testing.assert_array_equal(found[name].column(column).astype(item), np.array(values, item))


@given(tables(), st.sampled_from(list(FORMS)))
def test_rows_end_where_the_next_begin(made, form):
    data = ply(made, form)
    for table in read(data, parse(data), (), []).values():
        ends = [table.row_end(row) for row in range(-1, table.count)]
        assert ends[0] == table.start
        assert ends[-1] == table.end
        plain = [item.name for item in table.element.properties if item.count_kind is None]
        if table.count and plain and table.element.properties[0].name == plain[0]:
            np.testing.assert_array_equal(table.places(plain[0]), ends[:-1])


SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 1, 1]], np.float32)
COLORS = {name: ("u1", [1, 2, 3, 4, 5]) for name in ("red", "green", "blue")}
SEEDS = [
    ply([vertices(SQUARE, **COLORS), faces([[0, 1, 2], [0, 1, 2, 3], [4, 1, 2]])], form, lines=["comment AIGC {}"])
    for form in FORMS
]
SEEDS += [splats(4, 1, form) for form in FORMS]
SEEDS += [io.to_bytes(io.apply(io.load(seed, uri="a.ply"), [label(size=0.5)])) for seed in SEEDS[:3]]
RANGES = [f"{end}_{name}" for end in ("min", "max") for name in ("x", "y", "z", "scale_x", "scale_y", "scale_z")]
PACKED = [(f"packed_{name}", "u4", [9] * 4) for name in ("position", "rotation", "scale", "color")]
SEEDS.append(ply([("chunk", [(name, "f4", [0]) for name in RANGES]), ("vertex", PACKED)]))
WORDS = (
    b"-1", b"0", b"4294967296", b"1e999", b"nan", b"list uchar", b"\n", b"\r", b" ", b"\xff\x00", b"element vertex 2\n",
)  # fmt: skip


@st.composite
def broken(draw: Any) -> bytes:
    """A sound file, cut off, with some bytes changed, or with words put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            del data[at:]
        elif kind == 1 and data:
            data[at] = draw(st.integers(0, 255))
        elif kind == 2:
            data[at:at] = draw(st.sampled_from(WORDS))
        else:
            del data[at : at + draw(st.integers(1, 8))]
    return bytes(data)


@given(broken())
def test_a_broken_file_is_read_or_refused_with_a_reason(data):
    try:
        scene = io.load(data, uri="broken.ply")
    except SceneproofError:
        return
    assert io.to_bytes(scene) == data
    for mesh in scene.meshes:
        for part in mesh.primitives:
            assert part.triangles.size == 0 or 0 <= part.triangles.min() <= part.triangles.max() < len(part.positions)


@given(broken())
def test_an_edit_of_a_broken_file_is_made_or_refused_with_a_reason(data):
    try:
        scene = io.load(data, uri="broken.ply")
        if scene.meshes:
            moved = scene.meshes[0].primitives[0].positions + np.float32(1)
            scene = io.apply(scene, [SetPositions(0, 0, moved)])
        scene = io.apply(scene, [label(size=0.5)])
        again = io.load(io.to_bytes(scene), uri="broken.ply")
    except SceneproofError:
        return
    assert len(again.nodes) == len(scene.nodes)
