"""CSV: a row per finding in both languages; a spreadsheet never takes a stranger's text for a formula."""

from __future__ import annotations

import csv
import io

import pytest

from sceneproof.report._shown import Shown
from sceneproof.report.csv import COLUMNS, text

from ._samples import AUDIT_ERROR, FINDINGS, finding, report


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def rows(*results, **options):
    return list(csv.DictReader(io.StringIO(text(results, Shown(**options)), newline="")))


def test_a_row_per_finding_with_both_languages():
    found = rows(report(), report())
    assert [(row["rule"], row["verdict"]) for row in found] == [(one["rule"], one["verdict"]) for one in FINDINGS] * 2
    assert found[0]["message_en"] == FINDINGS[0]["message"]["en"]
    assert found[0]["message_zh"] == FINDINGS[0]["message"]["zh"]
    assert found[0]["fix_zh"].startswith("添加标识")
    assert found[0]["clauses"] == "cn-ai-labels:meas-4-1-v cn-ai-labels:gb-5-5"
    assert found[1]["count"] == "2"


def test_the_heading_stands_even_over_nothing():
    assert text([]) == ",".join(COLUMNS) + "\r\n"


def test_an_unreadable_asset_is_a_row():
    (row,) = rows(AUDIT_ERROR)
    assert (row["asset"], row["verdict"], row["pointer"]) == ("broken.glb", "error", "/accessors/3")
    assert None not in row


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "＝", "＋", "－", "＠"])
def test_a_formula_is_text(start):
    message = {"en": f"{start}HYPERLINK(1)", "zh": "甲"}
    (row,) = rows(report(findings=[finding("X", "fail", "error", message=message)]))
    assert row["message_en"] == f"'{start}HYPERLINK(1)"
    assert row["message_zh"] == "甲"


def test_the_byte_order_mark_is_a_choice():
    assert text([report()], Shown(bom=True)).startswith("\ufeffasset,")
    assert text([report()]).startswith("asset,")


def test_what_a_baseline_covers_is_marked():
    known = finding("DS-16.4", "fail", "warning") | {"fingerprint": "ab" * 16}
    (row,) = rows(report(findings=[], suppressed=[{"rule": "DS-16.4", "why": "in the baseline", "finding": known}]))
    assert (row["suppressed"], row["fingerprint"]) == ("baseline", "ab" * 16)
