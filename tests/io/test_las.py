"""Reading LAS and LAZ: places in double, colours, faults, and a missing library."""

from __future__ import annotations

import io as streams
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import io
from sceneproof.derived.framing import views
from sceneproof.derived.inspection import inspection
from sceneproof.edits import PutMetadata
from sceneproof.errors import InputError, LimitError, MarkError, MissingExtraError, SceneproofError
from sceneproof.io import _las_native, _sandbox

laspy = pytest.importorskip("laspy")

PLACES = np.array([[512_700.125, 5_403_547.5, 300.001], [512_701.25, 5_403_549.75, 310.0], [512_702, 5_403_548, 305]])
COLORS = np.array([[65535, 0, 0], [0, 65535, 0], [0, 0, 32896]])


def las(packed: bool = False, form: int = 3, version: str = "1.2", colors=COLORS) -> bytes:
    header = laspy.LasHeader(point_format=form, version=version)
    header.scales, header.offsets = [0.001] * 3, [512_000, 5_403_000, 0]
    table = laspy.LasData(header)
    table.x, table.y, table.z = PLACES.T
    if form in (2, 3, 7):
        table.red, table.green, table.blue = np.asarray(colors, np.uint16).T
    out = streams.BytesIO()
    table.write(out, do_compress=packed)
    return out.getvalue()


def read(data: bytes, name: str = "file.las"):
    return io.load(data, uri=name)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("form", "version"), [(0, "1.2"), (3, "1.2"), (6, "1.4"), (7, "1.4")])
def test_places_are_whole_numbers_times_the_scale(packed, form, version):
    scene = read(las(packed, form, version), "file.laz" if packed else "file.las")
    assert scene.format == ("laz" if packed else "las")
    cloud = scene.points[0]
    assert cloud.positions.dtype == np.float64
    np.testing.assert_allclose(cloud.positions, PLACES, rtol=0, atol=1e-9)
    assert (cloud.colors is None) == (form not in (3, 7))


def test_colours_of_sixteen_bits_and_of_eight_are_the_same():
    # sRGB 128/255 in linear light is 0.2158605 (IEC 61966-2-1)
    expected = [[1, 0, 0], [0, 1, 0], [0, 0, 0.2158605]]
    for colors in (COLORS, COLORS // 257):
        np.testing.assert_allclose(read(las(colors=colors)).points[0].colors, expected, atol=1e-6)
    assert read(las(colors=COLORS * 0)).points[0].colors is None


def test_far_places_are_measured_and_framed_without_loss():
    scene = read(las())
    box = np.array(inspection(scene)["bounds_m"])
    np.testing.assert_allclose(box, [PLACES.min(axis=0), PLACES.max(axis=0)], atol=1e-9)
    (view,) = views(scene)
    seen = view.project(scene.points[0].positions, 1280, 720)
    assert ((seen[:, 0] > 0) & (seen[:, 0] < 1280) & (seen[:, 1] > 0) & (seen[:, 1] < 720)).all()
    near = PLACES - PLACES[0]
    moved = views(read_cloud(near))[0].project(near, 1280, 720)
    np.testing.assert_allclose(seen, moved, atol=1e-5)


def read_cloud(places):
    text = "\n".join(" ".join(f"{x:.9f}" for x in row) for row in places)
    return io.load(text.encode(), uri="near.xyz")


def test_counts_past_the_file_are_refused_before_anything_is_read():
    data = bytearray(las())
    data[107:111] = (4).to_bytes(4, "little")
    with pytest.raises(InputError, match="after 3 of 4 points"):
        read(bytes(data))
    data[107:111] = (1 << 31).to_bytes(4, "little")
    with pytest.raises(LimitError, match="limit"):
        read(bytes(data))
    packed = bytearray(las(True))
    packed[107:111] = (10_000_000).to_bytes(4, "little")
    with pytest.raises(LimitError, match="said to unfold"):
        read(bytes(packed), "file.laz")


@pytest.mark.parametrize(
    ("change", "reason"),
    [((0, b"LASX"), "LASF"), ((24, b"\2"), "2.2 is not read"), ((96, b"\xff\xff\xff\xff"), "begin at")],
)
def test_a_header_that_cannot_be_right_is_refused(change, reason):
    data = bytearray(las())
    data[change[0] : change[0] + len(change[1])] = change[1]
    with pytest.raises(InputError, match=reason):
        read(bytes(data))


def test_it_is_only_read():
    scene = read(las())
    with pytest.raises(MarkError, match="is read, not written"):
        io.apply(scene, [PutMetadata({}, {})])
    with pytest.raises(MarkError, match="is read, not written"):
        io.check_target(scene, None)
    assert io.to_bytes(scene) == las()


@pytest.mark.parametrize("packed", [False, True])
@given(st.integers(0, 100_000), st.integers(0, 255), st.booleans())
def test_a_broken_file_is_read_or_refused_with_a_reason(packed, at, value, cut):
    data = bytearray(SEEDS[packed])
    at %= len(data)
    if cut:
        del data[at:]
    else:
        data[at] = value
    try:
        read(bytes(data) or b"x")
    except SceneproofError:
        return


SEEDS = {False: las(), True: las(True)}


@pytest.mark.parametrize("missing", ["laspy", "lazrs"])
def test_a_missing_library_is_one_line_that_names_the_extra(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError) as absent:
        _las_native.decode(SEEDS[True], True)
    assert absent.value.name == missing

    def without(*_arguments, what):
        raise absent.value

    monkeypatch.setattr(_sandbox, "run", without)
    with pytest.raises(MissingExtraError, match=r"install sceneproof\[points\]") as caught:
        read(SEEDS[True], "file.laz")
    assert "\n" not in str(caught.value)


def test_real_files_have_the_points_of_their_headers(data):
    for name, count in (("autzen-thin", 10653), ("pdrf7-v4-1.4", 1024)):
        cloud = io.load(data / "reconstructions" / f"{name}.las").points[0]
        judge = laspy.read(data / "reconstructions" / f"{name}.las")
        assert len(cloud.positions) == count == judge.header.point_count
        np.testing.assert_array_equal(cloud.positions, judge.xyz)
        assert cloud.colors is not None
