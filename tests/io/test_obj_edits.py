from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.edits import SetPositions
from sceneproof.errors import MarkError, SceneproofError
from sceneproof.io import apply, load, save, to_bytes
from sceneproof.marks.label.read import labels
from sceneproof.marks.metadata.read import read as read_metadata
from tests.io._text_assets import CUBE, METADATA, RECORD, counts, label, shifted, without_coordinates


def read(text: str | bytes):
    return load(text if isinstance(text, bytes) else text.encode(), uri="x.obj")


def test_only_the_coordinates_that_moved_change():
    scene = read(CUBE)
    done = apply(scene, shifted(scene, (0, 0.25, 0), meshes=[1]))
    before, after = CUBE.encode().splitlines(), to_bytes(done).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [(b"v 2 0 0", b"v 2 0.25 0"), (b"v 3 0 0", b"v 3 0.25 0"), (b"v 3 1 0", b"v 3 1.25 0")]
    assert to_bytes(scene) == CUBE.encode()


def test_a_comment_right_behind_a_number_stays():
    text = "v 0 0 0#a\nv 1 0 0 #b\nv 0 1 0\nf 1 2 3\n"
    scene = read(text)
    done = to_bytes(apply(scene, shifted(scene, (0, 0, 1))))
    assert (
        done
        == text.replace(" 0#a", " 1.0#a").replace("1 0 0 #b", "1 0 1.0 #b").replace("0 1 0\n", "0 1 1.0\n").encode()
    )


def test_equal_positions_change_nothing():
    scene = read(CUBE)
    assert to_bytes(apply(scene, shifted(scene, (0, 0, 0)))) == CUBE.encode()


VALUES = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(
    st.lists(VALUES, min_size=9, max_size=9),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", " 0.1 0.2 0.3", " 1"]),
)
def test_any_float32_comes_back_as_it_was_set(values, end, rest):
    head = f"# é{end}  v  1 2.50 3{rest} # keep{end}v 0 1 0{rest}{end}v\t0 0 1{rest}{end}f 1 2 3{end}vt 1 1"
    scene = read(head)
    wanted = np.array(values, np.float32).reshape(3, 3)
    done = apply(scene, [SetPositions(0, 0, wanted)])
    assert np.array_equal(read(to_bytes(done)).meshes[0].primitives[0].positions, wanted)
    assert without_coordinates(to_bytes(done)) == without_coordinates(head.encode())


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-8"])
def test_the_encoding_and_its_mark_stay(codec):
    raw = ("\ufeff" + CUBE.replace("Left", "Größe")).encode(codec)
    scene = read(raw)
    done = apply(scene, [*shifted(scene, (1, 0, 0)), METADATA])
    text = to_bytes(done).decode(codec)
    assert text.startswith("\ufeff# AIGC ")
    assert "o Größe box" in text
    assert read_metadata(read(to_bytes(done))).copies[0].text == RECORD


def test_primitives_that_share_a_vertex_must_agree():
    scene = read(CUBE)
    parts = scene.meshes[0].primitives
    with pytest.raises(MarkError, match="shares vertices"):
        apply(scene, [SetPositions(0, 0, parts[0].positions + 1), SetPositions(0, 1, parts[1].positions)])
    done = apply(scene, [SetPositions(0, 0, parts[0].positions + np.float32(1))])
    assert done.meshes[0].primitives[1].positions[0].tolist() == [1, 1, 1]  # the other one moves with it


@pytest.mark.parametrize("positions", [np.zeros((2, 3)), np.full((3, 3), np.nan), np.full((3, 3), 1e39)])
def test_positions_that_do_not_fit_are_refused(positions):
    with pytest.raises(MarkError), np.errstate(over="ignore"):
        apply(read(CUBE), [SetPositions(0, 0, positions)])


def test_the_hidden_label_is_comments_at_the_head_replaced_in_place():
    done = apply(read(CUBE), [METADATA])
    lines = to_bytes(done).decode().splitlines()
    assert lines[:2] == [f"# AIGC {RECORD}", "# DigitalSourceType http://x/y"]
    assert lines[2:] == CUBE.splitlines()
    reading = read_metadata(read(to_bytes(done)))
    assert (reading.copies[0].text, reading.source_type) == (RECORD, "http://x/y")
    assert done.generator == "made by a test"
    again = apply(read(to_bytes(done)), [METADATA])
    assert to_bytes(again) == to_bytes(done)
    moved = b"# first\n" + to_bytes(done).replace(b'"1","Content', b'"2","Content')
    assert to_bytes(apply(read(moved), [METADATA])) == b"# first\n" + to_bytes(done)


def test_two_different_labels_are_both_read():
    text = '# AIGC {"Label":"1"}\n# AIGC {"Label":"2"}\n' + CUBE
    assert len(read_metadata(read(text)).distinct) == 2


def test_many_different_labels_are_not_all_kept():
    text = CUBE + "".join(f'# AIGC {{"Label":"{n}"}}\n' for n in range(500))
    assert 2 <= len(read_metadata(read(text)).distinct) < 50


