"""Native decoders of strangers' data run in a process of their own, with limits on memory and time.

A Draco, Basis or WebP decoder is a large body of C++ that a file from anywhere is poured into. Here it may crash, hang
or ask for all memory there is: that ends its process, and the asset with one line. One process is kept and reused,
whatever the number of files; it is replaced after it was stopped, and ends with the parent.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from sceneproof.config import LIMITS
from sceneproof.errors import InputError, LimitError

_REQUEST_SPARE = 1 << 20  # numbers and names beside a file's bytes
_START_SECONDS = 30.0  # a machine under load takes its time; the decoder's own clock starts after that
_CODE = (
    "import sys,json;a=json.loads(sys.stdin.buffer.raw.readline());sys.path[:]=a.pop(0);"
    "from sceneproof.io._sandbox_child import serve;serve(*a)"
)


def run(function: str, *arguments: Any, what: str) -> Any:
    """Call a function in the decoder process.

    Parameters
    ----------
    function : ``module:name``. Arguments and result are ``None``, numbers, text, bytes, numeric arrays, and lists and
        dicts of these.
    what : what the decoder is called in an error: ``"the Draco decoder"``.

    Raises
    ------
    InputError : the decoder refused the data, crashed on it, or was stopped after `LIMITS.decode_seconds`.
    LimitError : it asked for more than `LIMITS.decode_memory_bytes`, or answered more than `LIMITS.decoded_bytes`.
    ImportError : its package is not installed.
    """
    global _worker  # noqa: PLW0603
    with _lock:
        if _worker is None:
            _worker = _Worker()
        try:
            answer = _worker.ask(function, arguments, what)
        except BaseException:  # what was half said or half read must not meet the next request
            _worker.stop()
            _worker = None
            raise
    fault = answer.get("fault")
    text = str(answer.get("text", ""))
    if fault is None:
        return answer.get("value")
    if fault == "missing":
        raise ImportError(text, name=text)
    if fault == "memory":
        raise LimitError(f"{what} asked for more than {LIMITS.decode_memory_bytes >> 20:,} MiB of memory")
    raise InputError(text if fault == "refused" else f"{what} failed ({text})")


def close() -> None:
    """End the decoder process; the next call starts another."""
    global _worker
    with _lock:
        worker, _worker = _worker, None
        if worker is not None:
            worker.stop()


class _Worker:
    """One decoder process and the two pipes to it."""

    def __init__(self) -> None:
        import subprocess

        self._process = subprocess.Popen(
            [_python(), "-I", "-B", "-c", _CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            # Ctrl-C goes to the parent alone, which then ends the decoder itself.
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise InputError("the decoder process has no pipes")
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self._stopped = False
        self._ready = False
        settings = [
            [path or os.getcwd() for path in sys.path],  # noqa: PTH109
            LIMITS.decode_memory_bytes,
            LIMITS.decode_seconds,
            LIMITS.file_bytes + _REQUEST_SPARE,
        ]
        with contextlib.suppress(OSError):  # it ended at once: the first request says so
            self._requests.write(json.dumps(settings).encode("ascii") + b"\n")
            self._requests.flush()

    def ask(self, function: str, arguments: tuple[Any, ...], what: str) -> dict[str, Any]:
        """One request and its answer; the clock runs over both."""
        from . import _sandbox_wire as wire

        try:
            if not self._ready:
                with self._clock(_START_SECONDS):
                    wire.receive(self._answers, 0)
                self._ready = True
            with self._clock(LIMITS.decode_seconds):
                wire.send(self._requests, [function, list(arguments)])
                answer = wire.receive(self._answers, LIMITS.decoded_bytes)
        except (EOFError, OSError, wire.WireError) as error:
            raise self._ended(error, what) from None
        if not isinstance(answer, dict):
            raise InputError(f"{what} answered nonsense; the data may be an attack on it")
        return answer

    def stop(self) -> None:
        """End the process and wait for it, so that none is left behind."""
        with contextlib.suppress(OSError):
            self._process.kill()
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                stream.close()
        self._process.wait()

    def forget(self) -> None:
        """Let go of a process that belongs to another: what a fork copied."""
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                os.close(stream.fileno())
        self._process.returncode = 0  # not ours to wait for

    @contextlib.contextmanager
    def _clock(self, seconds: float) -> Iterator[None]:
        """Kill the process when the block takes longer; its pipes then end, on every system."""
        clock = threading.Timer(seconds, self._out_of_time)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()

    def _out_of_time(self) -> None:
        self._stopped = True
        with contextlib.suppress(OSError):
            self._process.kill()

    def _ended(self, error: Exception, what: str) -> InputError:
        if self._stopped and not self._ready:
            return InputError(f"{what} did not start within {_START_SECONDS:g} s")
        if self._stopped:
            return InputError(f"{what} was stopped after {LIMITS.decode_seconds:g} s")
        if not isinstance(error, EOFError | OSError):
            return LimitError(f"{what} answered {error}")
        with contextlib.suppress(OSError):
            self._process.kill()
        code = self._process.wait()
        if not self._ready:
            return InputError(f"{what} could not be started (its process ended with {code})")
        cpu = getattr(signal, "SIGXCPU", None)
        if cpu is not None and code == -cpu:
            return InputError(f"{what} was stopped after {LIMITS.decode_seconds:g} s")
        return InputError(f"{what} crashed on it")


def _python() -> str:
    """The interpreter to start; inside another program (``sys.executable`` is not Python) `multiprocessing` knows."""
    from multiprocessing import spawn

    found = spawn.get_executable() or sys.executable
    if not found:
        raise InputError("no Python is known to run a decoder in; see multiprocessing.set_executable")
    return os.fsdecode(found)


def _environment() -> dict[str, str]:
    """The parent's, with one thread for NumPy's libraries: each further one reserves address space."""
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _after_fork() -> None:
    global _worker, _lock  # noqa: PLW0603
    _lock = threading.Lock()
    if _worker is not None:
        _worker.forget()
        _worker = None


_lock = threading.Lock()
_worker: _Worker | None = None
atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
