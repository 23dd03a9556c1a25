"""Every real asset is loaded, with the counts that stand in the table, or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from sceneproof.io import extensions
from tests.all_data import COUNTS, HEAD, PARTS, TABLE, Row, files, row, summary


def test_every_asset_is_loaded_with_its_counts_or_refused_with_its_reason(
    data: Path, record_property: pytest.RecordProperty
) -> None:
    """A change here is a change of what users see: run ``python -m tests.all_data`` and read the diff."""
    rows = [row(data, name) for name in files(data)]
    record_property("table", "\n".join(summary(rows)))
    assert [HEAD, *(item.line() for item in rows)] == TABLE.read_text("utf-8").splitlines()


def test_no_asset_has_a_format_that_is_not_read(data: Path) -> None:
    names = files(data)
    assert len(names) == 169
    assert {Path(name).suffix.lower() for name in names} <= set(extensions())
    assert not set(PARTS) & set(extensions())


def test_the_table_says_of_every_row_what_was_found() -> None:
    """Each loaded row has something to show for it, or is known to be empty; each refusal has its words."""
    lines = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines()[1:]]
    bare = [cells[0] for cells in lines if not cells[1].startswith("refused: ") and set(cells[2:6]) == {"0"}]
    assert bare == [
        "humans/vrm_basic_armature.vrm",
        "humans/vrm_minimal.vrm",
        "meshes/empty.ply",
        "meshes/empty.stl",
        "meshes/empty_nodes.glb",
    ]
    refused = {cells[0]: cells[1] for cells in lines if cells[1].startswith("refused: ")}
    assert set(refused) == {"meshes/inf_nan.obj"}
    assert "not finite" in refused["meshes/inf_nan.obj"]


def test_the_summary_counts_by_ending_and_names_refusals() -> None:
    rows = [Row("a.PLY", "ply"), Row("b.ply", "refused: -: is cut off"), Row("c.glb", "glb")]
    assert summary(rows) == [
        "real assets: 2 loaded, 1 refused",
        "format loaded refused",
        ".glb        1    0",
        ".ply        1    1",
        "b.ply: refused: -: is cut off",
    ]
    assert len(HEAD.split("\t")) == len(rows[0].line().split("\t")) == 3 + len(COUNTS)
