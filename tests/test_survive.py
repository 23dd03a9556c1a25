"""Marks through tools: small Python programs that copy, change, crash, hang, or write nothing or nonsense."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import sceneproof as sp
from sceneproof.errors import InputError, MarkError, UsageError
from sceneproof.report.json import dumps
from sceneproof.report.schemas import schema
from tests._marked import SECRET, bytes_of, declared, dense, edited, low, marked, marked_low

COPY = "import sys, shutil; shutil.copyfile(sys.argv[1], sys.argv[2])"


def tool(code: str, *words: str) -> str:
    """A chain that runs Python code; `words` default to the two files."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {' '.join(words or ('{in}', '{out}'))}"


def survive(asset: Any, *chains: str, **options: Any) -> sp.Survival:
    """A result that fits its schema and is told in both languages."""
    result = sp.survive(asset, chains, **options)
    read = json.loads(dumps(result))
    jsonschema.Draft202012Validator(schema(read["schema"])).validate(read)
    for step in read["steps"]:
        if step["failure"]:
            assert step["failure"]["message"]["en"] != step["failure"]["message"]["zh"]
    assert str(result)
    assert result._repr_html_().startswith("\n<div") or "<div" in result._repr_html_()
    return result


def through(*chains: str, **options: Any) -> sp.Survival:
    """A marked box, without a watermark, through chains."""
    return survive(bytes_of(marked_low()), *chains, **options)


def failure(result: sp.Survival, step: int = 0) -> tuple[str, str | None]:
    row = result["steps"][step]
    assert row["state"] == "failed"
    assert row["outcome"] == dict.fromkeys(("label", "metadata", "watermark", "credential"))
    assert result.exit_code() == 3
    return row["failure"]["reason"], row["failure"]["line"]


# What lives, and what does not


def test_every_mark_lives_through_a_copy_and_the_watermark_bears_the_same_payload():
    result = survive(bytes_of(marked()), tool(COPY), key=SECRET, expect=marked(), effort="quick")
    assert result["start"]["how"] == "given"
    assert result.survived == {"label": True, "metadata": True, "watermark": True, "credential": None}
    [step] = result["steps"]
    assert step["watermark"]["payload"] == marked()["payload"] == result["start"]["payload"]
    assert step["asset"]["sha256"] == marked()["asset"]["after"]["sha256"]
    assert step["before"] == step["counts"]
    assert result.ok


def test_an_asset_without_marks_is_marked_for_the_test_and_stays_as_it_is(tmp_path):
    path = tmp_path / "dense.glb"
    path.write_bytes(dense())
    result = survive(path, tool(COPY), key=SECRET, settings=["origin=ai-generated"], effort="quick")
    assert result["start"]["how"] == "marked"
    assert result.survived["watermark"] is True
    assert result["start"]["payload"] == result["asset"]["sha256"][:16]  # no producer and content id to derive one from
    assert [entry["mark"] for entry in result["start"]["left_out"]] == ["metadata"]
    assert path.read_bytes() == dense()
    assert [entry.name for entry in tmp_path.iterdir()] == ["dense.glb"]


def test_a_step_that_loses_one_mark_is_named_and_a_required_one_decides_the_exit_code():
    def strip(gltf: dict[str, Any]) -> None:
        gltf["asset"].pop("extras", None)
        gltf.pop("extensions", None)
        gltf["extensionsUsed"] = []

    bare = edited(bytes_of(marked_low()), strip).hex()
    lose = tool(f"import sys; open(sys.argv[2], 'wb').write(bytes.fromhex('{bare}'))")
    result = through(tool(COPY), lose)
    assert [step["outcome"]["metadata"] for step in result["steps"]] == ["ok", "missing"]
    assert result.survived["metadata"] is False
    assert result.survived["label"] is True
    assert result.survived["watermark"] is None
    assert result.exit_code() == 0  # nothing was required
    assert through(lose, require=["metadata"]).exit_code() == 1
    assert through(lose, require=["label"]).exit_code() == 0


def test_an_altered_mark_is_neither_whole_nor_lost():
    other = sp.mark(low(), declaration=declared(content_id="B-0002"), label_text="人工智能合成")
    swap = tool(f"import sys; open(sys.argv[2], 'wb').write(bytes.fromhex('{bytes_of(other).hex()}'))")
    [step] = through(swap)["steps"]
    assert step["outcome"]["label"] == step["outcome"]["metadata"] == "damaged"
    assert through(swap, require=["label"]).exit_code() == 1


def test_a_mark_that_the_receipt_states_and_the_file_lacks_is_lost_from_the_start():
    result = survive(low(), tool(COPY), expect=marked_low(), require=["label"])
    assert result["start"]["outcome"]["label"] == "missing"
    assert result.survived["label"] is False
    assert result.exit_code() == 1


