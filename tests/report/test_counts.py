"""The headline counts rules, says what the gate lets through, and a run of several ends with what they come to."""

from __future__ import annotations

import pytest

from sceneproof.findings import Receipt, Report, Verification
from sceneproof.report._shown import Shown
from sceneproof.report.console import plain, text

from ._samples import AUDIT_ERROR, ERROR, MARKS_NOTHING, UNREAD, VERIFY, finding, receipt, report, verification

SEVERAL = [
    finding("R-1", "pass"),
    finding("R-1", "fail", "warning", pointer="/nodes/1"),
    finding("R-1", "fail", "info", pointer="/nodes/2"),
    finding("R-2", "notApplicable"),
    finding("R-2", "pass"),
    finding("R-3", "review", "info"),
    finding("R-4", "pass"),
    finding("FILE", "review", "info"),
]


def shown(findings, gate=None):
    audit = report(findings=findings, coverage={"rules_run": 4, "rules_total": 4})
    return plain(audit, lang="en", gate=gate).splitlines()


def test_each_rule_counts_once_by_its_worst_verdict_and_the_counts_add_up_to_the_rules_that_ran():
    lines = shown(SEVERAL)
    assert lines[1] == "1 fail · 1 for review · 2 pass · 0 not applicable"
    assert lines[2] == "4 of 4 rules ran; 1 note on the file"
    assert "fail: 1 (2 findings)" in lines
    assert "for review: 1 (2 findings)" in lines
    assert lines[lines.index("pass: 2") + 1] == "  R-2, R-4"
    assert not any(line.startswith("not applicable") for line in lines)


@pytest.mark.parametrize(
    ("gate", "line"),
    [
        ("error", "1 fail below --fail-on error"),
        ("never", "1 fail below --fail-on never"),
        ("warning", None),
        ("info", None),
        (None, None),
    ],
)
def test_a_fail_below_the_gate_is_told_next_to_the_verdict(gate, line):
    lines = shown(SEVERAL, gate)
    assert (lines[2] if line else None) == line
    assert sum("--fail-on" in entry for entry in lines) == bool(line)


def test_a_clean_audit_has_nothing_below_the_gate():
    assert not any("--fail-on" in line for line in shown([finding("R-4", "pass")], "error"))


def test_audits_end_with_how_many_fail_wait_are_clean_and_unreadable():
    results = [
        report(findings=SEVERAL), report(findings=[finding("R-3", "review", "info")]),
        report(findings=[finding("R-4", "pass")]), Report(AUDIT_ERROR),
    ]  # fmt: skip
    both = text(results)
    assert both.endswith(
        "\n\n4 assets: 1 with fails, 1 for review only, 1 clean, 1 unreadable\n"
        "共 4 个资产：1 有不通过项，1 仅待人工判断，1 无问题，1 无法读取\n"
    )
    broken = report(findings=[finding("R-1", "error")])
    last = text([broken, broken], Shown("en")).splitlines()[-1]
    assert last == "2 assets: 0 with fails, 2 with rules that could not run, 0 for review only, 0 clean, 0 unreadable"


def test_one_asset_has_no_closing_line():
    assert "assets:" not in text([report()], Shown("en"))


def test_receipts_end_with_marks_verified_and_left_out():
    marks = receipt().data["marks"]
    bad = receipt(marks=marks | {"label": marks["label"] | {"verified": False}})
    last = text([receipt(), bad, Receipt(MARKS_NOTHING)], Shown("en")).splitlines()[-1]
    assert last == "3 assets: 3 marks verified, 1 marks NOT verified, 2 marks left out, 1 assets not marked"


def test_verifications_end_with_how_many_are_as_expected():
    unread = dict.fromkeys(VERIFY, None) | {
        "schema": "sceneproof.verify/1", "tool": VERIFY["tool"], "asset": UNREAD, "error": ERROR,
    }  # fmt: skip
    good, bad = verification(expected={"label": "ok"}), verification()
    last = text([good, bad, Verification(unread)], Shown("en")).splitlines()[-1]
    assert last == "3 assets: 1 as expected, 1 not as expected, 1 unreadable"
    last = text([verification(expected=None)] * 2, Shown("en")).splitlines()[-1]
    assert last == "2 assets: 2 with marks, 0 unreadable"
