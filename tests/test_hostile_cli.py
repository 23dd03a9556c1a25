"""Files from strangers through the command line, each verb in a process of its own: one line each, exit code 3, within
two minutes and 2 GiB of memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.cli._run import DECLARED
from tests.makers import bombs, hostile

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell a process's memory")

MOST_MIB = 2048
MOST_ADDRESSES = 6 << 30  # of the process: Python, NumPy and LLVM reserve address space that they never touch
SECONDS = 120
# A small process between: what a system counts as a process's memory begins with that of the one it was forked from.
LIMITED = f"""
import os, resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_AS, ({MOST_ADDRESSES}, {MOST_ADDRESSES}))
process = subprocess.Popen([sys.executable, "-m", "sceneproof", *sys.argv[2:]])
_, status, usage = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    file.write(str(usage.ru_maxrss))
os._exit(os.waitstatus_to_exitcode(status) & 255)
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
        with tempfile.TemporaryDirectory() as folder:
            memory = Path(folder) / "memory"
            started = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-c", LIMITED, str(memory), *arguments], cwd=cwd, env=environment,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True,
            )  # fmt: skip
            try:
                self.out, err = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise
            self.seconds = time.monotonic() - started
            self.mib = int(memory.read_text()) >> (20 if sys.platform == "darwin" else 10)
        self.code = process.returncode
        self.err = err.splitlines()


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
