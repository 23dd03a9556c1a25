"""JUnit: a suite per asset, a case per rule, which fails exactly when it counts for the exit code."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from sceneproof.errors import UsageError
from sceneproof.report._shown import Shown
from sceneproof.report.junit import text

from ._samples import AUDIT_ERROR, finding, receipt, report


def cases(*results, **options):
    root = ET.fromstring(text(results, Shown(**({"gate": "error"} | options))).encode())
    return {(suite.get("name"), case.get("name")): case for suite in root for case in suite}


def state(case):
    return next((tag for tag in ("failure", "error", "skipped") if case.find(tag) is not None), "passed")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_cases_end_as_their_rules_do():
    found = {name: state(case) for (_, name), case in cases(report()).items()}
    assert found == {
        "DS-17.4": "failure", "DS-16.4": "passed", "A-17": "skipped", "A-14": "skipped", "DS-16.10": "skipped",
        "DS-16.1": "passed", "DS-16.2": "passed", "DS-18.2": "passed", "DS-17.10": "skipped",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("gate", "reviews", "failing"),
    [
        ("error", False, {"DS-17.4"}),
        ("warning", False, {"DS-17.4", "DS-16.4"}),
        ("never", True, set()),
        ("error", True, {"DS-17.4", "A-17"}),
        ("info", True, {"DS-17.4", "DS-16.4", "A-17", "A-14", "DS-16.10"}),
    ],
)
def test_a_case_fails_when_the_exit_code_counts_it(gate, reviews, failing):
    found = cases(report(), gate=gate, gate_reviews=reviews)
    assert {name for (_, name), case in found.items() if state(case) == "failure"} == failing


def test_a_fail_below_the_gate_is_told():
    case = cases(report())["scenes/flat_04.glb", "DS-16.4"]
    assert "/asset/extras/AIGC/ContentProducer ×2" in case.findtext("system-out")


def test_numbers_add_up_over_suites():
    root = ET.fromstring(text([report(), AUDIT_ERROR], Shown(gate="error")).encode())
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["10", "1", "1", "4"]
    assert [suite.get("tests") for suite in root] == ["9", "1"]


def test_an_unreadable_asset_and_a_rule_that_did_not_run_are_errors():
    assert state(cases(AUDIT_ERROR)["broken.glb", "read"]) == "error"
    broken = cases(report(findings=[finding("DS-16.1", "error"), finding("DS-16.1", "fail", "error")]))
    assert state(broken["scenes/flat_04.glb", "DS-16.1"]) == "error"


def test_texts_of_a_stranger_stay_text():
    nasty = {"en": "a <b> ]]> & \x00\x1b[31m \ud800 \ufffe", "zh": "x"}
    case = cases(report(findings=[finding("DS-16.1", "fail", "error", message=nasty)]))["scenes/flat_04.glb", "DS-16.1"]
    shown = case.find("failure")
    assert "a <b> ]]> & \\x00\\x1b[31m" in shown.text
    assert len(shown) == 0


def test_other_results_are_refused():
    with pytest.raises(UsageError, match="receipt"):
        text([receipt()])
