"""``.splat``: 32 bytes a splat, and a label that stands beside the file."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sceneproof.edits import PutMetadata
from sceneproof.errors import InputError
from sceneproof.io import splat
from tests.io._splat_checks import assert_close
from tests.makers import splats as make

LABEL = PutMetadata({"TC260:AIGC": "{}"}, {"TC260": "x"}, mirror={"AIGC": '{"Label":"1"}'})


def test_the_cloud_comes_back_within_its_bytes() -> None:
    truth = make.cloud(50, 0)
    read = splat.load(make.dot_splat(truth), "a.splat", None).splats[0]
    half = 0.5 / 255 + 1e-6
    assert_close(read, truth, positions=0, scales=1e-6, rotations=0.02, opacities=half, first=half / make.SH_0)


def test_the_first_byte_of_a_rotation_is_w() -> None:
    data = bytearray(make.dot_splat(make.cloud(1, 0)))
    data[28:32] = bytes([255, 128, 128, 128])
    np.testing.assert_array_equal(splat.load(bytes(data), None, None).splats[0].rotations, [[0, 0, 0, 1]])


def test_a_label_stands_in_the_sidecar_and_every_byte_stays(tmp_path) -> None:
    data = make.dot_splat(make.cloud())
    marked = splat.apply(splat.load(data, "a.splat", None), [LABEL])
    files = splat.save(marked, tmp_path / "a.splat")
    assert [file.name for file in files] == ["a.splat.aigc.json", "a.splat"]
    assert (tmp_path / "a.splat").read_bytes() == data
    assert json.loads(files[0].read_text("utf-8"))["packet"]["TC260:AIGC"] == "{}"
    again = splat.load(data, "a.splat", tmp_path)
    assert again.asset["extras"] == {"AIGC": '{"Label":"1"}'}
    assert again.problems == ()


def test_a_sidecar_of_other_bytes_is_a_problem(tmp_path) -> None:
    marked = splat.apply(splat.load(make.dot_splat(make.cloud()), "a.splat", None), [LABEL])
    splat.save(marked, tmp_path / "a.splat")
    other = splat.load(make.dot_splat(make.cloud(seed=8)), "a.splat", tmp_path)
    assert [problem.code for problem in other.problems] == ["sidecar-mismatch"]


def test_a_part_of_a_splat_is_refused() -> None:
    with pytest.raises(InputError, match="no whole number of 32-byte splats"):
        splat.load(make.dot_splat(make.cloud())[:-1], None, None)


def test_a_centre_that_is_not_finite_is_refused_and_a_scale_is_named() -> None:
    data = bytearray(make.dot_splat(make.cloud()))
    data[32 + 12 : 32 + 16] = np.float32(np.nan).tobytes()
    assert [item.pointer for item in splat.load(bytes(data), None, None).problems] == ["/splats/0/scales"]
    data[64:68] = np.float32(np.inf).tobytes()
    with pytest.raises(InputError, match="splat 2 has no finite position"):
        splat.load(bytes(data), None, None)