def test_a_value_of_two_lines_is_refused():
    from dataclasses import replace

    with pytest.raises(MarkError, match="one comment line"):
        apply(read(CUBE), [replace(METADATA, mirror={"AIGC": "a\nv 0 0 0"})])


def test_the_visible_label_comes_back_as_a_node():
    done = apply(read(CUBE), [label()])
    again = read(to_bytes(done))
    for scene in (done, again):
        node = scene.nodes[-1]
        assert node.name == "sceneproof label"
        assert node.extras["sceneproof"] == {"slot": "label", "text": "AI生成", "lang": "zh-CN"}
        assert [found.text for found in labels(scene)] == ["AI生成"]
        words, plate = scene.meshes[node.mesh].primitives
        assert scene.materials[words.material].name == "sceneproof label text AI生成"
        assert scene.materials[words.material].unlit
        assert scene.materials[plate.material].base_color[0] == pytest.approx(((0.07 + 0.055) / 1.055) ** 2.4)
        assert words.positions[words.triangles].max(axis=(0, 1)).tolist() == [7, 2, 0]
        assert plate.positions[:, 2].tolist() == [-2] * 4
        assert words.attributes["NORMAL"].tolist() == [[0, 0, 1]] * 4
    assert to_bytes(done).startswith(CUBE.encode())
    assert counts(again)[1] == counts(read(CUBE))[1] + 4


def test_a_label_whose_comments_a_tool_has_lost_is_found_by_its_names():
    lines = to_bytes(apply(read(CUBE), [label()])).decode().splitlines()
    scene = read("\n".join(line for line in lines if not line.startswith("#")))
    assert [found.text for found in labels(scene)] == ["AI生成"]


@pytest.mark.parametrize("keyword", ["g", "o", "s"])
def test_a_label_leaves_the_meshes_as_they_were(keyword):
    scene = read(CUBE.replace("\no ", f"\n{keyword} "))
    again = read(to_bytes(apply(scene, [label()])))
    assert [mesh.name for mesh in again.meshes] == [*(mesh.name for mesh in scene.meshes), "sceneproof label"]
    for before, after in zip(scene.meshes, again.meshes, strict=False):
        for old, new in zip(before.primitives, after.primitives, strict=True):
            assert np.array_equal(old.positions, new.positions)
            assert np.array_equal(old.triangles, new.triangles)


def test_other_tools_see_the_label_with_its_colours():
    import trimesh

    done = apply(read(CUBE), [label()])
    judge = trimesh.load(trimesh.util.wrap_as_stream(to_bytes(done)), file_type="obj", process=False)
    assert len(judge.dump(concatenate=True).faces) == counts(done)[1]
    assert b" 0.07 0.08 0.1\n" in to_bytes(done)


def test_a_second_label_replaces_the_first():
    once = apply(read(CUBE), [label()])
    assert to_bytes(apply(read(to_bytes(once)), [label()])) == to_bytes(once)
    other = apply(read(to_bytes(once)), [label(shift=1)])
    assert to_bytes(other).count(b"o sceneproof-label") == 1
    assert to_bytes(other) != to_bytes(once)
    assert len(labels(other)) == 1


def test_a_label_that_others_have_built_upon_is_not_torn_out():
    once = to_bytes(apply(read(CUBE), [label()])) + b"o more\nf 1 2 3\n"
    with pytest.raises(MarkError, match="not the end of the file"):
        apply(read(once), [label(shift=1)])


@pytest.mark.parametrize("head", ["{", "[]", "{}", '{"slot":1,"materials":[]}', '{"slot":"label","materials":[{}]}',
                                  '{"slot":"label","materials":[{"usemtl":"a","name":"b","color":[1,1,1,9]}]}',
                                  '{"slot":"label","materials":' + "[" * 5000 + "}"])  # fmt: skip
def test_a_forged_marker_is_an_object_like_others(head):
    scene = read(CUBE + f"# sceneproof-label {head}\no sceneproof-label\nf 1 2 3\n# sceneproof-label end\n")
    assert [node.extras for node in scene.nodes] == [None, None]
    assert labels(scene) == []


def test_a_point_cloud_stays_one_beside_its_label():
    done = apply(read("v 0 0 0\nv 1 0 0\nv 0 1 0\n"), [label(), METADATA])
    assert len(done.points[0].positions) == 3
    assert len(done.meshes) == 1


def folder_with(tmp_path, text=CUBE):
    source = tmp_path / "in"
    (source / "maps").mkdir(parents=True)
    (source / "cube.obj").write_text(text)
    (source / "cube.mtl").write_text("newmtl red paint\nmap_Kd maps/wood.png\nnewmtl blue\nmap_Kd -s 2 2 gone.png\n")
    (source / "maps" / "wood.png").write_bytes(b"\x89PNG\r\n\x1a\nwood")
    target = tmp_path / "out"
    target.mkdir()
    return source, target


