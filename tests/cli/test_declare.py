"""`sceneproof declare`: from options, or by asking at a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sceneproof.declaration import read
from tests.cli._run import DECLARED


def test_options_alone_make_a_declaration_that_audit_finds(cli, work):
    ran = cli("declare", "low.glb", "--no-ask", *DECLARED)
    assert ran.code == 0
    assert "low.declaration.toml: written" in ran.out
    stated = read(work / "low.declaration.toml")
    assert (stated.role, stated.origin, stated.attest) == ("provider", "ai-generated", {"confusing": True})
    assert cli("audit", "low.glb", "--format", "json").json["declaration"]["source"] == "low.declaration.toml"


def test_an_existing_declaration_is_kept_unless_forced(cli, work):
    (work / "low.declaration.toml").write_text('role = "user"\n')
    assert cli("declare", "low.glb", "--no-ask", "--set", "role=none").code == 2
    assert read(work / "low.declaration.toml").role == "user"
    assert cli("declare", "low.glb", "--no-ask", "--set", "role=none", "--force").code == 0
    assert read(work / "low.declaration.toml").role == "none"


def test_another_place_can_be_named(cli, work):
    assert cli("declare", "low.glb", "--no-ask", "--set", "role=none", "--output", "d.toml").code == 0
    assert read(work / "d.toml").role == "none"
    assert not (work / "low.declaration.toml").exists()


@pytest.mark.parametrize("name", ["none.glb", "."])
def test_an_asset_that_is_not_there_is_exit_code_3(cli, work, name):
    ran = cli("declare", name, "--no-ask", "--set", "role=none")
    assert ran.code == 3
    assert len(ran.err.splitlines()) == 1


def talk(folder: Path, typed: str, *arguments: str) -> tuple[int, str, str]:
    """Type at a pseudo terminal; exit code, what the terminal showed, stdout (which is no terminal here)."""
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals on this system")
    master, slave = pty.openpty()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "sceneproof", "declare", "low.glb", *arguments],
        stdin=slave, stderr=slave, stdout=subprocess.PIPE, cwd=folder, env=environment,
    )  # fmt: skip
    os.close(slave)
    os.write(master, typed.encode())
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    out, _ = process.communicate(timeout=30)
    return process.returncode, shown.decode("utf-8"), out.decode("utf-8")


def test_asking_skips_what_is_left_empty_and_asks_again_what_is_wrong(work):
    typed = "provder\nprovider\ncn, eu\nyes\n\nai-generated\n样例\nA-1\n" + "true\n" * 6
    code, shown, out = talk(work, typed)
    assert code == 0
    assert "did you mean 'provider'?" in shown
    assert "What are you for this asset?" in shown
    assert "就该资产而言" in shown
    stated = read(work / "low.declaration.toml")
    assert (stated.role, stated.market, stated.public, stated.unit) == ("provider", ("cn", "eu"), True, None)
    assert (stated.origin, stated.producer, stated.content_id) == ("ai-generated", "样例", "A-1")
    assert len(stated.attest) == 6
    assert all(stated.attest.values())
    assert out.startswith("low.declaration.toml: written\n")
    assert "role = " in shown


def test_what_the_options_say_is_not_asked(work):
    code, shown, _ = talk(work, "\n" * 9, "--lang", "en", *DECLARED)
    assert code == 0
    assert "What are you for this asset?" not in shown
    assert "separate consent" in shown
    assert "单独同意" not in shown
    assert read(work / "low.declaration.toml").role == "provider"


def test_the_end_of_input_ends_the_questions(work):
    code, _, out = talk(work, "user\n\x04")
    assert code == 0
    assert read(work / "low.declaration.toml").role == "user"
    assert 'role = "user"' in out