def test_options_of_marking_mark_an_asset_again_although_it_bears_marks():
    result = through(tool(COPY), declaration=declared(content_id="C-3"), marks=["metadata"])
    assert result["start"]["how"] == "marked"
    assert result["steps"][0]["metadata"]["aigc"]["ProduceID"] == "C-3"


def test_a_receipt_and_options_of_marking_contradict_each_other():
    with pytest.raises(UsageError, match="contradict"):
        through(tool(COPY), expect=marked_low(), strength="R")


def test_nothing_to_test_is_an_error_and_no_tool_is_run(tmp_path):
    told = tool(f"import sys; open({str(tmp_path / 'ran')!r}, 'w').write(sys.argv[1] + sys.argv[2])")
    with pytest.raises(MarkError, match="no mark can be put in"):
        sp.survive(low(), told, marks=["watermark"], key=SECRET)
    with pytest.raises(InputError):
        sp.survive(b"nonsense", told)
    assert not list(tmp_path.iterdir())


# Order


def test_chains_follow_each_other_or_each_begins_with_the_marked_file():
    grow = tool("import sys; d = open(sys.argv[1], 'rb').read(); open(sys.argv[2], 'wb').write(d + b'....')")

    def sizes(*chains: str, **options: Any) -> list[int]:
        result = through(*chains, **options)
        return [step["asset"]["bytes"] - result["start"]["asset"]["bytes"] for step in result["steps"]]

    assert sizes(grow, grow) == [4, 8]
    assert sizes(grow, grow, each=True) == [4, 4]
    assert sizes(f"{grow} && {grow}", grow, each=True) == [4, 8, 4]
    result = through(f"{grow} && {grow}", grow, each=True)
    assert [(step["step"], step["chain"]) for step in result["steps"]] == [(1, 1), (2, 1), (3, 2)]


def test_what_follows_a_failure_is_not_run_but_another_chain_is():
    crash = tool("raise SystemExit('out of cheese')")
    states = [step["state"] for step in through(crash, tool(COPY), tool(COPY))["steps"]]
    assert states == ["failed", "not_run", "not_run"]
    result = through(f"{tool(COPY)} && {crash} && {tool(COPY)}", tool(COPY), each=True)
    assert [step["state"] for step in result["steps"]] == ["ok", "failed", "not_run", "ok"]
    assert result.survived["label"] is None  # one chain has no end
    assert "3 (" not in str(result).splitlines()[1]


def test_a_mark_that_one_of_several_chains_loses_is_lost():
    lose = tool(f"import sys; open(sys.argv[2], 'wb').write(bytes.fromhex('{low().hex()}'))")
    assert through(lose, tool(COPY), each=True).survived["label"] is False
    assert through(tool(COPY), lose, each=True).survived["label"] is False


# What fails


def test_a_tool_that_crashes_is_a_row_with_the_last_line_of_its_error():
    result = through(tool("print('hello'); raise ValueError('no\\x1b[31m teapot')"))
    assert failure(result) == ("exit", "ValueError: no teapot")
    assert result["steps"][0]["failure"]["exit_code"] == 1
    assert "ValueError: no teapot" in str(result)


def test_the_version_that_node_prints_last_tells_nothing():
    said = "Error: no such verb\\n    at main (cli.js:3)\\n\\nNode.js v20.1.0"
    code = f"import sys; print('{said}', file=sys.stderr); exit(1)"
    assert failure(through(tool(code))) == ("exit", "Error: no such verb")


def test_files_of_the_test_are_called_by_their_places_in_what_a_tool_says():
    code = "import sys; exit('cannot turn %s into %s' % tuple(sys.argv[1:]))"
    assert failure(through(tool(code))) == ("exit", "cannot turn {in} into {out}")


def test_a_tool_that_only_speaks_on_its_output_is_quoted_from_there():
    assert failure(through(tool("print('bad option'); exit(9)"))) == ("exit", "bad option")


def test_a_tool_that_writes_nothing_is_a_row_and_what_it_wrote_instead_is_named():
    assert failure(through(tool("print('done')"))) == ("nothing", "done")
    result = through(tool("import sys; open(sys.argv[2] + '.obj', 'w').write('v')"))
    assert failure(result)[0] == "nothing"
    assert "it wrote asset.glb.obj" in result["steps"][0]["failure"]["message"]["en"]
    assert failure(through(tool("import sys; open(sys.argv[2], 'w')")))[0] == "nothing"


@pytest.mark.parametrize("code", ["b'garbage' * 99", "b'glTF' + bytes(40)", "open(sys.argv[1], 'rb').read()[:-80]"])
def test_output_that_cannot_be_read_is_a_row(code):
    assert failure(through(tool(f"import sys; open(sys.argv[2], 'wb').write({code})")))[0] == "unreadable"


