"""The text names the verdict first, every failing rule, and what was not judged; strangers' text cannot steer it."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console

from sceneproof.errors import UsageError
from sceneproof.findings import Receipt, Report, Verification
from sceneproof.report.console import plain, render, text

from ._samples import AUDIT_ERROR, FINDINGS, INSPECT, MARKS_NOTHING, finding, receipt, report, verification


def test_an_audit_begins_with_the_verdict() -> None:
    first, second, third = plain(report()).splitlines()[:3]
    assert "flat_04.glb" in first
    assert second == "2 fail · 3 for review · 3 pass · 1 not applicable"
    assert third.startswith("不通过 2")


def test_every_finding_that_fails_or_waits_is_told_in_both_languages_with_its_remedy() -> None:
    shown = plain(report())
    for entry in FINDINGS:
        assert entry["rule"] in shown
        if entry["verdict"] in ("fail", "review"):
            assert entry["message"]["en"] in shown
            assert entry["message"]["zh"] in shown
            assert all(clause in shown for clause in entry["clauses"])
    assert "/asset/extras/AIGC/ContentProducer ×2" in shown
    assert "→ Answer attest.confusing" in shown
    assert "clauses partly recalled" in shown


def test_clauses_are_cited_by_title_and_article() -> None:
    assert "Deep Synthesis Provisions, Art. 17(1)(4)" in plain(report(), lang="en")


def test_a_clause_of_a_policy_that_is_not_here_is_named_by_its_reference() -> None:
    shown = plain(report(findings=[finding("X-1", "fail", "error", clauses=["studio-policy:4"])]))
    assert "studio-policy:4" in shown


def test_the_three_tests_and_the_digital_human_are_told_apart() -> None:
    shown = plain(report(), lang="en")
    assert "Generated or edited by deep synthesis?  undecided" in shown
    assert "Open to experience or interaction?  evidence for" in shown
    assert "Digital human in the scene  unlikely" in shown
    assert "14 positive and 52 negative" in shown
    assert "texel-density = 2,140 px/m" in shown


def test_a_watermark_without_a_key_is_not_looked_for_rather_than_absent() -> None:
    shown = plain(report(), lang="en")
    assert "Watermark: not looked for: no key was given" in shown


def test_an_audit_says_what_it_did_not_judge() -> None:
    shown = plain(report(), lang="en")
    assert "9 of 9 rules ran" in shown
    assert "Whether logs are kept" in shown
    assert "No official carrier for 3D files exists" in shown
    assert "not legal advice" in shown


def test_one_language_leaves_the_other_out() -> None:
    english, chinese = plain(report(), lang="en"), plain(report(), lang="zh")
    assert "起始画面中没有显著标识" not in english
    assert "The start picture shows no label" not in chinese
    assert "起始画面中没有显著标识" in chinese
    with pytest.raises(UsageError, match="fr"):
        plain(report(), lang="fr")


def test_many_findings_of_a_rule_are_folded_and_no_rule_is_lost() -> None:
    many = [finding("DS-16.4", "fail", "warning", pointer=f"/nodes/{n}") for n in range(20_000)]
    shown = plain(report(findings=[*many, finding("DS-17.5", "fail", "info")]), lang="en")
    assert shown.splitlines()[1] == "2 fail · 0 for review · 0 pass · 0 not applicable"
    assert "fail: 2 (20,001 findings)" in shown
    assert "… and 19,996 more of DS-16.4" in shown
    assert "DS-17.5" in shown
    assert len(shown.splitlines()) < 120


def test_a_rule_that_could_not_run_is_told_first() -> None:
    shown = plain(report(findings=[finding("SIGNAL", "error")]), lang="en")
    assert "1 could not run" in shown.splitlines()[1]


def test_a_file_that_could_not_be_read_is_three_facts() -> None:
    shown = plain(Report(AUDIT_ERROR), lang="en")
    assert shown.splitlines() == [
        "Audit: broken.glb",
        "The file could not be read.",
        "  accessor 3 reaches past the end of its buffer view",
        "  where: /accessors/3",
    ]


def test_a_mark_that_failed_wrote_nothing() -> None:
    assert "Nothing was written." in plain(Receipt(MARKS_NOTHING), lang="en")


def test_a_receipt_tells_what_was_read_back_left_out_and_written() -> None:
    shown = plain(receipt(), lang="en")
    assert "2 of 2 marks read back from the written file; 1 left out" in shown
    assert "✓ Visible label: verified in the written file" in shown
    assert "ink height of the shortest side 7.1 %" in shown
    assert "it bears no watermark yet" in shown
    assert "0.0430 %" in shown
    assert "out/flat.marked.glb" in shown


def test_a_mark_that_only_some_parts_bear_is_not_left_out() -> None:
    left = [{"mark": "label", "reason": {"en": "one of two parts", "zh": "两者之一"}}]
    shown = plain(receipt(left_out=left), lang="en")
    assert shown.splitlines()[1] == "2 of 2 marks read back from the written file"
    assert "~ one of two parts" in shown
    assert "Left out" not in shown


def test_rules_left_out_are_told_with_the_reason() -> None:
    left = [{"rule": f"DS-{n}", "why": "not selected"} for n in (1, 2)] + [{"rule": "A-2", "why": "ignored by option"}]
    shown = plain(report(suppressed=left), lang="en")
    assert "not selected: DS-1, DS-2" in shown
    assert "ignored by option: A-2" in shown


def test_sizes_of_a_calibration_set_per_score() -> None:
    set_ = {"version": "3", "positives": {"immersive": 4}, "negatives": {"immersive": 120}}
    assessment = report().data["assessment"] | {"calibration": set_}
    assert "(set 3): immersive 4 / 120." in plain(report(assessment=assessment), lang="en")
    assert "not calibrated" in plain(report(assessment=assessment | {"calibration": None}), lang="en")


def test_a_mark_that_was_not_read_back_is_said_not_to_be_verified() -> None:
    marks = receipt().data["marks"]
    marks["label"]["verified"] = False
    shown = plain(receipt(marks=marks), lang="en")
    assert "✗ Visible label: NOT verified in the written file" in shown
    assert "1 of 2 marks" in shown


def test_a_verification_compares_with_what_was_expected() -> None:
    shown = plain(verification(), lang="en")
    assert shown.splitlines()[1] == "Metadata: expected, damaged"
    assert "✓ Watermark: as expected: found, payload 9c1f00d2a4b87e61" in shown
    assert "p ≤ 10^-38.4" in shown
    assert "ProduceID is empty" in shown


def test_a_verification_without_expectation_lists_what_it_found() -> None:
    nothing = {"label": {"found": False}, "metadata": {"found": False}, "watermark": None, "expected": None}
    assert "Found: visible label, metadata, watermark" in plain(verification(expected=None), lang="en")
    shown = plain(verification(**nothing), lang="en")
    assert "Found: no mark" in shown
    assert "Watermark: not looked for" in shown
    assert "Watermark: not found with the keys given" in plain(
        verification(watermark={"found": False}, expected=None), lang="en"
    )


def test_an_inspection_lists_its_figures() -> None:
    shown = plain(INSPECT, lang="en")
    assert "triangles: 104,882" in shown
    assert "size, m: 6.2 × 2.7 × 4.8" in shown
    assert "volume, m³: –" in shown


def test_a_stranger_s_text_cannot_steer_the_terminal_or_turn_around() -> None:
    hostile = "a\x1b[2J\x1b]8;;http://x\x07\u202egnp.glb\r\nfake: pass"
    shown = plain(report(asset={"uri": hostile, "sha256": None, "format": "glb", "bytes": 1}))
    first = shown.splitlines()[0]
    assert "\\x1b[2J" in first
    assert "\\u202e" in first
    assert "fake: pass" in first
    assert not any(ord(character) < 32 and character != "\n" for character in shown)


def test_very_long_text_is_cut() -> None:
    shown = plain(report(findings=[finding("X-1", "fail", "error", message={"en": "x" * 100_000, "zh": "长"})]))
    assert len(shown) < 5000
    assert "(+98800)" in shown


def test_a_terminal_gets_the_same_lines_and_brackets_stay_text() -> None:
    result = report(findings=[finding("X-1", "fail", "error", pointer="/nodes/[red]3[/red]")])
    stream = io.StringIO()
    render(result, Console(file=stream, width=200, force_terminal=False), lang="en")
    printed = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert printed == [line.rstrip() for line in plain(result, lang="en").splitlines()]
    coloured = io.StringIO()
    render(result, Console(file=coloured, width=80, force_terminal=True), lang="en")
    assert "\x1b[" in coloured.getvalue()
    assert "[red]3[/red]" in coloured.getvalue().replace("\x1b[0m", "")


def test_results_print_as_text() -> None:
    assert str(report()) == plain(report())
    assert text([report(), Verification(verification().data)]).count("No official carrier") == 2


def test_wrong_data_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="Report, Receipt, Verification"):
        plain({"schema": "other/1"})


def test_heavy_packages_stay_out_until_they_are_needed() -> None:
    code = (
        "import sys; from sceneproof.report import console, html, json, schemas;"
        "print([m for m in ('rich', 'jinja2', 'numba', 'scipy', 'jsonschema') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_receipt_names_what_was_packed_again_in_both_languages_and_folds_many() -> None:
    told = "/meshes/0/primitives/0 KHR_draco_mesh_compression 14"
    shown = plain(receipt())
    assert f"packed again: {told} bits, 120 kB → 131 kB" in shown
    assert f"重新压缩：{told} 位，120 kB → 131 kB" in shown
    entry = receipt()["reencoded"][0]
    shown = plain(receipt(reencoded=[entry | {"bits": {"POSITION": 14, "NORMAL": 10}}] * 9), lang="en")
    assert "POSITION 14, NORMAL 10 bits" in shown
    assert "… and 3 more primitives, 360 kB → 393 kB" in shown
    assert "packed again" not in plain(receipt(reencoded=[]), lang="en")
