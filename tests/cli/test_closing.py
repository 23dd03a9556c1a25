"""What a run says beside its results: totals of several assets, fails below the gate, a watermark that is not there."""

from __future__ import annotations

import pytest

from tests.cli._run import DECLARED

LOW = ("low.glb", "marked.glb", "broken.glb")


@pytest.mark.parametrize(
    ("verb", "last"),
    [
        (["audit", "--select", "DS-17"], "1 unreadable"),
        (["verify", "--require", "label"], "3 assets: 1 as expected, 1 not as expected, 1 unreadable"),
        (["verify"], "3 assets: 1 with marks, 1 without marks, 1 unreadable"),
        (["mark", "--output", "out", *DECLARED], "1 assets not marked"),
    ],
)
def test_several_assets_end_with_totals_on_the_console_alone(cli, work, verb, last):
    ran = cli(*verb, *LOW, "--lang", "en")
    line = ran.out.splitlines()[-1]
    assert line.startswith("3 assets: ")
    assert line.endswith(last)
    chinese = cli(*verb, *LOW, "--lang", "zh", *(["--force"] if verb[0] == "mark" else []))
    assert chinese.out.splitlines()[-1].startswith("共 3 个资产：")
    as_json = cli(*verb, *LOW, "--format", "json", *(["--force"] if verb[0] == "mark" else []))
    assert len(as_json.lines) == 3


def test_one_asset_has_no_totals_and_inspect_has_none(cli, work):
    assert "assets:" not in cli("verify", "low.glb").out
    assert "assets:" not in cli("inspect", "low.glb", "marked.glb").out


def test_a_report_file_of_several_ends_with_totals_too(cli, work):
    cli("audit", "--select", "DS-17", *LOW, "--output", "r.txt", "--lang", "en")
    assert (work / "r.txt").read_text(encoding="utf-8").splitlines()[-1].startswith("3 assets: ")


def test_fails_that_the_gate_lets_through_are_told_by_the_verdict(cli, work):
    audit = ("audit", "low.glb", *DECLARED, "--lang", "en", "--fail-on")
    passed, failed = cli(*audit, "never"), cli(*audit, "info")
    assert (passed.code, failed.code) == (0, 1)
    fails = passed.out.splitlines()[1].split()[0]
    assert int(fails) > 0
    assert passed.out.splitlines()[2].startswith(f"{fails} fail")
    assert passed.out.splitlines()[2].endswith("below --fail-on never")
    assert "below --fail-on" not in failed.out


def test_a_key_without_a_watermark_in_the_file_is_a_warning(cli, work):
    ran = cli("mark", "low.glb", "--output", "a.glb", "--key", "studio.key", *DECLARED)
    assert ran.code == 0
    assert ran.err.startswith("sceneproof: low.glb: no watermark was put in: ")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("options", [[], ["--key", "studio.key", "--marks", "label,metadata"]])
def test_a_watermark_that_nobody_asked_for_is_none(cli, work, options):
    ran = cli("mark", "low.glb", "--output", "a.glb", *options, *DECLARED)
    assert (ran.code, ran.err) == (0, "")