def test_a_tool_that_hangs_is_stopped_with_all_its_processes(tmp_path):
    trace = tmp_path / "alive"
    child = f"import time\nwhile True: open({str(trace)!r}, 'a').write('x'); time.sleep(.05)"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"
    started = time.monotonic()
    result = through(tool(code), time_limit=2.5)
    assert failure(result)[0] == "time"
    assert result["steps"][0]["failure"]["exit_code"] is None
    assert time.monotonic() - started < 30
    if os.name == "posix":
        assert trace.exists()
        time.sleep(0.3)
        size = trace.stat().st_size
        time.sleep(0.5)
        assert trace.stat().st_size == size


def test_a_tool_that_asks_gets_no_answer_and_one_that_never_stops_talking_fills_nothing():
    assert failure(through(tool("input('overwrite? ')"))) == ("exit", "EOFError: EOF when reading a line")
    chatter = "import sys\nfor n in range(200000): print('x' * 50, n)\n" + COPY
    assert through(tool(chatter)).survived["label"] is True


def test_a_child_that_is_left_behind_does_not_hold_the_run_up():
    leave = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)']); "
    started = time.monotonic()
    through(tool(leave + COPY))
    assert time.monotonic() - started < 7.5


@pytest.mark.parametrize("code", ["open(sys.argv[1], 'wb').write(b'x')", "import os; os.remove(sys.argv[1])"])
def test_a_tool_that_spoils_its_input_fails_and_spoils_no_other_chain(code):
    spoil = tool(f"import sys, shutil; shutil.copyfile(sys.argv[1], sys.argv[2]); {code}")
    result = through(spoil, tool(COPY), each=True)
    assert failure(result)[0] == "input"
    assert result["steps"][1]["outcome"]["label"] == "ok"


@pytest.mark.skipif(os.name != "posix", reason="a file without a known format starts on POSIX systems alone")
def test_a_program_that_cannot_be_started_is_a_row(tmp_path):
    program = tmp_path / "tool"
    program.write_bytes(b"\x7fELFnonsense")
    program.chmod(0o755)
    assert failure(through(f"{shlex.quote(str(program))} {{in}} {{out}}"))[0] == "start"


# Chains that cannot be meant


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("", "chain 1 is empty"),
        ("   ", "chain 1 is empty"),
        ("python3", "{in} is missing"),
        ("python3 {in}", "{out} is missing"),
        ("python3 {out}", "{in} is missing"),
        ("python3 {input} {out}", "unknown placeholder '{input}'; did you mean '{in}'?"),
        ("python3 {in} {out} {tmp}", "unknown placeholder '{tmp}'"),
        ("python3 {in} {out} {out.}", "unknown placeholder '{out.}'"),
        ("python3 {in} {out.obj} {out.ply}", "different endings"),
        ("python3 '{in} {out}", "no closing quotation"),
        ("python3 {in} {out} &&", "names no tool before or after &&"),
        ("&& python3 {in} {out}", "names no tool before or after &&"),
        ("'' {in} {out}", "names no tool"),
        ("python3 {in} > {out}", "no shell reads it, so '>' does nothing"),
        ("cat {in} | tee {out}", "no shell reads it, so '|' does nothing"),
        ("{in} {out}", "a tool's name is needed first"),
        ("no-such-tool-here -i {in} -o {out}", "no-such-tool-here: no such tool; install it"),
        ("./no/such/tool {in} {out}", "./no/such/tool: no such tool"),
        ("python3 {in} {out} \0", "a zero byte"),
    ],
)
def test_a_slip_in_a_chain_is_one_line_before_anything_is_run(chain, message, tmp_path):
    with pytest.raises(UsageError) as caught:
        sp.survive(tmp_path / "never read.glb", [tool(COPY), chain] if chain.strip() else chain)
    assert message.removeprefix("chain 1 ") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_chain_and_values_that_do_not_exist_are_named(tmp_path):
    for chains, options, message in (
        ([], {}, "no chain was given"),
        ([tool(COPY)], {"time_limit": 0}, "time limit of 0 seconds"),
        ([tool(COPY)], {"time_limit": float("nan")}, "time limit of nan seconds"),
        ([tool(COPY)], {"effort": "dep"}, "did you mean 'deep'?"),
        ([tool(COPY)], {"require": ["watermark"]}, "no key to look with"),
        ([tool(COPY)], {"require": ["lable"]}, "did you mean 'label'?"),
        ([tool(COPY)], {"keep": tmp_path / "a" / "b"}, "no such folder"),
    ):
        with pytest.raises(UsageError) as caught:
            sp.survive(low(), chains, **options)
        assert message in str(caught.value)


