"""The audit of each made input is the report that lies beside its maker."""

from __future__ import annotations

import json

import pytest

from tests.golden import CASES, FOLDER, current, text


@pytest.mark.parametrize("name", CASES)
def test_the_audit_is_the_golden_one(name):
    """After a wanted change: ``python -m tests.golden``."""
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    found = json.loads(text(current(name)))
    assert list(found) == list(expected)
    for section, value in found.items():
        assert value == expected[section], section


def test_no_golden_report_lacks_its_maker():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(CASES)
