"""Files, folders, globs and lists become names of assets, each once and in order."""

from __future__ import annotations

import pytest

from sceneproof.batch import expand
from sceneproof.errors import UsageError


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("b.glb", "a.gltf", "note.txt", "sub/c.vrm", "sub/deep/D.GLB"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_the_assets_in_it_and_below(tree):
    assert expand(["."]) == ["a.gltf", "b.glb", "sub/c.vrm", "sub/deep/D.GLB"]


def test_a_glob_stands_for_the_assets_that_it_matches(tree):
    assert expand(["*"]) == ["a.gltf", "b.glb", "sub/c.vrm", "sub/deep/D.GLB"]
    assert expand(["**/*.vrm"]) == ["sub/c.vrm"]
    assert expand([str(tree / "*.glb")]) == [str(tree / "b.glb")]


def test_named_files_stay_in_order_whatever_their_ending_and_whether_they_exist(tree):
    assert expand(["note.txt", "none.glb", "b.glb"]) == ["note.txt", "none.glb", "b.glb"]


def test_an_asset_named_twice_is_taken_once(tree):
    assert expand(["b.glb", "./b.glb", str(tree / "b.glb"), "*.glb"]) == ["b.glb"]


def test_a_file_with_brackets_in_its_name_is_that_file(tree):
    (tree / "x[1].glb").touch()
    assert expand(["x[1].glb"]) == ["x[1].glb"]


def test_a_list_names_assets_folders_and_globs(tree):
    (tree / "l.txt").write_text("# ours\n\n b.glb \nsub\n*.gltf\n", encoding="utf-8")
    assert expand(["@l.txt"]) == ["b.glb", "sub/c.vrm", "sub/deep/D.GLB", "a.gltf"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty", "holds no asset"),
        ("*.obj", "matches no asset"),
        ("*.txt", "matches no asset"),
        ("@none.txt", "list cannot be read"),
        ("@blank", "names nothing"),
        ("@nested", "a list inside a list"),
    ],
)
def test_what_holds_nothing_is_a_usage_error_and_never_an_empty_run(tree, name, message):
    (tree / "blank").write_text("# nothing\n")
    (tree / "nested").write_text("@blank\n")
    with pytest.raises(UsageError, match=message):
        expand([name])


@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_stays_a_name(tree, name):
    assert expand([name]) == [name]
