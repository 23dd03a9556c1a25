"""Files from strangers through the command line, each verb in a process of its own: one line each, exit code 3, within
two minutes and 2 GiB of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli._run import DECLARED
from tests.makers import bombs, hostile

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell a process's memory")

MOST_MIB = 2048
MOST_ADDRESSES = 6 << 30  # of the process: Python, NumPy and LLVM reserve address space that they never touch
SECONDS = 120
LIMITED = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MOST_ADDRESSES}, {MOST_ADDRESSES}))
os.execv(sys.executable, [sys.executable, "-m", "sceneproof", *sys.argv[1:]])
"""
# What is odd but harmless, and widely used: audited, with a finding, instead of refused.
READ = {
    "missing_position.glb": "a primitive without POSITION is not drawn (glTF 2.0, section 3.7.2.1): left out and told",
    "required_unknown_extension.glb": "nothing in the geometry bears it: told",
    "singular_transform.glb": "a scale of zero is how animators hide a node",
    "denormal_noise.glb": "single coordinates that are too small to matter",
    "picture_outside.glb": "the picture is left out and told",
}


class Ran:
    """What a process printed, how it ended, and what it took."""

    def __init__(self, arguments: list[str], cwd: Path) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", LIMITED, *arguments], cwd=cwd, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        clock = threading.Timer(SECONDS, process.kill)
        clock.start()
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stderr))
        reader.start()
        self.out = process.stdout.read()
        reader.join()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = self.code = os.waitstatus_to_exitcode(status)
        clock.cancel()
        process.stdout.close()
        process.stderr.close()
        self.err = [line.rstrip("\n") for line in lines]
        self.seconds = time.monotonic() - started
        self.mib = usage.ru_maxrss >> (20 if sys.platform == "darwin" else 10)


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All hostile files in one folder; those in folders of their own beside them."""
    folder = tmp_path_factory.mktemp("strangers")
    for name, make in hostile.FILES.items():
        (folder / f"{name}.glb").write_bytes(make())
    for name, make in bombs.FILES.items():
        (folder / name).write_bytes(make())
    for name, put in hostile.FOLDERS.items():
        put(folder / name)
    return folder


def refused(folder: Path) -> list[str]:
    own = [path for path in folder.iterdir() if path.is_file()]
    apart = [path for name in hostile.FOLDERS for path in (folder / name).rglob("*.gltf")]
    found = sorted(str(path.relative_to(folder)) for path in own + apart)
    return [name for name in found if name not in READ]


def _beginnings(name: str) -> tuple[str, str]:
    return f"sceneproof: {name}:", f"sceneproof: {name}#"


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["audit", "inspect", "verify", "mark"])
def test_every_hostile_file_is_one_line_and_exit_code_3(verb, strangers, tmp_path):
    names = refused(strangers)
    assert len(names) > 80
    options = ["--output", str(tmp_path), *DECLARED] if verb == "mark" else []
    if verb != "mark":
        options += ["--format", "json"]
    ran = Ran([verb, *names, *options], strangers)
    assert ran.code == 3, ran.err[-3:]
    assert ran.seconds < SECONDS
    assert ran.mib < MOST_MIB
    told = {name: [line for line in ran.err if line.startswith(_beginnings(name))] for name in names}
    assert {name: lines for name, lines in told.items() if len(lines) != 1} == {}
    assert [line for line in ran.err if len(line) > 2000 or "Traceback" in line] == []
    if verb == "mark":
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        return
    records = [json.loads(line) for line in ran.out.splitlines()]
    assert len(records) == len(names)
    assert [record for record in records if "\n" in record["error"]["message"]] == []


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_but_harmless_is_audited(name, strangers):
    assert Ran(["inspect", name, "--format", "json"], strangers).code == 0


@pytest.mark.parametrize("name", ["meshopt_bomb.glb", "one_index_list_spread_often.glb", "spz_bomb.spz"])
def test_a_bomb_costs_no_more_than_its_refusal(name, strangers):
    ran = Ran(["inspect", name, "--format", "json"], strangers)
    assert ran.code == 3
    assert len(ran.err) == 1
    assert ran.mib < 512
