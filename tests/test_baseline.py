"""A baseline: what was there does not gate, what is new or worse does."""

from __future__ import annotations

import json

import pytest

from sceneproof._baseline import Known, read
from sceneproof.errors import UsageError
from sceneproof.findings import Finding, Severity, Text, Verdict
from sceneproof.report.schemas import schema
from tests._marked import low
from tests.cli._run import DECLARED, Runner
from tests.makers import shapes
from tests.makers.builder import Builder


@pytest.fixture
def cli(capfd) -> Runner:
    return Runner(capfd)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.glb").write_bytes(low())
    (tmp_path / "b.glb").write_bytes(low())
    return tmp_path


@pytest.mark.parametrize("form", ["json", "sarif"])
@pytest.mark.parametrize("names", [["a.glb"], ["a.glb", "b.glb"]])
def test_what_a_former_audit_found_does_not_gate_again(cli, folder, form, names):
    assert cli("audit", *names, *DECLARED, "--format", form, "--output", "base").code == 1
    ran = cli(
        "audit", *names, *DECLARED, "--format", "json", "--baseline", "base", "--fail-on", "info", "--fail-on-review"
    )
    assert ran.code == 0
    for record in ran.lines if len(names) > 1 else [ran.json]:
        assert {finding["verdict"] for finding in record["findings"]} <= {"pass", "notApplicable"}
        covered = [entry for entry in record["suppressed"] if "finding" in entry]
        assert {entry["why"] for entry in covered} == {"in the baseline"}
        assert "DS-16.1" in {entry["rule"] for entry in covered}
        assert record["options"]["baseline"] == "base"


def test_another_asset_is_not_covered(cli, folder):
    cli("audit", "a.glb", *DECLARED, "--format", "json", "--output", "base")
    assert cli("audit", "b.glb", *DECLARED, "--baseline", "base").code == 1


def test_a_baseline_made_under_a_baseline_holds_all(cli, folder):
    cli("audit", "a.glb", *DECLARED, "--format", "json", "--output", "first")
    for form in ("json", "sarif"):
        cli("audit", "a.glb", *DECLARED, "--baseline", "first", "--format", form, "--output", "second")
        assert cli("audit", "a.glb", *DECLARED, "--baseline", "second").code == 0


def test_a_review_that_became_a_fail_gates(cli, folder):
    assert cli("audit", "a.glb", "--format", "json", "--output", "base").code == 0
    assert cli("audit", "a.glb", *DECLARED, "--baseline", "base").code == 1


def test_the_suppressed_are_told_in_every_format(cli, folder):
    cli("audit", "a.glb", *DECLARED, "--format", "json", "--output", "base")
    ran = cli("audit", "a.glb", *DECLARED, "--baseline", "base", "--format", "sarif")
    results = ran.json["runs"][0]["results"]
    assert {bool(one.get("suppressions")) for one in results if one["kind"] in ("fail", "review")} == {True}
    assert ",baseline," in cli("audit", "a.glb", *DECLARED, "--baseline", "base", "--format", "csv").out
    assert "in the baseline: " in cli("audit", "a.glb", *DECLARED, "--baseline", "base", "--lang", "en").out
    assert cli("audit", "a.glb", *DECLARED, "--baseline", "base", "--format", "github").out == ""


def test_a_report_under_a_baseline_fits_the_schema(cli, folder):
    import jsonschema

    cli("audit", "a.glb", *DECLARED, "--format", "json", "--output", "base")
    record = cli("audit", "a.glb", *DECLARED, "--baseline", "base", "--format", "json").json
    jsonschema.Draft202012Validator(schema("audit-1")).validate(record)
    assert any("finding" in entry for entry in record["suppressed"])


def test_findings_are_known_again_after_a_node_was_put_in(cli, folder):
    def room(*names):
        b = Builder()
        for name in names:
            b.node(name, mesh=b.mesh(shapes.box(), name=name))
        (folder / "room.glb").write_bytes(b.glb())

    room("chair")
    cli("audit", "room.glb", *DECLARED, "--format", "json", "--output", "base")
    room("lamp", "chair")
    assert cli("audit", "room.glb", *DECLARED, "--baseline", "base").code == 0


@pytest.mark.parametrize(
    ("verdict", "severity", "count", "covered"),
    [
        ("fail", "error", 3, True),
        ("fail", "warning", 3, False),
        ("review", "error", 3, False),
        ("fail", "error", 2, False),
        ("fail", "error", 9, True),
    ],
)
def test_only_what_is_no_worse_is_covered(verdict, severity, count, covered):
    now = Finding("X", Verdict.FAIL, Text("a", "b"), Severity.ERROR, count=3)
    assert Known(verdict, severity, count).covers(now) is covered


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "nonsense", '{"schema": "sceneproof.verify/1"}', '{"schema": "sceneproof.audit/1"}', '{"runs": 3}',
     '{"schema": "sceneproof.audit/1", "suppressed": [], '
     '"findings": [{"verdict": "fail", "severity": "error", "count": 1}]}'],
)  # fmt: skip
def test_what_is_no_baseline_is_a_usage_error_that_names_the_file(tmp_path, content):
    path = tmp_path / "base"
    path.write_text(content)
    with pytest.raises(UsageError, match=r"base: (is no|holds findings without)"):
        read(str(path))


def test_a_baseline_that_is_not_there_is_wrong_usage(cli, folder):
    ran = cli("audit", "a.glb", "--baseline", "none.json")
    assert (ran.code, ran.out) == (2, "")
    assert "none.json: baseline cannot be read" in ran.err


def test_the_sarif_of_another_tool_covers_nothing(tmp_path):
    path = tmp_path / "other.sarif"
    run = {"tool": {"driver": {"name": "other"}}, "results": [{"kind": "fail", "level": "error"}]}
    path.write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    assert dict(read(str(path))) == {}
