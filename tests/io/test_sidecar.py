"""The sidecar beside a file: what is read of it, and what is left alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sceneproof import io
from sceneproof.edits import PutMetadata
from sceneproof.errors import SceneproofError
from sceneproof.io._text.comments import with_slot

OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
RECORD = '{"Label":"1"}'
EDIT = PutMetadata({"TC260:AIGC": "x"}, {"TC260": "http://example.org/"}, mirror={"AIGC": RECORD})
NODE = PutMetadata({"TC260:AIGC": "x"}, {"TC260": "http://example.org/"}, node=0)


def _beside(path: Path, **members: Any) -> None:
    held = {"schema": "sceneproof.sidecar/1", "sha256": hashlib.sha256(OBJ).hexdigest(), **members}
    path.with_name(path.name + ".aigc.json").write_text(json.dumps(held))


@pytest.fixture
def asset(tmp_path: Path) -> Path:
    path = tmp_path / "a.obj"
    path.write_bytes(OBJ)
    return path


def test_a_sidecar_whose_parts_are_no_object_is_named_and_does_not_stop_the_marking(asset: Path) -> None:
    _beside(asset, parts="abc", AIGC=RECORD)
    scene = io.load(asset)
    assert [problem.code for problem in scene.problems] == ["sidecar-unreadable"]
    assert set(io.apply(scene, [NODE]).document.sidecar["parts"]) == {"/nodes/0"}


def test_a_sidecar_that_is_a_link_out_of_the_folder_is_not_read(asset: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    asset = asset.rename(inner / "a.obj")
    _beside(tmp_path / "secret", AIGC=RECORD)
    try:
        (inner / "a.obj.aigc.json").symlink_to(tmp_path / "secret.aigc.json")
    except OSError:
        pytest.skip("links cannot be made here")
    scene = io.load(asset)
    assert scene.asset == {}
    assert "a link that leaves the folder" in scene.problems[0].message


def test_a_name_that_leaves_no_room_for_the_sidecars_is_read_and_its_writing_refused_in_one_line(asset: Path) -> None:
    longest = asset.rename(asset.with_name("a" * 246 + ".obj"))
    scene = io.load(longest)
    assert not scene.problems
    with pytest.raises(SceneproofError, match="cannot be written") as error:
        io.save(io.apply(scene, [EDIT]), longest.with_name("b" * 246 + ".obj"))
    assert "\n" not in str(error.value)


def test_a_new_comment_line_stands_where_it_should_when_one_before_it_grows() -> None:
    text = b'# AIGC {"a":1}\nOFF\n# counts\n3 1 0\n'
    at = text.index(b"# counts")
    found = with_slot(text, {"AIGC": '{"a":"much longer than before"}', "DigitalSourceType": "x"}, at)
    assert found == b'# AIGC {"a":"much longer than before"}\nOFF\n# DigitalSourceType x\n# counts\n3 1 0\n'
