"""Invalid assets: each is refused, or read with its faults named, or its faults are the validator's business."""

from __future__ import annotations

from pathlib import Path

import pytest

from sceneproof.errors import InputError
from sceneproof.io import load

from .invalid_table import HEAD, TABLE, expected, rows


def test_every_fault_in_scope_is_named_or_the_file_is_refused(data: Path) -> None:
    missed = {row.file: row.missed for row in rows(data) if row.missed}
    assert missed == {}


def test_the_table_is_what_it_was(data: Path) -> None:
    """A change here is a change of what users see: run ``python -m tests.io.invalid_table`` and read the diff."""
    assert [HEAD, *(row.line() for row in rows(data))] == TABLE.read_text("utf-8").splitlines()


def test_a_valid_file_has_no_fault_that_the_validator_calls_an_error(data: Path) -> None:
    """Files of the validator's own tests that it finds clean: named faults there would be false alarms."""
    root = data / "invalid" / "validator"
    alarms = {}
    for report in sorted(root.rglob("*.report.json")):
        path = report.with_name(report.name.removesuffix(".report.json"))
        if expected(path):
            continue
        try:
            codes = [problem.code for problem in load(path).problems]
        except InputError:
            continue  # geometry without bytes: in the table
        if codes:
            alarms[path.name] = codes
    assert alarms == {}


@pytest.mark.parametrize("folder", ["assimp", "gltf-rs", "aframe", "gltf1", "pointer"])
def test_files_from_elsewhere_are_read_or_refused_with_one_line(data: Path, folder: str) -> None:
    for row in rows(data):
        if row.file.startswith(f"{folder}/"):
            assert row.result == "read" or row.result.startswith("refused: ")
            assert "\n" not in row.result
