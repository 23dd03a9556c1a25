"""Results: severities, gates, and the several ways to look at one."""

from __future__ import annotations

import sys

import pytest

import sceneproof as sp
from sceneproof.errors import MissingExtraError, UsageError
from sceneproof.findings import Finding, Receipt, Report, Severity, Text, Verdict, Verification

T = Text("x", "某")


def report(*found: tuple[Verdict, Severity | None], error: object = None) -> Report:
    made = tuple(Finding(f"R-{i}", verdict, T, severity) for i, (verdict, severity) in enumerate(found))
    return Report({"asset": {"uri": "a.glb"}, "error": error}, made)


def test_severities_are_ordered_and_lowered_one_step():
    assert [s.rank for s in (Severity.ERROR, Severity.WARNING, Severity.INFO)] == [0, 1, 2]
    assert [s.lower() for s in Severity] == [Severity.WARNING, Severity.INFO, Severity.INFO]


@pytest.mark.parametrize(
    ("verdict", "severity", "fail_on", "with_review", "code"),
    [
        ("fail", "error", "error", False, 1),
        ("fail", "warning", "error", False, 0),
        ("fail", "warning", "warning", False, 1),
        ("fail", "info", "warning", False, 0),
        ("fail", "info", "info", False, 1),
        ("fail", "error", "never", True, 0),
        ("review", "error", "error", False, 0),
        ("review", "error", "error", True, 1),
        ("review", "warning", "error", True, 0),
        ("pass", None, "info", True, 0),
        ("notApplicable", None, "info", True, 0),
        ("error", None, "never", False, 3),
    ],
)
def test_the_gate(verdict, severity, fail_on, with_review, code):
    made = report((Verdict(verdict), Severity(severity) if severity else None))
    assert made.exit_code(fail_on, fail_on_review=with_review) == code


def test_an_error_outranks_a_fail():
    made = report((Verdict.FAIL, Severity.ERROR), (Verdict.ERROR, None))
    assert made.exit_code() == 3
    assert not made.ok
    assert report(error={"message": "x", "pointer": ""}).exit_code("never") == 3


def test_an_unknown_gate_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'warning'"):
        report().exit_code("warn")


def test_failed_is_heaviest_first_and_review_apart():
    made = report((Verdict.FAIL, Severity.INFO), (Verdict.REVIEW, Severity.ERROR), (Verdict.FAIL, Severity.ERROR))
    assert [f.rule for f in made.failed] == ["R-2", "R-0"]
    assert [f.rule for f in made.review] == ["R-1"]


def test_left_out_names_no_mark_that_is_in():
    reason = {"en": "one mesh is packed", "zh": "某"}
    data = {"marks": {"watermark": {"verified": True}}, "left_out": [{"mark": "watermark", "reason": reason},
            {"mark": "label", "reason": reason}]}  # fmt: skip
    receipt = Receipt(data)
    assert receipt.left_out == {"label": "one mesh is packed"}
    assert [(row["mark"], row["verified"]) for row in receipt._rows()] == [("watermark", True), ("label", False)]


def test_a_receipt_of_a_failure_has_no_marks():
    receipt = Receipt({"marks": None, "left_out": None})
    assert not receipt.marks
    assert not receipt.left_out


@pytest.mark.parametrize(
    ("expected", "ok"),
    [
        (None, True),
        ({"label": "ok"}, True),
        ({"label": "ok", "metadata": "missing"}, False),
        ({"label": "damaged"}, False),
    ],
)
def test_a_verification_is_ok_when_all_that_was_expected_is(expected, ok):
    assert Verification({"expected": expected}).ok is ok


def test_a_frame_without_pandas_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"sceneproof\[frames\]"):
        report().to_frame()


def test_a_frame_has_a_row_per_finding():
    pandas = pytest.importorskip("pandas")
    frame = report((Verdict.FAIL, Severity.ERROR), (Verdict.PASS, None)).to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["verdict"]) == ["fail", "pass"]
    assert set(frame["uri"]) == {"a.glb"}


def test_the_package_offers_what_it_lists_and_nothing_else():
    for name in sp.__all__:
        assert getattr(sp, name) is not None
    assert dir(sp) == sorted(sp.__all__)
    with pytest.raises(AttributeError, match="no attribute 'audti'"):
        sp.audti  # noqa: B018
