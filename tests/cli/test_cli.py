"""What every verb shares: help that costs nothing, names that are known, errors of one line, two streams."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sceneproof.cli import verbs
from tests.cli._run import apart

HEAVY = (
    "numpy",
    "numba",
    "scipy",
    "trimesh",
    "rich",
    "jinja2",
    "PIL",
    "cryptography",
    "fontTools",
    "embreex",
    "open3d",
)


def test_the_verbs_of_this_version_are_there():
    known = {"audit", "bench", "declare", "explain", "inspect", "keygen", "mark", "survive", "verify", "warmup"}
    assert set(verbs()) == known


@pytest.mark.parametrize("arguments", ["['--help']", "['audit', '--help']", "['mark', '--help']", "['--version']"])
def test_help_imports_nothing_heavy(arguments):
    script = f"""
import sys
from sceneproof.cli import main
try:
    main({arguments})
except SystemExit as ended:
    assert not ended.code
print("LOADED", *[name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["LOADED"]


def test_help_names_every_verb_and_exit_code(cli):
    ran = cli("--help")
    assert ran.code == 0
    assert all(verb in ran.out for verb in verbs())
    assert "3 an input cannot be read" in ran.out


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_has_help(cli, verb):
    ran = cli(verb, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"usage: sceneproof {verb}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audti", "low.glb"], "unknown verb 'audti'; did you mean 'audit'?"),
        (["audit", "low.glb", "--policy", "cn-ai-label"], "did you mean 'cn-ai-labels'?"),
        (["audit", "low.glb", "--select", "DS-17.44"], "did you mean 'DS-17.4'?"),
        (["audit", "low.glb", "--depth", "deap"], "unknown depth 'deap'; did you mean"),
        (["audit", "low.glb", "--set", "rol=user"], "unknown declaration field 'rol'; did you mean 'role'?"),
        (["audit", "low.glb", "--set", "role"], "KEY=VALUE is needed"),
        (["audit", "low.glb", "--declaration", "none.toml"], "none.toml: declaration cannot be read"),
        (["audit", "low.glb", "--rules-dir", "none"], "no such folder"),
        (["audit", "low.glb", "--output", "none/report.json"], "none: no such folder"),
        (["audit", "low.glb", "--output", "low.glb"], "low.glb: is an asset"),
        (["audit", "*.obj"], "matches no asset"),
        (["audit", "@none"], "@none: list cannot be read"),
        (["mark", "low.glb"], "--output OUT is needed"),
        (["mark", "low.glb", "--output", "low.glb"], "is the input; say --in-place"),
        (["mark", "low.glb", "--output", "marked.glb"], "marked.glb: exists"),
        (["mark", "low.glb", "--output", "x.glb", "--in-place"], "contradict each other"),
        (["mark", "low.glb", "--output", "x.glb", "--key", "studo.key"], "did you mean 'studio.key'?"),
        (["mark", "low.glb", "--output", "x.glb", "--marks", "lable"], "did you mean 'label'?"),
        (["mark", "low.glb", "--output", "x.glb", "--payload", "xyz"], "hexadecimal"),
        (["mark", "low.glb", "--output", "x.glb", "--payload", "00"], "8 bits"),
        (["mark", "low.glb", "--output", "x.glb", "--require", "watermark"], "no key"),
        (["mark", "low.glb", "--output", "x.fbx"], "no format that is written here"),
        (["mark", "low.glb", "--output", "none/x.glb"], "none: no such folder"),
        (["mark", "low.glb", "marked.glb", "--output", "broken.glb"], "is a file, and there are several inputs"),
        (["mark", "low.glb", "--output", "x.glb", "--receipt", "none/r.json"], "none: no such folder"),
        (["mark", "low.glb", "--output", "x.glb", "--receipt", "low.glb"], "low.glb: is an asset"),
        (["audit", "low.glb", "--format", "html", "--output", "."], ".: is a folder; name a file"),
        (["verify", "low.glb", "--expect", "none.json"], "receipt cannot be read"),
        (["verify", "low.glb", "--require", "metdata"], "did you mean 'metadata'?"),
        (["verify", "low.glb", "--require", "watermark"], "no key to look with"),
        (["verify", "low.glb", "--effort", "norml"], "did you mean 'normal'?"),
        (["verify", "low.glb", "--key", "low.glb"], "is no key file"),
        (["explain", "DS-17.55"], "did you mean 'DS-17.5'?"),
        (["keygen", "studio.key"], "exists"),
        (["keygen", "none/x.key"], "no such folder"),
        (["declare", "low.glb", "--no-ask"], "give --set KEY=VALUE"),
        (["declare", "low.glb", "--no-ask", "--set", "orgin=captured"], "did you mean 'origin'?"),
    ],
)
def test_wrong_usage_is_one_line_on_stderr_and_exit_code_2(cli, work, arguments, message):
    before = sorted(work.iterdir())
    ran = cli(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert ran.err.startswith("sceneproof: ")
    assert len(ran.err.splitlines()) == 1
    assert sorted(work.iterdir()) == before


@pytest.mark.parametrize(
    "arguments", [[], ["audit"], ["audit", "low.glb", "--format", "jsn"], ["audit", "x", "--nothing"]]
)
def test_arguments_that_do_not_parse_are_exit_code_2(cli, work, arguments):
    ran = cli(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "error: " in ran.err


@pytest.mark.parametrize("verb", ["audit", "inspect", "verify"])
@pytest.mark.parametrize("name", ["none.glb", "broken.glb", "a" * 300 + ".glb"])
def test_an_asset_that_cannot_be_read_is_exit_code_3(cli, work, verb, name):
    ran = cli(verb, name, "--format", "json")
    assert ran.code == 3
    assert ran.json["error"]["message"].startswith(name)
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith(f"sceneproof: {name}")


def test_a_closed_pipe_is_no_traceback(work):
    process = subprocess.Popen(
        [sys.executable, "-m", "sceneproof", "audit", "low.glb", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=work,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert err == b""


def test_chinese_is_utf_8_whatever_the_terminal_says(work):
    for encoding in ("ascii", "cp1252", "utf-8"):
        done = apart("explain", "A-17", "--lang", "zh", cwd=work, encoding_of_streams=encoding)
        assert done.returncode == 0
        assert "公众".encode() in done.stdout


def test_an_interrupt_is_no_traceback(cli, work, monkeypatch):
    import sceneproof._audit as audit_module

    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(audit_module, "run", interrupt)
    ran = cli("audit", "low.glb")
    assert (ran.code, ran.out, ran.err) == (130, "", "sceneproof: interrupted\n")


def test_a_folder_that_cannot_be_written_to_is_one_line(cli, work):
    target = work / "x.key"
    target.mkdir()
    ran = cli("keygen", target, "--force")
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_every_verb_is_a_small_file():
    import sceneproof.cli as package

    for path in Path(package.__file__ or "").parent.glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) < 220, path.name


@pytest.mark.parametrize("verb", ["audit", "inspect", "verify", "mark"])
def test_a_fault_of_our_own_is_one_record_and_not_the_end_of_the_run(cli, work, monkeypatch, verb):
    import importlib

    module = importlib.import_module(f"sceneproof._{verb}")
    load = module.load

    def faulty(asset: object) -> object:
        if "low" in str(asset):
            raise ZeroDivisionError("of our own")
        return load(asset)

    monkeypatch.setattr(module, "load", faulty)
    more = ["--output", "out", "--set", "origin=ai-generated"] if verb == "mark" else []
    ran = cli(verb, "low.glb", "marked.glb", "--format", "json", *more)
    assert ran.code == 3
    assert "ZeroDivisionError: of our own" in ran.lines[0]["error"]["message"]
    assert "error" not in ran.lines[1] or verb == "mark"
    assert ran.err.startswith("sceneproof: low.glb: cannot be worked on")
    monkeypatch.setenv("SCENEPROOF_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli(verb, "low.glb", "--format", "json", *more)