def test_libraries_and_textures_are_copied_beside_the_output(tmp_path):
    source, target = folder_with(tmp_path)
    scene = load(source / "cube.obj")
    done = apply(scene, [*shifted(scene, (1, 0, 0)), METADATA, label()])
    written = save(done, target / "marked.obj")
    assert written[-1] == target / "marked.obj"
    assert {path.relative_to(target).as_posix() for path in written} == {
        "cube.mtl", "maps/wood.png", "marked.sceneproof.mtl", "marked.obj.aigc.json", "marked.obj",
    }  # fmt: skip
    assert (target / "cube.mtl").read_bytes() == (source / "cube.mtl").read_bytes()
    again = load(target / "marked.obj")
    assert [image.uri for image in again.images] == ["maps/wood.png", "gone.png"]
    assert [problem.code for problem in again.problems] == ["image-unreadable"]
    assert "sidecar-mismatch" not in [problem.code for problem in again.problems]
    assert json.loads((target / "marked.obj.aigc.json").read_text())["AIGC"] == RECORD
    assert b"newmtl sceneproof_label_text" in (target / "marked.sceneproof.mtl").read_bytes()


def test_nothing_different_is_overwritten(tmp_path):
    source, target = folder_with(tmp_path)
    (target / "maps").mkdir()
    (target / "maps" / "wood.png").write_bytes(b"another picture")
    (target / "cube.mtl").write_text("another library")
    save(apply(load(source / "cube.obj"), [METADATA]), target / "new name.obj")
    assert (target / "maps" / "wood.png").read_bytes() == b"another picture"
    assert (target / "cube.mtl").read_text() == "another library"
    again = load(target / "new name.obj")
    assert re.fullmatch(r"maps/new_name-[0-9a-f]{12}\.png", again.images[0].uri)
    assert bytes(again.images[0].data).endswith(b"wood")
    assert again.materials[0].name == "red paint"
    text = (target / "new name.obj").read_bytes()
    assert re.search(rb"\nmtllib new_name-[0-9a-f]{12}\.mtl\n", text)
    assert text.split(b"\n", 4)[4] == CUBE.encode().split(b"\n", 2)[2]


def test_saving_again_under_another_name_brings_the_labels_library_along(tmp_path):
    source, target = folder_with(tmp_path)
    save(apply(load(source / "cube.obj"), [label()]), target / "one.obj")
    save(load(target / "one.obj"), target / "two.obj")
    assert b"mtllib two.sceneproof.mtl" in (target / "two.obj").read_bytes()
    assert (target / "two.sceneproof.mtl").read_bytes() == (target / "one.sceneproof.mtl").read_bytes()
    assert (target / "one.obj").read_bytes() == (target / "two.obj").read_bytes().replace(b"two.", b"one.")


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    from sceneproof.io import _plain

    source, target = folder_with(tmp_path)
    done = apply(load(source / "cube.obj"), [METADATA, label()])

    def refuse(path, data):
        raise SceneproofError("disk full")

    monkeypatch.setattr(_plain, "write_bytes", refuse)
    with pytest.raises(SceneproofError, match="disk full"):
        save(done, target / "marked.obj")
    assert list(target.iterdir()) == []


SEED = to_bytes(apply(read(CUBE), [METADATA, label()]))


@given(st.integers(0, len(SEED)), st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=4))
def test_cut_and_flipped_files_raise_nothing_unexpected(end, flips):
    data = bytearray(SEED)
    for at, value in flips:
        data[at] = value
    try:
        scene = read(bytes(data[:end]) or b"#")
        assert to_bytes(scene) == (bytes(data[:end]) or b"#")
        read(to_bytes(apply(scene, shifted(scene, (0.5, 0, 0)))))
        apply(scene, [METADATA, label()])
    except SceneproofError:
        pass


STATEMENTS = [
    "v 1 2 3", "v 1 2", "v", "v nan 0 0", "v 0 0 1 1 1 1", "v 1 \\", "vt 0 0", "vn 0 0 1", "f 1 2 3", "f -1 -2 -3",
    "f 1//1 2/1 3", "f", "f /1 2 3", "f 1 2 3 4 5", "l 1 2", "p 1", "o a", "g b", "usemtl c", "mtllib d", "s 1", "\\",
    "#", "\t",
]  # fmt: skip


@given(st.lists(st.sampled_from(STATEMENTS), max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_order_of_statements_is_read_or_refused(lines, end):
    text = end.join(lines).encode() or b"#"
    try:
        scene = read(text)
        moved = read(to_bytes(apply(scene, shifted(scene, (0.5, 0, 0)))))
    except SceneproofError:
        return
    assert counts(moved)[0] == counts(scene)[0]
    for before, after in zip(scene.meshes, moved.meshes, strict=True):
        for old, new in zip(before.primitives, after.primitives, strict=True):
            assert np.array_equal(old.positions + np.float32([0.5, 0, 0]), new.positions)
