"""Work on many assets: the same outcomes on any number of processes, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sceneproof import batch
from sceneproof.batch import each
from sceneproof.errors import InputError, MarkError, UsageError
from tests._batch_tasks import Echo

MIXED = ["a", "bad:1", "b", "refused:1", "fault:1", "memory:1", "c"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")


def plain(outcomes):
    return [(one.index, one.name, one.result, type(one.error), str(one.error)) for one in outcomes]


def test_two_processes_give_what_one_gives_in_the_same_order():
    alone = plain(each(Echo(), MIXED))
    assert plain(each(Echo(), MIXED, jobs=2)) == alone
    assert [name for _, name, *_ in alone] == MIXED
    assert [kind for *_, kind, _ in alone if kind is not type(None)] == [InputError, MarkError, InputError, InputError]
    assert alone[1][2]["error"] == "bad:1#/nodes/1: is bad"


def test_unordered_outcomes_come_when_they_are_ready(tmp_path):
    names = ["sleep:1.5", "a", "b"]
    found = [one.index for one in each(Echo(str(tmp_path)), names, jobs=2, ordered=False)]
    assert found == [1, 2, 0]
    assert [one.index for one in each(Echo(str(tmp_path)), names, jobs=2)] == [0, 1, 2]


@POSIX
def test_a_process_that_dies_is_one_record_and_the_others_go_on():
    names = ["a", "exit:7", "b", "kill:SIGSEGV", "kill:SIGKILL", "c", "d"]
    found = list(each(Echo(), names, jobs=2))
    assert [one.result for one in found if one.error is None] == ["a", "b", "c", "d"]
    died = {one.name: str(one.error) for one in found if one.error is not None}
    assert died == {
        "exit:7": "exit:7: the process that worked on it died (exit code 7)",
        "kill:SIGSEGV": "kill:SIGSEGV: the process that worked on it died (SIGSEGV)",
        "kill:SIGKILL": "kill:SIGKILL: the process that worked on it died (SIGKILL, as when memory runs out)",
    }
    assert all(isinstance(one.error, InputError) for one in found if one.error is not None)


def test_a_result_that_cannot_cross_is_one_record(capfd):
    found = list(each(Echo(), ["closed:1", "a"], jobs=2))
    assert "cannot be worked on (TypeError" in str(found[0].error)
    assert found[1].result == "a"


def test_processes_stay_for_the_whole_run_and_are_gone_after_it():
    pids = {one.result for one in each(Echo(), [f"pid:{n}" for n in range(12)], jobs=2)}
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids
    assert all(gone(pid) for pid in pids)


def test_closing_the_iterator_ends_the_processes_at_once(tmp_path):
    outcomes = each(Echo(str(tmp_path)), ["sleep:60", "a", "sleep:61"], jobs=2, ordered=False)
    assert next(outcomes).name == "a"
    start = time.monotonic()
    outcomes.close()
    assert time.monotonic() - start < 10
    assert all(gone(int(path.stem)) for path in tmp_path.glob("*.pid"))


def test_processes_share_the_processors_unless_the_user_says_how(monkeypatch):
    monkeypatch.setattr(batch, "cpus", lambda: 4)
    monkeypatch.setattr("sceneproof._pool.cpus", lambda: 4)
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    assert {one.result for one in each(Echo(), ["threads:1", "threads:2"], jobs=2)} == {"2"}
    assert "NUMBA_NUM_THREADS" not in os.environ
    monkeypatch.setenv("NUMBA_NUM_THREADS", "3")
    assert {one.result for one in each(Echo(), ["threads:1", "threads:2"], jobs=2)} == {"3"}


def test_a_negative_number_of_jobs_is_a_usage_error():
    with pytest.raises(UsageError, match="-1 jobs"):
        list(each(Echo(), ["a", "b"], jobs=-1))


def test_no_assets_are_no_outcomes():
    assert list(each(Echo(), [], jobs=2)) == []


def test_names_are_told_when_their_work_begins():
    told = []
    list(each(Echo(), ["a", "b", "c"], jobs=2, started=told.append))
    assert told == ["a", "b", "c"]


@POSIX
def test_ctrl_c_ends_every_process_at_once_without_a_traceback(tmp_path):
    script = "from sceneproof.batch import each\nfrom tests._batch_tasks import Echo\nimport sys\n" + (
        "try:\n    list(each(Echo(sys.argv[1]), ['sleep:60', 'sleep:61', 'sleep:62'], jobs=2))\n"
        "except KeyboardInterrupt:\n    sys.exit(130)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in [str(Path.cwd()), *sys.path] if path)}
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while len(list(tmp_path.glob("*.pid"))) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    pids = [int(path.stem) for path in tmp_path.glob("*.pid")]
    assert len(pids) == 2
    start = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # the terminal sends it to the whole group
    out, _ = process.communicate(timeout=30)
    assert time.monotonic() - start < 10
    assert (process.returncode, out) == (130, b"")
    assert all(gone(pid) for pid in pids)


def gone(pid: int) -> bool:
    """Whether a process has ended and was waited for: one that was not is a zombie, and still has its number."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
