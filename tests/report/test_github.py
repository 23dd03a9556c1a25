"""GitHub annotations: one command per finding, escaped so that no text can be another command."""

from __future__ import annotations

import pytest

from sceneproof.report._shown import Shown
from sceneproof.report.github import text

from ._samples import AUDIT_ERROR, finding, report


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def lines(*results, **options):
    return text(results, Shown(**({"lang": "en", "gate": "error"} | options))).splitlines()


def test_a_line_per_finding_that_fails_or_waits():
    assert [line.split(" ")[0] for line in lines(report())] == [
        "::error",
        "::warning",
        "::notice",
        "::notice",
        "::notice",
    ]
    first = lines(report())[0]
    assert first.startswith(
        "::error file=scenes/flat_04.glb,title=DS-17.4 (/cameras/0)::The start picture shows no label:"
    )
    assert first.endswith("%0A→ Add one: sceneproof mark scene.glb --output marked.glb")


def test_reviews_that_gate_weigh_as_they_do():
    found = lines(report(), gate="warning", gate_reviews=True)
    assert [line.split(" ")[0] for line in found] == ["::error", "::warning", "::error", "::warning", "::notice"]


def test_errors_are_errors():
    assert lines(AUDIT_ERROR)[0].startswith("::error file=broken.glb,title=unreadable::accessor 3")
    assert lines(report(findings=[finding("SIGNAL", "error")]))[0].startswith("::error ")


def test_no_text_of_a_stranger_becomes_a_command_or_a_field():
    nasty = {"en": "100%\r\n::error::x", "zh": ""}
    made = finding("X", "fail", "error", message=nasty, pointer="/extras/a,line=1::b")
    data = report(findings=[made], asset={"uri": "a,b:c%.glb", "sha256": None, "format": None, "bytes": None})
    (line,) = lines(data)
    assert line.startswith("::error file=a%2Cb%3Ac%25.glb,title=X (/extras/a%2Cline=1%3A%3Ab)::100%25")
    assert line.count("::error") == 2  # the second stands inside the message
    assert "\r" not in line


def test_both_languages_stand_in_one_annotation():
    assert "%0A起始画面" in lines(report(), lang="both")[0]


def test_nothing_to_say_is_nothing():
    assert lines(report(findings=[finding("X", "pass")])) == []
