from __future__ import annotations

import io
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.derived.welded import welded
from sceneproof.edits import SetPositions
from sceneproof.errors import InputError, MarkError, SceneproofError
from sceneproof.io import apply, load, save, to_bytes
from sceneproof.marks.metadata.read import read as read_metadata
from tests.io._text_assets import METADATA, RECORD, ascii_stl, binary_stl, counts, label, shifted, without_coordinates

TETRA = np.array(
    [[[0, 0, 0], [0, 1, 0], [1, 0, 0]], [[0, 0, 0], [1, 0, 0], [0, 0, 1]],
     [[0, 0, 0], [0, 0, 1], [0, 1, 0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]], np.float32,
)  # fmt: skip


def read(data: bytes):
    return load(data, uri="part.stl")


@pytest.mark.parametrize("header", [b"", b"solid looks like text", b"solid\nfacet endsolid", b"written by a test"])
def test_a_binary_file_is_known_by_its_length(header):
    scene = read(binary_stl(TETRA, header))
    part = scene.meshes[0].primitives[0]
    assert part.positions.tolist() == TETRA.reshape(-1, 3).tolist()
    assert part.triangles.tolist() == np.arange(12).reshape(-1, 3).tolist()
    assert scene.meshes[0].name == "part"
    assert scene.generator == " ".join(header.decode().split())
    assert len(welded(scene, 0).positions) == 4


def test_bytes_behind_the_last_facet_are_kept_and_named():
    raw = binary_stl(TETRA, tail=b"more")
    scene = read(raw)
    assert [problem.code for problem in scene.problems] == ["trailing-bytes"]
    assert to_bytes(apply(scene, shifted(scene, (1, 0, 0))))[-4:] == b"more"


@pytest.mark.parametrize("cut", [20, 83, 84, 100, -1])
def test_a_binary_file_that_is_cut_off_is_refused(cut):
    with pytest.raises(InputError):
        read(binary_stl(TETRA)[:cut])


def test_a_count_in_the_billions_is_refused():
    with pytest.raises(InputError, match="room for 4"):
        read(binary_stl(TETRA)[:80] + struct.pack("<I", 0xFFFFFFFF) + binary_stl(TETRA)[84:])


SOLIDS = {"first part": TETRA, "second": TETRA + 3}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.upper(),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"  ", b"\t \t"),
        lambda text: b"\n\n  " + text.replace(b"\n", b"\n\n   "),
        lambda text: text.replace(b"first part", b"first part  "),
        lambda text: text.replace(b"endsolid first part", b"endsolid"),
    ],
)
def test_an_ascii_file_has_a_mesh_for_each_solid(change):
    scene = read(change(ascii_stl(SOLIDS)))
    assert [mesh.name.lower() for mesh in scene.meshes] == ["first part", "second"]
    for mesh, corners in zip(scene.meshes, SOLIDS.values(), strict=True):
        assert mesh.primitives[0].positions.tolist() == corners.reshape(-1, 3).tolist()
        assert (mesh.primitives[0].attributes["NORMAL"] == (0, 0, 1)).all()


def test_a_file_of_one_line_is_read():
    scene = read(b" ".join(ascii_stl({"": TETRA, " ": TETRA}).split()))
    assert counts(scene) == (24, 8)
    assert len(scene.meshes) == 1


def test_names_that_are_keywords_change_nothing():
    scene = read(ascii_stl({"vertex 1 2 3 facet": TETRA}))
    assert counts(scene) == (12, 4)
    assert scene.meshes[0].name == "vertex 1 2 3 facet"


@pytest.mark.parametrize(("old", "new"), [(b"      vertex 0.000000e+00 0.000000e+00 1.000000e+00\n", b""),
                                          (b"0.000000e+00 1.000000e+00 0.000000e+00", b"nan 1 0")])  # fmt: skip
def test_facets_that_cannot_be_used_are_left_out_and_named(old, new):
    scene = read(ascii_stl({"a": np.concatenate([TETRA] * 3)}).replace(old, new, 1))
    assert counts(scene)[1] == 11
    assert scene.problems[0].code in ("facet-corners", "facet-not-finite")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_file_most_of_whose_facets_are_not_finite_is_refused(bad):
    with pytest.raises(InputError, match="not finite"):
        read(binary_stl(np.full((3, 3, 3), bad)))


def test_a_binary_facet_that_is_not_finite_keeps_its_bytes():
    corners = np.concatenate([TETRA, TETRA])
    corners[2, 1, 0] = np.nan
    raw = binary_stl(corners)
    scene = read(raw)
    assert counts(scene) == (21, 7)
    done = to_bytes(apply(scene, shifted(scene, (0, 0, 2))))
    assert done[84 + 100 : 84 + 150] == raw[84 + 100 : 84 + 150]
    assert done[84:134] != raw[84:134]


def test_an_empty_solid_is_an_empty_scene():
    scene = read(b"solid Empty\nendsolid Empty")
    assert scene.meshes == ()
    assert read_metadata(apply(scene, [METADATA])).found


