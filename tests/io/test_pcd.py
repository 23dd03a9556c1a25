"""Reading PCD: the three forms of data, packed colours, versions, and faults."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import io
from sceneproof.edits import PutMetadata
from sceneproof.errors import InputError, MarkError, SceneproofError
from tests.reference.lzf import pack

FORMS = ("ascii", "binary", "binary_compressed")
PLACES = np.array([[0, 0, 0], [1, 2, 3], [-1.5, 0.25, 8]], np.float32)
RGB = np.array([0xFF8000, 0x000000, 0x0A0B0C], np.uint32)


def pcd(columns, form: str = "binary", version: str = "0.7", **more: str) -> bytes:
    """A file of columns (name, NumPy type, values)."""
    count = len(columns[0][2])
    values = [np.asarray(column, kind).reshape(count, -1) for _, kind, column in columns]
    counts = [block.shape[1] for block in values]
    lines = {
        "VERSION": version, "FIELDS": " ".join(name for name, *_ in columns),
        "SIZE": " ".join(kind[1] for _, kind, _ in columns),
        "TYPE": " ".join(kind[0].upper() for _, kind, _ in columns),
        "COUNT": " ".join(map(str, counts)), "WIDTH": count, "HEIGHT": 1, "VIEWPOINT": "0 0 0 1 0 0 0", "POINTS": count,
    } | more  # fmt: skip
    head = "# .PCD - Point Cloud Data\n" + "".join(f"{key} {value}\n" for key, value in lines.items() if value != "")
    head += f"DATA {form}\n"
    if form == "ascii":
        rows = (" ".join(str(x) for block in values for x in block[n]) for n in range(count))
        return (head + "\n".join(rows) + "\n").encode()
    if form == "binary":
        return head.encode() + b"".join(block[n].tobytes() for n in range(count) for block in values)
    whole = b"".join(block.tobytes() for block in values)
    packed = pack(whole)
    return head.encode() + struct.pack("<II", len(packed), len(whole)) + packed


def xyz(kind: str = "f4", places=PLACES):
    return [(name, kind, places[:, k]) for k, name in enumerate("xyz")]


def read(data: bytes):
    return io.load(data, uri="file.pcd")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_every_form_gives_the_same_points(form, kind):
    extra = [("_", "u1", np.zeros((3, 3))), ("normal_x", "f4", [1, 0, 0]), ("normal_y", "f4", [0, 1, 0])]
    cloud = read(pcd([*extra, *xyz(kind), ("normal_z", "f4", [0, 0, 1])], form)).points[0]
    np.testing.assert_array_equal(cloud.positions, PLACES)
    np.testing.assert_array_equal(cloud.normals, np.eye(3))
    assert cloud.positions.dtype == np.dtype(kind)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "kind"), [("rgb", "u4"), ("rgba", "u4"), ("rgb", "f4")])
def test_packed_colours_are_the_bits_of_a_number(form, name, kind):
    values = (RGB | 0x4A000000).view(np.float32) if kind == "f4" else RGB
    cloud = read(pcd([*xyz(), (name, kind, values)], form)).points[0]
    # sRGB to linear (IEC 61966-2-1): 128 -> 0.2158605; 10, 11 and 12 lie on or about the straight part
    np.testing.assert_allclose(cloud.colors[0], [1, 0.2158605, 0], atol=1e-6)
    np.testing.assert_allclose(cloud.colors[2], [0.00303527, 0.00334654, 0.00367651], atol=1e-7)


def test_far_places_in_double_keep_their_detail():
    far = PLACES.astype(np.float64) * 1e-3 + [512_700.0, 5_403_547.0, 300.0]
    np.testing.assert_array_equal(read(pcd(xyz("f8", far))).points[0].positions, far)


def test_an_old_version_needs_no_more_than_its_columns():
    text = "VERSION .5\nCOLUMNS x y z\nWIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA ascii\n1 2 3\n4 5 nan\n"
    scene = read(text.encode())
    assert scene.points[0].positions[0].tolist() == [1, 2, 3]
    assert [(p.code, p.count) for p in scene.problems] == [("non-finite-position", 1)]


def test_a_viewpoint_is_left_aside_and_named():
    scene = read(pcd(xyz(), VIEWPOINT="1 2 3 1 0 0 0"))
    assert [p.code for p in scene.problems] == ["pcd-viewpoint"]
    np.testing.assert_array_equal(scene.points[0].positions, PLACES)


def test_it_is_known_by_its_first_bytes():
    assert len(io.load(pcd(xyz())).points[0].positions) == 3


@pytest.mark.parametrize("odd", ["\v", "\f", "\x1c", "\x85", "\u2028"])
def test_a_line_ends_at_line_feeds_alone(odd):
    assert len(read(pcd(xyz()).replace(b"# .PCD", f"# .PCD{odd}DATA".encode())).points[0].positions) == 3


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_is_cut_off_is_refused(form):
    with pytest.raises(InputError):
        read(pcd(xyz(), form)[:-6])


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"POINTS": "4000000000"}, "limit"), ({"POINTS": "4"}, "after 3 of 4"), ({"POINTS": "-1"}, "no whole number"),
     ({"SIZE": "4 4"}, "name 3, 2"), ({"TYPE": "F F Q"}, "'z' has TYPE"), ({"SIZE": "4 4 3"}, "'z' has TYPE"),
     ({"FIELDS": "a b c"}, "no x, y and z"), ({"COUNT": "1 1 9999"}, "more than 4096")],
)  # fmt: skip
def test_a_header_that_cannot_be_right_is_refused(more, reason):
    with pytest.raises(InputError, match=reason):
        read(pcd(xyz(), **more))


def test_a_stream_that_claims_to_unfold_beyond_measure_is_refused():
    data = pcd(xyz(places=np.zeros((3, 3))), "binary_compressed", POINTS="20000000")
    at = data.index(b"compressed\n") + 11
    with pytest.raises(InputError, match="said to unfold"):
        read(data[: at + 4] + struct.pack("<I", 240_000_000) + data[at + 8 :])


def test_it_is_only_read():
    scene = read(pcd(xyz()))
    with pytest.raises(MarkError, match="is read, not written"):
        io.apply(scene, [PutMetadata({}, {})])
    with pytest.raises(MarkError, match="is read, not written"):
        io.check_target(scene, None)
    with pytest.raises(MarkError, match="is read, not written"):
        io.save(scene, Path("nowhere.pcd"))
    assert io.to_bytes(scene) == pcd(xyz())


@given(st.sampled_from(FORMS), st.integers(0, 400), st.integers(0, 255), st.booleans())
def test_a_broken_file_is_read_or_refused_with_a_reason(form, at, value, cut):
    data = bytearray(pcd([*xyz(), ("rgb", "u4", RGB)], form))
    at %= len(data)
    if cut:
        del data[at:]
    else:
        data[at] = value
    try:
        read(bytes(data))
    except SceneproofError:
        return


def test_real_files_agree_with_open3d(data):
    o3d = pytest.importorskip("open3d")
    for name, count in (("milk", 12575), ("samp11-utm", 38010)):
        path = data / "reconstructions" / f"{name}.pcd"
        cloud, judge = io.load(path).points[0], o3d.io.read_point_cloud(str(path))
        assert len(cloud.positions) == count
        np.testing.assert_array_equal(cloud.positions, np.asarray(judge.points))
