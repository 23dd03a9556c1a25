"""SARIF: verdicts are kinds, severities of fails are levels, clauses are taxa, and every index leads where it says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from sceneproof.errors import UsageError
from sceneproof.report._shown import Shown
from sceneproof.report.sarif import text

from ._samples import AUDIT_ERROR, FINDINGS, finding, report, verification
from ._sarif import LOG

PRINT = "0123456789abcdef" * 2
OFFICIAL = json.loads(Path(__file__).with_name("schemas").joinpath("sarif-2.1.0.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_of(*results, **options):
    log = json.loads(text(results, Shown(**options)))
    jsonschema.Draft202012Validator(OFFICIAL).validate(log)
    jsonschema.Draft202012Validator(LOG).validate(log)  # what the text of the standard asks beyond its schema
    return log["runs"][0]


def asset(uri):
    return {"uri": uri, "sha256": "3f1c" * 16, "format": "glb", "bytes": 5}


def test_every_finding_is_a_result_by_its_verdict_and_severity():
    results = run_of(report())["results"]
    assert [(one["ruleId"], one["kind"]) for one in results] == [(one["rule"], one["verdict"]) for one in FINDINGS]
    assert [one["level"] for one in results] == ["error", "warning", *["none"] * 7]
    assert results[2]["properties"]["severity"] == "error"


def test_indices_lead_to_the_rule_the_asset_and_the_clause():
    run = run_of(report(), report(asset=asset("b.glb")))
    rules, taxonomies = run["tool"]["driver"]["rules"], run["taxonomies"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        place = one["locations"][0]["physicalLocation"]["artifactLocation"]
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
    references = [taxon for one in run["results"] for taxon in one["taxa"]]
    references += [link["target"] for rule in rules for link in rule["relationships"]]
    for taxon in references:
        taxonomy = taxonomies[taxon["toolComponent"]["index"]]
        assert taxonomy["name"] == taxon["toolComponent"]["name"]
        assert taxonomy["taxa"][taxon["index"]]["id"] == taxon["id"]
    assert {one["uri"] for one in (entry["location"] for entry in run["artifacts"])} == {"scenes/flat_04.glb", "b.glb"}


def test_rules_are_explained_in_both_languages():
    rules = {rule["id"]: rule for rule in run_of(report())["tool"]["driver"]["rules"]}
    assert "Label in the start picture" in rules["DS-17.4"]["fullDescription"]["text"]
    assert "起始画面显示标识" in rules["DS-17.4"]["fullDescription"]["text"]
    assert "How to fix" in rules["DS-17.4"]["help"]["text"]
    assert "起始画面显示标识" in rules["DS-17.4"]["help"]["text"]
    clauses = {taxon["id"]: taxon for taxonomy in run_of(report())["taxonomies"] for taxon in taxonomy["taxa"]}
    assert "Art. 17(1)(4)" in clauses["17-1-4"]["shortDescription"]["text"]


def test_places_are_relative_uris_and_json_pointers(here):
    location = run_of(report(asset=asset("scenes/椅 子#1.glb")))["results"][0]["locations"][0]
    place = location["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "scenes/%E6%A4%85%20%E5%AD%90%231.glb"
    assert place["uriBaseId"] == "%SRCROOT%"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "/cameras/0"
    inside = run_of(report(asset=asset(str(here / "a.glb"))))["artifacts"][0]["location"]
    assert inside == {"uri": "a.glb", "uriBaseId": "%SRCROOT%"}
    outside = run_of(report(asset=asset(str(here.parent / "a.glb"))))["artifacts"][0]["location"]
    assert outside == {"uri": (here.parent / "a.glb").as_uri()}


def test_fingerprints_and_suppressions_are_carried():
    known = finding("DS-16.4", "fail", "warning") | {"fingerprint": PRINT}
    run = run_of(report(findings=[], suppressed=[{"rule": "DS-16.4", "why": "in the baseline", "finding": known}]))
    (result,) = run["results"]
    assert result["partialFingerprints"] == {"sceneproof/1": PRINT}
    assert result["suppressions"][0]["kind"] == "external"
    assert "suppressions" not in run_of(report())["results"][0]


def test_what_could_not_be_read_or_run_is_a_notification_and_no_result():
    broken = report(findings=[finding("SIGNAL", "error"), finding("DS-16.1", "pass")])
    run = run_of(AUDIT_ERROR, broken)
    (invocation,) = run["invocations"]
    unread, not_run = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert unread["message"]["text"].startswith("accessor 3")
    assert unread["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "/accessors/3"
    assert not_run["associatedRule"]["id"] == "SIGNAL"
    assert [one["ruleId"] for one in run["results"]] == ["DS-16.1"]
    assert run_of(report())["invocations"][0]["executionSuccessful"] is True


def test_the_language_is_chosen():
    assert run_of(report(), lang="en")["results"][0]["message"]["text"].startswith("The start picture")
    assert "起始画面" in run_of(report(), lang="zh")["results"][0]["message"]["text"]
    assert run_of(report(), lang="zh")["language"] == "zh-CN"


def test_other_results_and_no_results():
    with pytest.raises(UsageError, match="verify"):
        text([verification()])
    assert run_of()["results"] == []


def test_the_check_refuses_what_the_standard_does():
    log = json.loads(text([report()]))
    log["runs"][0]["results"][2]["level"] = "warning"  # a review
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(LOG).validate(log)
