"""JSON is strict, readable, and in the order of the result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.findings import Severity, Text
from sceneproof.report.json import dumps, text

from ._samples import AUDIT, report, verification


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), "null"),
        (float("inf"), "null"),
        (np.float32("nan"), "null"),
        (np.float64(0.5), "0.5"),
        (np.int64(7), "7"),
        (np.uint8(7), "7"),
        (np.bool_(True), "true"),
        (True, "true"),
        (np.array([[1.0, np.nan], [3.0, -np.inf]]), "[[1.0, null], [3.0, null]]"),
        (np.array(2), "2"),
        (Severity.ERROR, '"error"'),
        (np.str_("网格"), '"网格"'),
        (b"\x01\xff", '"01ff"'),
        ({"b", "a"}, '["a", "b"]'),
        ((1, None), "[1, null]"),
        ({Severity.INFO: 1, 2: 3}, '{"info": 1, "2": 3}'),
        (Text("hello", "你好"), '{"en": "hello", "zh": "你好"}'),
        ("\ud800", '"\\\\ud800"'),
    ],
)
def test_values_that_json_does_not_know(value: Any, written: str) -> None:
    assert dumps({"x": value}) == f'{{"x": {written}}}'


def test_paths_and_dataclasses_are_written() -> None:
    @dataclass
    class Place:
        file: Path
        at: float

    assert dumps(Place(Path("a") / "b", float("nan"))) == json.dumps({"file": str(Path("a") / "b"), "at": None})


def test_what_has_no_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        dumps({"x": object()})


def test_a_result_comes_back_as_it_was_and_in_its_order() -> None:
    read = json.loads(dumps(report()))
    assert read == json.loads(json.dumps(AUDIT))
    assert list(read) == list(AUDIT)
    assert "起始画面" in dumps(report())


def test_one_result_is_indented_and_several_are_lines() -> None:
    assert json.loads(text([report()]))["schema"] == "sceneproof.audit/1"
    assert "\n  " in text([report()])
    lines = text([report(), verification()]).splitlines()
    assert [json.loads(line)["schema"] for line in lines] == ["sceneproof.audit/1", "sceneproof.verify/1"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_data_is_written_as_strict_utf8_json(value: Any) -> None:
    def forbid(name: str) -> None:
        raise AssertionError(name)

    json.loads(dumps(value).encode("utf-8"), parse_constant=forbid)
