"""The contract that outside tools rely on: every object that is printed fits its schema, for good and bad input."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import sceneproof as sp
from sceneproof.declaration import from_table, to_toml
from sceneproof.findings import TOOL
from sceneproof.report.json import dumps
from sceneproof.report.schemas import schema
from tests._marked import SECRET, bytes_of, declared, dense, low, marked, marked_low
from tests.cli._run import DECLARED, Runner
from tests.makers.hostile import FILES

ASSETS = sorted((Path(__file__).parent.parent / "assets").glob("*.glb"))
BROKEN = (
    "empty",
    "not_gltf",
    "truncated_json",
    "index_out_of_range",
    "nan_positions",
    "dangling",
    "node_cycle",
    "huge_count",
)


@functools.cache
def checker(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema(name))


def fits(printed: Any) -> Any:
    """The object as JSON holds it, once it fits the schema that it names."""
    read = json.loads(printed if isinstance(printed, str) else dumps(printed))
    problems = [
        f"/{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in checker(read["schema"]).iter_errors(read)
    ]
    assert not problems, problems
    assert read["tool"] == TOOL
    return read


@pytest.fixture
def cli(capfd) -> Runner:
    return Runner(capfd)


def test_the_samples_are_there():
    assert {path.stem for path in ASSETS} >= {"human", "interior", "points", "reconstruction", "splats"}


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.stem)
def test_the_audit_of_a_sample_fits(path):
    fits(sp.audit(path))


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.stem)
def test_the_inspection_of_a_sample_fits(path, cli):
    ran = cli("inspect", path, "--format", "json")
    assert ran.code == 0
    fits(ran.out)


@pytest.mark.parametrize("path", ASSETS, ids=lambda path: path.stem)
def test_the_verification_of_a_sample_fits_without_a_key(path):
    read = fits(sp.verify(path, require=["label"]))
    assert read["watermark"] is None
    assert read["expected"] == {"label": "missing"}


def test_the_receipt_of_a_sample_fits():
    points = next(path for path in ASSETS if path.stem == "points")
    receipt = sp.mark(points, declaration=declared(), marks=["label", "metadata"])
    fits(receipt)
    fits(sp.audit(receipt.scene))
    assert all(mark["verified"] for mark in receipt.marks.values())


def test_what_is_made_of_a_file_with_every_mark_fits():
    read = fits(marked())
    assert set(read["marks"]) == {"label", "metadata", "watermark"}
    fits(sp.audit(bytes_of(marked()), declaration=declared()))
    read = fits(sp.verify(bytes_of(marked()), key=SECRET, effort="quick", expect=marked()))
    assert read["watermark"]["found"] is True


def test_what_is_made_of_a_file_with_none_fits():
    read = fits(sp.verify(dense(), key=SECRET, effort="quick", require=["watermark"]))
    assert read["watermark"]["found"] is False


def test_receipts_with_marks_left_out_and_replaced_fit():
    read = fits(marked_low())
    assert read["left_out"]
    read = fits(sp.mark(bytes_of(marked_low()), declaration=declared(content_id="B"), label_text="人工智能合成"))
    assert {entry["mark"] for entry in read["replaced"]} == {"label", "metadata"}


@pytest.mark.parametrize("name", BROKEN)
def test_records_of_broken_input_fit(cli, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path("x.glb").write_bytes(FILES[name]())
    for arguments in (
        ["audit", "x.glb"],
        ["inspect", "x.glb"],
        ["verify", "x.glb"],
        ["mark", "x.glb", "--output", "y.glb", *DECLARED],
    ):
        ran = cli(*arguments, "--format", "json")
        read = fits(ran.out)
        assert ran.code == 3
        assert read["error"]["message"].startswith("x.glb")


def test_json_lines_of_several_inputs_fit_one_by_one(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.glb").write_bytes(low())
    Path("b.glb").write_bytes(low()[:50])
    for verb in ("audit", "inspect", "verify"):
        ran = cli(verb, "a.glb", "b.glb", "none.glb", "--format", "json")
        assert ran.code == 3
        read = [fits(line) for line in ran.out.splitlines()]
        assert [record["asset"]["uri"] for record in read] == ["a.glb", "b.glb", "none.glb"]


@pytest.mark.parametrize("stated", [{}, declared(), declared(role="propagator", origin="handmade"), {"market": []}])
def test_audits_under_any_declaration_fit(stated):
    read = fits(sp.audit(low(), declaration=stated))
    expected = None if stated in ({}, {"market": []}) else from_table(stated, "api").sha256
    assert (read["declaration"] or {}).get("sha256") == expected


def test_the_hash_of_the_declaration_is_that_of_its_canonical_text():
    import hashlib

    text = to_toml(from_table(declared(), "api"))
    assert sp.audit(low(), declaration=declared())["declaration"]["sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_every_finding_is_told_in_both_languages_with_its_clauses():
    report = sp.audit(low(), declaration=declared())
    for finding in report["findings"]:
        assert finding["message"]["en"]
        assert finding["message"]["zh"]
        assert finding["clauses"]
        assert finding["standing"] in ("read", "recalled", "mixed")
        if finding["verdict"] in ("fail", "review"):
            assert finding["fix"]["en"]
            assert finding["fix"]["zh"]
