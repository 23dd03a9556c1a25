"""``survive`` on the command line: the table, JSON that fits, exit codes, one line for what cannot be meant."""

from __future__ import annotations

import json
import shlex
import sys

import jsonschema
import pytest

from sceneproof.report.schemas import schema

PYTHON = shlex.quote(sys.executable)
COPY = f"{PYTHON} -c 'import sys, shutil; shutil.copyfile(*sys.argv[1:])' {{in}} {{out}}"
CRASH = f"{PYTHON} -c 'raise SystemExit(\"out of cheese\")' {{in}} {{out}}"


def test_the_table_says_what_lived_through_each_step_in_both_languages(cli, work):
    for lang, words in (
        ("en", ("Whole at the end: visible label, metadata", "✓ visible", "✓ valid", "· no key", "triangles")),
        ("zh", ("最终完好：显式标识、元数据标识", "✓ 可见", "✓ 有效", "· 无密钥", "三角形")),
    ):
        ran = cli("survive", "marked.glb", "--chain", COPY, "--lang", lang)
        assert ran.code == 0, ran.err
        assert all(word in ran.out for word in words)
        assert sum("✓" in line for line in ran.out.splitlines()) == 2


@pytest.mark.parametrize(("lang", "head"), [("en", "command"), ("zh", "命令"), ("both", "command 命令")])
def test_the_commands_stand_in_one_column_in_every_language(cli, work, lang, head):
    ran = cli("survive", "marked.glb", "--chain", COPY, "--chain", CRASH, "--chain", COPY, "--lang", lang)
    assert ran.code == 3
    assert "out of cheese" in ran.out
    lines = ran.out.splitlines()
    column = next(wide(line.removesuffix(head)) for line in lines if line.endswith(head))
    steps = [line for line in lines if sys.executable in line]
    assert {wide(line[: line.index(PYTHON)]) for line in steps} == {column}
    assert [line[0] for line in steps] == ["1", "2", "3"]


def wide(text: str) -> int:
    """Columns of a terminal."""
    return len(text) + sum(ord(character) >= 0x2E80 for character in text)


def test_json_fits_its_schema_for_good_and_bad_input(cli, work):
    for arguments, code in (
        (["marked.glb", "--chain", COPY], 0),
        (["low.glb", "--chain", COPY, "--set", "origin=ai-generated"], 0),
        (["marked.glb", "--chain", CRASH, "--each", "--chain", COPY], 3),
        (["marked.glb", "--chain", COPY, "--require", "watermark", "--key", "studio.key"], 1),
        (["broken.glb", "--chain", COPY], 3),
        (["none.glb", "--chain", COPY], 3),
        (["low.glb", "--chain", COPY, "--marks", "watermark", "--key", "studio.key"], 1),
    ):
        ran = cli("survive", *arguments, "--format", "json")
        assert ran.code == code, (arguments, ran.err)
        jsonschema.Draft202012Validator(schema(ran.json["schema"])).validate(ran.json)
        assert ran.json["asset"]["uri"] == arguments[0]
    assert "no mark can be put in" in ran.json["error"]["message"]


def test_an_unreadable_asset_is_one_line_and_no_tool_is_run(cli, work):
    ran = cli("survive", "broken.glb", "--chain", COPY)
    assert ran.code == 3
    assert ran.err.startswith("sceneproof: broken.glb")
    assert "No tool was run." in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--chain", "cp {in}"], "{out} is missing"),
        (["--chain", ""], "is empty"),
        (["--chain", "no-such-tool {in} {out}"], "no-such-tool: no such tool"),
        (["--chain", COPY, "--time-limit", "-1"], "time limit of -1.0 seconds"),
        (["--chain", COPY, "--payload", "xyz"], "hexadecimal digits"),
        (["--chain", COPY, "--require", "watermark"], "give --key FILE"),
        (["--chain", COPY, "--effort", "hard"], "unknown effort 'hard'"),
        (["--chain", COPY, "--expect", "none.json"], "none.json: receipt cannot be read"),
        (["--chain", COPY, "--keep", "none/kept"], "none: no such folder"),
        (["--chain", COPY, "--keep", "."], ".: is not empty"),
        (["--chain", COPY, "--key", "none.key"], "none.key: no such key file"),
    ],
)
def test_wrong_usage_is_one_line(cli, work, arguments, message):
    ran = cli("survive", "marked.glb", *arguments)
    assert ran.code == 2
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not ran.out


def test_a_chain_is_needed(cli, work):
    ran = cli("survive", "marked.glb")
    assert ran.code == 2
    assert "--chain" in ran.err


def test_a_path_with_a_dash_and_blanks(cli, work):
    (work / "-my scene.glb").write_bytes((work / "marked.glb").read_bytes())
    ran = cli("survive", "--chain", COPY, "--format", "json", "--keep", "kept files", "--", "-my scene.glb")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["start"]["asset"]["uri"].replace("\\", "/") == "kept files/0-marked/my_scene.glb"
