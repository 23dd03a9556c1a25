"""`sceneproof audit`: formats, gates, several inputs."""

from __future__ import annotations

import json

import pytest

from tests.cli._run import DECLARED
from tests.makers.hostile import FILES, FOLDERS


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--fail-on-review"], 1),
        (DECLARED, 1),
        ([*DECLARED, "--fail-on", "never"], 0),
        ([*DECLARED, "--set", "role=user"], 0),
        ([*DECLARED, "--set", "role=user", "--fail-on", "warning"], 1),
        ([*DECLARED, "--set", "role=user", "--select", "DS-17.6", "--fail-on", "info"], 0),
        ([*DECLARED, "--ignore", "DS-16,DS-17"], 0),
        ([*DECLARED, "--select", "DS-17.5,A-17", "--select", "DS-17.6"], 0),
        (["--set", "origin=handmade", "--select", "DS"], 0),
    ],
)
def test_the_exit_code_in_every_format(cli, work, options, code):
    for form in ("console", "json", "html"):
        ran = cli("audit", "low.glb", "--format", form, *options)
        assert ran.code == code
        assert ran.out
        assert ran.err == ""


def test_one_asset_is_one_object_and_several_are_lines(cli, work):
    assert cli("audit", "low.glb", "--format", "json").json["asset"]["uri"] == "low.glb"
    ran = cli("audit", "low.glb", "broken.glb", "none.glb", "marked.glb", "--format", "json", "--fail-on", "never")
    assert ran.code == 3
    assert [record["asset"]["uri"] for record in ran.lines] == ["low.glb", "broken.glb", "none.glb", "marked.glb"]
    assert ["error" in record for record in ran.lines] == [False, True, True, False]
    assert len(ran.err.splitlines()) == 2


def test_a_reading_error_outranks_a_fail_and_the_findings_are_still_printed(cli, work):
    ran = cli("audit", "low.glb", "broken.glb", *DECLARED)
    assert ran.code == 3
    assert "DS-17.9" in ran.out


@pytest.mark.parametrize(("form", "start"), [("console", "Audit"), ("json", "{"), ("html", "<!")])
def test_a_report_goes_into_a_file_instead_of_stdout(cli, work, form, start):
    ran = cli("audit", "low.glb", "marked.glb", "--format", form, "--output", "report")
    assert ran.out == ""
    assert ran.err == "sceneproof: report written to report\n"
    text = (work / "report").read_text(encoding="utf-8")
    assert text.lower().startswith(start.lower())
    assert "low.glb" in text
    assert "marked.glb" in text


def test_a_file_of_several_records_holds_one_per_line(cli, work):
    cli("audit", "low.glb", "broken.glb", "--format", "json", "--output", "report.jsonl")
    lines = (work / "report.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["asset"]["uri"] for line in lines] == ["low.glb", "broken.glb"]


def test_a_page_shows_what_could_not_be_read_too(cli, work):
    ran = cli("audit", "low.glb", "broken.glb", "--format", "html")
    assert ran.code == 3
    assert "broken.glb" in ran.out


def test_folders_globs_and_lists_are_taken(cli, work):
    (work / "list").write_text("low.glb\nmarked.glb\n")
    for paths in (["@list"], ["[lm]*.glb"]):
        ran = cli("audit", *paths, "--format", "json")
        assert [record["asset"]["uri"] for record in ran.lines] == ["low.glb", "marked.glb"]
    assert len(cli("audit", ".", "--format", "json").lines) == 3


def test_one_language_can_be_asked_for(cli, work):
    english, chinese = (cli("audit", "low.glb", "--lang", lang).out for lang in ("en", "zh"))
    assert "The file holds no label" in english
    assert "文件中没有显式标识" not in english
    assert "文件中没有显式标识" in chinese
    assert "The file holds no label" not in chinese


def test_a_broken_declaration_beside_one_of_several_stops_before_the_first(cli, work):
    (work / "marked.declaration.toml").write_text('rol = "user"')
    ran = cli("audit", "low.glb", "marked.glb")
    assert ran.code == 2
    assert ran.out == ""
    assert "marked.declaration.toml: unknown declaration field 'rol'; did you mean 'role'?" in ran.err


def test_a_studio_s_own_rules_run(cli, work):
    from sceneproof import registry
    from sceneproof._audit import _local_rules
    from tests.test_audit import LOCAL

    (work / "rules").mkdir()
    (work / "rules" / "studio_1.py").write_text(LOCAL, encoding="utf-8")
    ran = cli(
        "audit", "low.glb", "--rules-dir", "rules", "--select", "STUDIO-1", "--fail-on", "info", "--format", "json"
    )
    registry._modules.cache_clear()
    _local_rules.cache_clear()
    assert ran.code == 1
    assert [finding["rule"] for finding in ran.json["findings"]] == ["STUDIO-1"]


@pytest.mark.parametrize("name", FILES)
def test_hostile_bytes_end_in_one_line_with_file_and_place(cli, work, name):
    path = work / f"{name}.glb"
    path.write_bytes(FILES[name]())
    ran = cli("audit", path.name, "--format", "json")
    assert ran.code in (0, 3)
    if ran.code == 3:
        error = ran.json["error"]
        assert error["message"].startswith(path.name)
        assert "\n" not in error["message"]
        assert ran.err == f"sceneproof: {error['message']}\n"
        assert error["pointer"] == "" or f"#{error['pointer'][:300]}" in error["message"]


@pytest.mark.parametrize("name", FOLDERS)
def test_hostile_parts_are_never_followed(cli, work, name):
    path = FOLDERS[name](work / "parts")
    ran = cli("audit", path, "--format", "json")
    assert ran.code == 3
    assert ran.json["error"]["pointer"].startswith("/buffers/0")
