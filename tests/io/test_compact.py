from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.io._gltf.compact import put_ranges
from sceneproof.io._gltf.container import parse
from sceneproof.io._gltf.editor import Editor
from tests.makers._pack import pack_glb

PACKED = "XX_packed"


def made(spans, length, **more):
    """A document of views (start, byteLength) over a chunk of random bytes, none of them zero."""
    content = bytes(np.random.default_rng(0).integers(1, 256, length, dtype=np.uint8))
    views = [{"buffer": 0, "byteOffset": start, "byteLength": size} for start, size in spans]
    tree = {"asset": {"version": "2.0"}, "buffers": [{"byteLength": length}], "bufferViews": views, **more}
    return tree, content


def changed(tree, content, contents):
    editor = Editor(parse(pack_glb(tree, content), None))
    put_ranges(editor, contents)
    return editor.finish()


def read(document, number, *place):
    view = document.tree["bufferViews"][number]
    for name in place:
        view = view[name]
    start = view["byteOffset"]
    return bytes(document.buffers[view["buffer"]][start : start + view["byteLength"]])


@st.composite
def layouts(draw):
    spans, at = [], 0
    for size in draw(st.lists(st.integers(1, 60), min_size=1, max_size=8)):
        at += draw(st.integers(0, 20))
        spans.append((at, size))
        at += size
    return spans, at + draw(st.integers(0, 20))


@given(layouts(), st.data())
def test_views_read_their_new_bytes_and_all_others_their_own(layout, data):
    spans, length = layout
    tree, content = made(spans, length)
    news = {
        ("bufferViews", number): bytes([7]) * data.draw(st.integers(1, 90))
        for number in data.draw(st.sets(st.integers(0, len(spans) - 1)))
    }
    found = changed(tree, content, news)
    for number, (start, size) in enumerate(spans):
        expected = news.get(("bufferViews", number), content[start : start + size])
        assert read(found, number) == expected
        if ("bufferViews", number) not in news:
            assert (found.tree["bufferViews"][number]["byteOffset"] - start) % 8 == 0
    assert found.tree["buffers"][0]["byteLength"] <= len(found.buffers[0])
    grown = sum(len(new) - spans[place[1]][1] for place, new in news.items())
    assert found.tree["buffers"][0]["byteLength"] - length <= grown + 7 * len(news)
    # bytes that no view names, padding of less than eight zeros aside, are still there: none here is zero
    unnamed = sorted(set(range(length)) - {i for start, size in spans for i in range(start, start + size)})
    assert sorted(bytes(content[i] for i in unnamed)) == sorted(byte for byte in rest(found, len(spans)) if byte)


def rest(document, views):
    """What lies between the views."""
    covered = set()
    for number in range(views):
        view = document.tree["bufferViews"][number]
        covered |= set(range(view["byteOffset"], view["byteOffset"] + view["byteLength"]))
    length = document.tree["buffers"][0]["byteLength"]
    return bytes(document.buffers[0][i] for i in range(length) if i not in covered)


def test_padding_that_a_replacement_leaves_is_taken_up_by_the_next_one():
    tree, content = made([(0, 20), (24, 8)], 32)
    content = content[:20] + bytes(4) + content[24:]
    found = changed(tree, content, {("bufferViews", 0): b"x" * 23})
    assert found.tree["bufferViews"][1]["byteOffset"] == 24
    found = changed(tree, content, {("bufferViews", 0): b"x" * 9})
    assert found.tree["bufferViews"][1]["byteOffset"] == 16
    assert found.tree["buffers"][0]["byteLength"] == 24


def test_a_stretch_that_two_read_stays_for_the_other_one():
    tree, content = made([(0, 20), (0, 20), (20, 12)], 32)
    found = changed(tree, content, {("bufferViews", 0): b"x" * 9})
    assert read(found, 0) == b"x" * 9
    assert read(found, 1) == content[:20]
    assert read(found, 2) == content[20:]
    assert found.tree["bufferViews"][0]["byteOffset"] == 32


def test_an_extension_in_a_view_is_moved_and_replaced_like_a_view():
    tree, content = made([(0, 8), (40, 8)], 48)
    tree["bufferViews"][0]["extensions"] = {PACKED: {"buffer": 0, "byteOffset": 8, "byteLength": 16}}
    tree["bufferViews"][1]["extensions"] = {PACKED: {"buffer": 0, "byteOffset": 24, "byteLength": 16}}
    found = changed(tree, content, {("bufferViews", 0, "extensions", PACKED): b"x" * 30})
    assert read(found, 0, "extensions", PACKED) == b"x" * 30
    assert read(found, 1, "extensions", PACKED) == content[24:40]
    assert read(found, 1) == content[40:]


@pytest.mark.parametrize("where", ["root", "view"])
@pytest.mark.parametrize("size", [5, 30])
def test_nothing_moves_where_an_unknown_extension_names_bytes_itself(where, size):
    own = {"deep": [{"buffer": 0, "byteOffset": 20, "byteLength": 12}]}
    tree, content = made([(0, 20), (20, 12)], 32)
    if where == "root":
        tree["extensions"] = {"XX_own": own}
    else:
        tree["bufferViews"][1]["extensions"] = {"XX_own": own}
    found = changed(tree, content, {("bufferViews", 0): b"x" * size})
    assert read(found, 0) == b"x" * size
    assert bytes(found.buffers[0][20:32]) == content[20:]