def test_placeholders_inside_words_doubled_braces_and_other_braces():
    code = "import sys, json; i, o = sys.argv[1][5:], sys.argv[2][6:]; assert json.loads(sys.argv[3]) == {'a': {}}; "
    code += "assert sys.argv[4] == '{in}' + chr(123) + '}'; import shutil; shutil.copyfile(i, o)"
    words = ("--in={in}", "--out={out}", shlex.quote('{"a": {}}'), "'{{in}}{}'")
    result = through(tool(code.replace("'{in}'", "'{{in}}'"), *words))
    assert result.ok, result["steps"][0]["failure"]


def test_a_shown_command_is_what_was_given():
    [step] = through(tool(COPY))["steps"]
    assert step["command"] == tool(COPY)
    assert step["tool"] == Path(sys.executable).stem.replace(".", "_")


# Files


@pytest.mark.parametrize("name", ["my scene.glb", "-o.glb", "{in}.glb", "a;b&c%PATH%.glb", "场景.glb", "..glb"])
def test_names_that_a_tool_could_misread_are_made_plain(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(bytes_of(marked_low()))
    check = "import os, re; n = os.path.basename(sys.argv[1]); assert re.fullmatch(r'[\\w][\\w.-]*', n), n; "
    code = COPY.replace("; ", "; " + check, 1)
    result = survive(f"./{name}", tool(code), keep="kept folder")
    assert result.ok, result["steps"][0]["failure"]
    assert result["asset"]["uri"] == f"./{name}"
    assert result["steps"][0]["asset"]["uri"].startswith("kept folder")


def test_kept_files_lie_in_numbered_folders_and_nothing_else_is_left(tmp_path):
    keep = tmp_path / "kept"
    result = through(tool(COPY), tool("exit(1)"), keep=keep)
    stem = Path(sys.executable).stem.replace(".", "_")
    assert sorted(path.name for path in keep.iterdir()) == ["0-marked", f"1-{stem}", f"2-{stem}"]
    assert Path(result["steps"][0]["asset"]["uri"]).read_bytes() == bytes_of(marked_low())
    assert sp.verify(result["start"]["asset"]["uri"], expect=marked_low()).ok
    with pytest.raises(UsageError, match="is not empty"):
        through(tool(COPY), keep=keep)
    with pytest.raises(MarkError):
        sp.survive(low(), tool(COPY), marks=["watermark"], keep=tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_output_of_another_format_and_an_input_under_another_ending(tmp_path):
    code = "import sys; open(sys.argv[2], 'w').write('v 0 0 0\\nv 1 0 0\\nv 0 1 0\\nf 1 2 3\\n')"
    [step] = through(tool(code, "{in}", "{out.obj}"))["steps"]
    assert step["asset"]["format"] == "obj"
    assert step["counts"]["triangles"] == 1
    assert step["outcome"]["metadata"] == "missing"
    path = tmp_path / "avatar.vrm"
    path.write_bytes(bytes_of(marked_low()))
    code = (
        "import sys, shutil; a, b = sys.argv[1:]; assert a.endswith('.glb') and b.endswith('.vrm'); shutil.copy(a, b)"
    )
    result = survive(path, tool(code, "{in.glb}", "{out}"))
    assert result["steps"][0]["asset"]["format"] == "vrm"
    assert result.ok


def test_a_format_that_is_not_read_here_is_handed_on():
    chain = f"{tool(COPY, '{in}', '{out.fbx}')} && {tool(COPY, '{in}', '{out.glb}')}"
    first, second = (result := through(chain, require=["label"]))["steps"]
    assert (first["state"], first["asset"]) == ("unread", None)
    assert second["outcome"]["label"] == "ok"
    assert result.ok
    assert through(tool(COPY, "{in}", "{out.fbx}"), require=["label"]).exit_code() == 1


def test_parts_and_sidecars_travel_with_the_marked_file(tmp_path):
    from tests.makers._pack import unpack_glb

    gltf, binary = unpack_glb(bytes_of(marked_low()))
    gltf["buffers"][0]["uri"] = "scene.bin"
    (tmp_path / "scene.gltf").write_text(json.dumps(gltf))
    (tmp_path / "scene.bin").write_bytes(binary)
    code = (
        "import sys, shutil, os; a, b = map(os.path.dirname, sys.argv[1:]); shutil.copytree(a, b, dirs_exist_ok=True)"
    )
    assert survive(tmp_path / "scene.gltf", tool(code)).survived["metadata"] is True


def test_results_become_frames():
    pytest.importorskip("pandas")
    frame = through(tool(COPY)).to_frame()
    assert list(frame["step"]) == [0, 1]
    assert list(frame["label"]) == ["ok", "ok"]
    assert len(set(frame["triangles"])) == 1