@pytest.mark.parametrize(
    ("header", "attribute", "expected"),
    [(b"", 0x8000 | 31 << 10, [1, 0, 0]), (b"", 0x8000 | 31, [0, 0, 1]), (b"COLOR=\xff\xff\xff\xff", 31, [1, 0, 0])],
)
def test_colours_of_either_convention_are_read(header, attribute, expected):
    part = read(binary_stl(TETRA, header, [attribute] * 4)).meshes[0].primitives[0]
    assert part.attributes["COLOR_0"].tolist() == [expected] * 12


def test_the_colour_of_the_whole_is_its_material():
    scene = read(binary_stl(TETRA, b"COLOR=\xff\x00\x00\x80"))
    assert scene.materials[0].base_color == pytest.approx((1, 0, 0, 128 / 255))
    assert "COLOR_0" not in scene.meshes[0].primitives[0].attributes


def test_binary_edits_change_the_corners_alone():
    raw = binary_stl(TETRA, b"a header", [1, 2, 3, 4], b"tail")
    scene = read(raw)
    done = to_bytes(apply(scene, shifted(scene, (0.5, 0, 0))))
    assert (
        read(done).meshes[0].primitives[0].positions.tolist()
        == (TETRA + np.float32([0.5, 0, 0])).reshape(-1, 3).tolist()
    )
    table = np.dtype([("n", "V12"), ("v", "V36"), ("a", "V2")])
    before, after = (np.frombuffer(data[84:-4], table) for data in (raw, done))
    assert (before["n"] == after["n"]).all()
    assert (before["a"] == after["a"]).all()
    assert done[:84] + done[-4:] == raw[:84] + raw[-4:]


VALUES = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(VALUES, min_size=9, max_size=9), st.sampled_from(["\n", "\r\n"]))
def test_ascii_edits_change_the_coordinates_alone_and_come_back(values, end):
    text = ascii_stl({"naïve": TETRA[:1]}, end)
    wanted = np.array(values, np.float32).reshape(3, 3)
    done = to_bytes(apply(read(text), [SetPositions(0, 0, wanted)]))
    assert np.array_equal(read(done).meshes[0].primitives[0].positions, wanted)
    assert without_coordinates(done, b"vertex") == without_coordinates(text, b"vertex")


@pytest.mark.parametrize("raw", [binary_stl(TETRA), ascii_stl(SOLIDS)])
def test_the_hidden_label_is_in_the_sidecar_and_the_file_points_at_it(tmp_path, raw):
    done = apply(read(raw), [METADATA])
    assert read_metadata(done).copies[0].text == RECORD
    written = save(done, tmp_path / "part.stl")
    assert [path.name for path in written] == ["part.stl.aigc.json", "part.stl"]
    again = load(tmp_path / "part.stl")
    assert read_metadata(again).copies[0].text == RECORD
    assert read_metadata(again).source_type == "http://x/y"
    assert again.problems == ()
    assert [mesh.name for mesh in again.meshes] == [mesh.name for mesh in read(raw).meshes]
    assert to_bytes(again).count(b"AIGC: see sidecar") == 1
    assert to_bytes(apply(again, [METADATA])) == to_bytes(again)
    (tmp_path / "part.stl.aigc.json").unlink()
    assert [problem.code for problem in load(tmp_path / "part.stl").problems] == ["sidecar-missing"]


@pytest.mark.parametrize("header", [b"COLOR=\0\0\0\0", b"MATERIAL=" + b"\0" * 12, b"x" * 80, b"y" * 63])
def test_a_header_that_is_in_use_stays_as_it_is(header):
    raw = binary_stl(TETRA, header)
    done = apply(read(raw), [METADATA])
    assert to_bytes(done) == raw
    assert json.loads(json.dumps(dict(done.document.sidecar)))["AIGC"] == RECORD


def test_a_visible_label_is_refused_with_the_reason():
    with pytest.raises(MarkError, match="no colours"):
        apply(read(binary_stl(TETRA)), [label()])


SEEDS = [binary_stl(TETRA, b"solid x", tail=b"??"), ascii_stl(SOLIDS)]


@given(st.sampled_from(SEEDS), st.data())
def test_cut_and_flipped_files_raise_nothing_unexpected(seed, data):
    raw = bytearray(seed)
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(1, len(raw)))])
    try:
        scene = read(cut)
        assert to_bytes(scene) == cut
        again = read(to_bytes(apply(scene, [*shifted(scene, (0.5, 0, 0)), METADATA])))
        assert counts(again)[1] == counts(scene)[1]
    except SceneproofError:
        pass


REAL = {"busted.STL": 3878, "featuretype.STL": 3476, "soup.stl": 100, "empty.stl": 0, "unit_sphere.STL": 1280,
        "torus.STL": 8700, "multibody.stl": 32}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_files_hold_what_their_list_says(data, name):
    path = data / "meshes" / name
    scene = load(path)
    assert counts(scene) == (3 * REAL[name], REAL[name])
    assert len(scene.meshes) == {"empty.stl": 0, "multibody.stl": 2}.get(name, 1)
    if REAL[name]:
        import trimesh

        judge = trimesh.load(io.BytesIO(path.read_bytes()), file_type="stl", force="mesh", process=False)
        corners = np.concatenate([mesh.primitives[0].positions for mesh in scene.meshes])
        assert sorted(map(tuple, np.round(judge.triangles.reshape(-1, 3), 5))) == sorted(
            map(tuple, np.round(corners.astype(float), 5))
        )
