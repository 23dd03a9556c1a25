from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.errors import InputError, LimitError
from sceneproof.io._gltf.accessors import Accessors
from sceneproof.io._gltf.container import GltfDocument

CODES = {5120: "b", 5121: "B", 5122: "h", 5123: "H", 5125: "I", 5126: "f"}
WIDTHS = {
    "SCALAR": (1, 1),
    "VEC2": (1, 2),
    "VEC3": (1, 3),
    "VEC4": (1, 4),
    "MAT2": (2, 2),
    "MAT3": (3, 3),
    "MAT4": (4, 4),
}
ANY = tuple(WIDTHS)


def read(tree: dict[str, Any], *buffers: bytes) -> Accessors:
    tree.setdefault("buffers", [{"byteLength": len(buffer)} for buffer in buffers])
    return Accessors(GltfDocument("gltf", "", tree, buffers, False))


def element(data: bytes, start: int, component: int, kind: str) -> list[float]:
    """One element by the letter of glTF 2.0, section 3.6.2.4: each column starts at a multiple of four bytes."""
    columns, rows = WIDTHS[kind]
    size = struct.calcsize(CODES[component])
    step = rows * size if columns == 1 else -(-rows * size // 4) * 4
    return [
        struct.unpack_from(f"<{CODES[component]}", data, start + column * step + row * size)[0]
        for column in range(columns)
        for row in range(rows)
    ]


def packed(component: int, kind: str) -> int:
    columns, rows = WIDTHS[kind]
    size = rows * struct.calcsize(CODES[component])
    return size if columns == 1 else columns * (-(-size // 4) * 4)


@st.composite
def cases(draw: Any) -> tuple[dict[str, Any], bytes]:
    component, kind = draw(st.sampled_from(sorted(CODES))), draw(st.sampled_from(ANY))
    count, offset = draw(st.integers(1, 5)), 4 * draw(st.integers(0, 3))
    stride = draw(st.none() | st.just(packed(component, kind) + 4 * draw(st.integers(0, 3))))
    start = draw(st.integers(0, 8))
    data = draw(st.binary(min_size=512, max_size=512))
    if component == 5126:  # NaN never equals itself
        data = np.frombuffer(data, np.uint8).astype(np.float32).tobytes()[:512]
    view = {"buffer": 0, "byteOffset": start, "byteLength": 512 - start}
    view |= {"byteStride": stride} if stride else {}
    entry = {"bufferView": 0, "byteOffset": offset, "componentType": component, "type": kind, "count": count}
    return {"bufferViews": [view], "accessors": [entry]}, data


@given(cases())
def test_strides_offsets_and_padded_columns_read_as_the_format_says(case):
    tree, data = case
    entry, view = tree["accessors"][0], tree["bufferViews"][0]
    step = view.get("byteStride") or packed(entry["componentType"], entry["type"])
    start = view["byteOffset"] + entry["byteOffset"]
    expected = [
        element(data, start + row * step, entry["componentType"], entry["type"]) for row in range(entry["count"])
    ]
    found = read(tree, data).raw(0, "", ANY)
    assert found.tolist() == expected
    assert found.flags.c_contiguous
    assert not found.flags.writeable


@given(st.sampled_from([5120, 5121, 5122, 5123]), st.data())
def test_normalised_integers_become_fractions(component, data):
    size = struct.calcsize(CODES[component])
    low, high = (
        (0, 2 ** (8 * size) - 1) if component in (5121, 5123) else (-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1)
    )
    values = data.draw(st.lists(st.integers(low, high) | st.sampled_from([low, high]), min_size=1, max_size=9))
    content = struct.pack(f"<{len(values)}{CODES[component]}", *values)
    entry = {"bufferView": 0, "componentType": component, "type": "SCALAR", "count": len(values), "normalized": True}
    tree = {"bufferViews": [{"buffer": 0, "byteLength": len(content)}], "accessors": [entry]}
    found = read(tree, content).floats(0, "", ("SCALAR",)).ravel()
    np.testing.assert_allclose(found, [max(value / high, -1.0) for value in values], rtol=1e-6)  # float32 rounding
    assert found.dtype == np.float32


def test_interleaved_attributes_share_a_view():
    rows = np.zeros(4, [("p", "<f4", 3), ("n", "<f4", 3), ("c", "u1", 4)])
    rows["p"], rows["n"], rows["c"] = np.arange(12).reshape(4, 3), 7, np.arange(16).reshape(4, 4)
    data = rows.tobytes()
    tree = {
        "bufferViews": [{"buffer": 0, "byteLength": len(data), "byteStride": 28}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 4},
            {"bufferView": 0, "byteOffset": 24, "componentType": 5121, "type": "VEC4", "count": 4},
        ],
    }
    accessors = read(tree, data)
    np.testing.assert_array_equal(accessors.raw(0, "", ANY), rows["p"])
    np.testing.assert_array_equal(accessors.raw(1, "", ANY), rows["c"])


@given(
    st.dictionaries(st.integers(0, 5), st.integers(-99, 99), max_size=6),
    st.booleans(),
    st.sampled_from([5121, 5123, 5125]),
)
def test_sparse_values_replace_those_of_the_view_or_zeros(changes, with_view, component):
    base = np.arange(18, dtype="<f4").reshape(6, 3) if with_view else np.zeros((6, 3), "<f4")
    rows = sorted(changes)
    indices = struct.pack(f"<{len(rows)}{CODES[component]}", *rows).ljust(24, b"\0")
    values = np.array([[changes[row]] * 3 for row in rows], "<f4").tobytes()
    data = indices + values + base.tobytes()
    entry: dict[str, Any] = {"componentType": 5126, "type": "VEC3", "count": 6}
    entry["sparse"] = {
        "count": len(rows),
        "indices": {"bufferView": 0, "componentType": component},
        "values": {"bufferView": 0, "byteOffset": 24},
    }
    views = [{"buffer": 0, "byteLength": len(data)}]
    if with_view:
        views.append({"buffer": 0, "byteOffset": 24 + len(values), "byteLength": 72})
        entry["bufferView"] = 1
    expected = base.copy()
    for row, value in changes.items():
        expected[row] = value
    np.testing.assert_array_equal(read({"bufferViews": views, "accessors": [entry]}, data).raw(0, "", ANY), expected)


def test_whole_numbers_may_be_written_as_floats():
    tree = {
        "bufferViews": [{"buffer": 0.0, "byteLength": 8.0}],
        "accessors": [{"bufferView": 0.0, "byteOffset": 0.0, "componentType": 5123.0, "type": "SCALAR", "count": 4.0}],
    }
    assert read(tree, struct.pack("<4H", 1, 2, 3, 4)).raw(0.0, "", ANY).ravel().tolist() == [1, 2, 3, 4]


def test_an_accessor_without_elements_is_empty():
    tree = {
        "bufferViews": [{"buffer": 0, "byteLength": 0}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 0}],
    }
    assert read(tree, b"").floats(0, "", ANY).shape == (0, 3)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"count": 5}, "/accessors/0"),
        ({"byteOffset": 4}, "/accessors/0"),
        ({"count": -1}, "/accessors/0/count"),
        ({"count": 1.5}, "/accessors/0/count"),
        ({"count": True}, "/accessors/0/count"),
        ({"componentType": [5126]}, "/accessors/0/componentType"),
        ({"type": ["VEC3"]}, "/accessors/0/type"),
        ({"bufferView": 1}, "/accessors/0"),
        ({"sparse": []}, "/accessors/0/sparse"),
        ({"sparse": {"count": 9}}, "/accessors/0/sparse"),
        ({"sparse": {"count": 1, "indices": {"bufferView": 0, "componentType": 5122}}}, "/accessors/0/sparse/indices"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_pointer(changes, pointer):
    entry = {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 4} | changes
    tree = {"bufferViews": [{"buffer": 0, "byteLength": 48}], "accessors": [entry]}
    with pytest.raises(InputError) as caught:
        read(tree, bytes(48)).floats(0, "", ANY)
    assert caught.value.pointer == pointer


def test_memory_that_no_bytes_stand_for_is_limited_in_total():
    entry = {"componentType": 5126, "type": "MAT4", "count": 2_000_000}
    accessors = read({"accessors": [entry, dict(entry)]})
    accessors.raw(0, "", ANY)
    with pytest.raises(LimitError):
        accessors.raw(1, "", ANY)


def test_an_accessor_is_read_once():
    tree = {
        "bufferViews": [{"buffer": 0, "byteLength": 12}],
        "accessors": [{"bufferView": 0, "componentType": 5121, "type": "VEC3", "count": 4}],
    }
    accessors = read(tree, bytes(12))
    assert accessors.floats(0, "", ANY) is accessors.floats(0, "", ANY)
    assert accessors.raw(0, "", ANY) is accessors.raw(0, "", ANY)
