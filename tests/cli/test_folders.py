"""A folder is never taken for audited whole when it was not: other formats and closed folders are told."""

from __future__ import annotations

import os

import pytest

from tests._marked import low
from tests.cli._run import DECLARED


@pytest.fixture
def tree(work):
    for name in ("in/x.glb", "in/shut/y.glb", "in/open/z.glb"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(low())
    return work


@pytest.fixture
def shut(tree, monkeypatch):
    """The folder ``in/shut`` lets nobody look into it (root may look anywhere, so that rights alone do not do)."""
    scandir = os.scandir

    def refuse(path="."):
        if os.fspath(path).rstrip("/").endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return tree


@pytest.mark.parametrize("named", ["in", "in/*"])
def test_files_of_other_3d_formats_are_counted_on_stderr(cli, tree, named):
    for name in ("a.fbx", "b.FBX", "open/c.blend", "notes.txt", "x.bin", "x.png"):
        (tree / "in" / name).touch()
    ran = cli("inspect", named, "--format", "json")
    assert ran.code == 0
    assert len(ran.lines) == 3
    assert ran.err == "sceneproof: 3 files not read here: .fbx 2, .blend 1\n"


def test_a_file_that_is_named_itself_is_a_record_and_not_passed_over(cli, tree):
    (tree / "in" / "a.fbx").touch()
    ran = cli("inspect", "in", "in/a.fbx", "--format", "json")
    assert ran.code == 3
    assert "not read here" not in ran.err
    assert sum("error" in line for line in ran.lines) == 1


def test_a_folder_of_other_formats_alone_says_what_it_holds(cli, work):
    (work / "in").mkdir()
    (work / "in" / "a.fbx").touch()
    ran = cli("audit", "in")
    assert ran.code == 2
    assert "in: holds no asset that is read here" in ran.err
    assert "1 file not read here: .fbx 1" in ran.err


@pytest.mark.parametrize("verb", [["inspect"], ["verify"], ["mark", "--output", "out/", *DECLARED]])
@pytest.mark.parametrize("named", ["in", "in/*", "in/**/*.glb", "in/*/*.glb"])
def test_a_closed_folder_below_is_told_and_is_exit_code_3(cli, shut, verb, named):
    ran = cli(*verb, named, "--format", "json")
    assert ran.code == 3
    assert ran.err == "sceneproof: cannot look into in/shut (Permission denied)\n"
    assert ran.out.count('"sceneproof.') == (1 if named == "in/*/*.glb" else 2)
    assert "y.glb" not in ran.out


@pytest.mark.parametrize("named", ["in/shut", "in/shut/", "in/shut/*.glb"])
def test_a_closed_folder_that_is_named_itself_is_an_input_error(cli, shut, named):
    ran = cli("audit", named)
    assert ran.code == 3
    assert ran.out == ""
    assert ran.err == "sceneproof: in/shut: cannot look into the folder (Permission denied)\n"


def test_audit_keeps_its_findings_when_a_folder_is_closed(cli, shut):
    ran = cli("audit", "in", "--format", "json", "--select", "DS-17", "--fail-on", "never")
    assert ran.code == 3
    assert len(ran.lines) == 2


def test_one_output_into_a_missing_folder_is_an_error_before_the_work(cli, work):
    ran = cli("mark", "low.glb", "--output", "none/x.glb", *DECLARED)
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert "none" in ran.err
    assert not (work / "none").exists()
