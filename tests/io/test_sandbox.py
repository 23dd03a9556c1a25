"""Native decoders run apart: what they answer comes back whole, and what they do wrong ends in one line."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from sceneproof.config import Limits
from sceneproof.errors import InputError, LimitError
from sceneproof.io import _sandbox, _sandbox_wire

HELP = "tests.io._sandbox_decoders"


@pytest.fixture(autouse=True)
def _ended():
    yield
    _sandbox.close()


def call(name, *arguments):
    return _sandbox.run(f"{HELP}:{name}", *arguments, what="the test decoder")


def test_values_cross_whole_both_ways():
    arrays = {"a": np.arange(12, dtype=np.float32).reshape(3, 4), "b": np.zeros((0, 3), np.int64)}
    found = call("echo", {**arrays, "c": b"bytes", "d": [1, 2.5, None, True, "文字", memoryview(b"x")]})
    assert np.array_equal(found["a"], arrays["a"])
    assert found["a"].dtype == np.float32
    assert found["b"].shape == (0, 3)
    assert found["c"] == b"bytes"
    assert found["d"] == [1, 2.5, None, True, "文字", b"x"]


def test_one_process_serves_many_calls():
    assert len({call("process") for _ in range(5)}) == 1
    assert call("process") != os.getpid()


def test_a_refusal_is_the_decoder_s_own_line():
    with pytest.raises(InputError, match="the stream is damaged"):
        call("refuse")


def test_an_error_nobody_foresaw_is_one_line_and_the_process_lives():
    first = call("process")
    with pytest.raises(InputError, match=r"the test decoder failed \(ZeroDivisionError"):
        call("fault")
    assert call("process") == first


def test_a_missing_package_is_an_import_error():
    with pytest.raises(ImportError):
        call("absent")


@pytest.mark.parametrize("name", ["crash", "leave"])
def test_a_crash_ends_its_process_and_the_next_call_has_another(name):
    first = call("process")
    with pytest.raises(InputError, match="the test decoder crashed on it"):
        call(name)
    assert call("process") != first


def test_a_decoder_that_hangs_is_stopped(monkeypatch):
    monkeypatch.setattr(_sandbox, "LIMITS", Limits(decode_seconds=0.5))
    started = time.monotonic()
    with pytest.raises(InputError, match=r"the test decoder was stopped after 0.5 s"):
        call("hang")
    assert time.monotonic() - started < 20
    assert call("echo", 1) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited where the system can")
def test_a_decoder_that_takes_all_memory_is_refused():
    with pytest.raises(LimitError, match="asked for more than 1,280 MiB"):
        call("swell", 4 << 30)
    assert call("echo", 1) == 1


def test_an_answer_beyond_the_limit_is_not_taken(monkeypatch):
    monkeypatch.setattr(_sandbox, "LIMITS", Limits(decoded_bytes=1000))
    with pytest.raises(LimitError, match="more than 1,000 bytes"):
        call("zeros", 5000)


def test_what_a_library_prints_does_not_reach_the_answers():
    assert call("prints") == "done"


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes are limited where the system can")
def test_no_file_is_written(tmp_path):
    with pytest.raises(InputError):
        call("write", str(tmp_path / "file"))
    assert not (tmp_path / "file").exists() or not (tmp_path / "file").stat().st_size


def test_closing_leaves_no_process_behind():
    pid = call("process")
    _sandbox.close()
    _sandbox.close()
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


LYING = {
    "length": struct.pack("<I", 1 << 31),
    "no json": struct.pack("<I", 4) + b"\x80\x04N.",  # a pickle
    "objects": b'{"value":{"part":0},"parts":[{"dtype":"|O","shape":[1]}]}',
    "bytes": b'{"value":{"part":0},"parts":[{"size":99999999999}]}',
    "shape": b'{"value":{"part":0},"parts":[{"dtype":"<f4","shape":[-1]}]}',
    "float shape": b'{"value":{"part":0},"parts":[{"dtype":"<f4","shape":[1.5]}]}',
    "no part": b'{"value":{"part":7},"parts":[]}',
    "no dict": b'{"value":{"x":1},"parts":[]}',
    "list": b"[1]",
    "deep": b'{"parts":[],"value":' + b"[" * 50 + b"]" * 50 + b"}",
    "deeper": b"[" * 100_000,
}


@pytest.mark.parametrize("name", LYING)
def test_an_answer_that_lies_is_refused_unread(name):
    data = LYING[name]
    framed = data if name in ("length", "no json") else struct.pack("<I", len(data)) + data
    with pytest.raises(_sandbox_wire.WireError):
        _sandbox_wire.receive(io.BytesIO(framed), 1 << 20)


def test_an_answer_that_is_cut_off_is_an_end():
    whole = io.BytesIO()
    _sandbox_wire.send(whole, [b"abc", np.arange(4)])
    for size in range(len(whole.getvalue())):
        with pytest.raises(EOFError):
            _sandbox_wire.receive(io.BytesIO(whole.getvalue()[:size]), 1 << 20)


SCRIPTS = {
    "spawn": """
        import concurrent.futures, multiprocessing, os
        from tests.io import _sandbox_decoders as help_
        if __name__ == "__main__":
            context = multiprocessing.get_context("spawn")
            with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
                pids = list(pool.map(help_.through_the_sandbox, range(4)))
            print(len(set(pids)), os.getpid() in pids)
    """,
    "exit": """
        from tests.io import _sandbox_decoders as help_
        print(help_.through_the_sandbox(0))
    """,
    "fork": """
        import os
        from tests.io import _sandbox_decoders as help_
        first = help_.through_the_sandbox(0)
        child = os.fork()
        if not child:
            os._exit(0 if help_.through_the_sandbox(0) != first else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert help_.through_the_sandbox(0) == first
        print(first)
    """,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_works_in_workers_and_ends_with_its_parent(name, tmp_path):
    if name == "fork" and not hasattr(os, "fork"):
        pytest.skip("this system does not fork")
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPTS[name]))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stderr == ""
    if name != "spawn" and sys.platform != "win32":
        pid = int(done.stdout)
        for _ in range(50):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.1)
        pytest.fail("the decoder process outlived its parent")
