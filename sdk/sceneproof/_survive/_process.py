"""Running a tool: its words as they are, nothing on its input, a time limit, the end of what it said."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

_KEPT = 1 << 16  # bytes of each stream: a tool that never stops talking must not fill memory
_LAST_WORDS = 2.0  # seconds that a stream may stay open after its tool has ended: a child of the tool may hold it
_LONGEST = 300  # characters of a line
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NO_NEWS = re.compile(r"\s*(Node\.js v[\d.]+|at \S.*)?\s*")  # how Node ends a trace: its version, and frames


@dataclass(frozen=True)
class Ended:
    """How a tool ended.

    Attributes
    ----------
    code : its exit code (negative: the signal that ended it); ``None`` when it did not start or was stopped.
    seconds : wall time.
    line : the last line that it wrote to its error stream, else to its output, that says something; may be empty.
    timed_out : it ran into the time limit, and it and all its processes were ended.
    fault : why it did not start; empty when it did.
    """

    code: int | None
    seconds: float
    line: str = ""
    timed_out: bool = False
    fault: str = ""


def run(arguments: Sequence[str], limit: float) -> Ended:
    """Run a program in a process group of its own, for at most `limit` seconds."""
    start = time.perf_counter()
    try:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            start_new_session=True, creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
    except OSError as error:
        return Ended(None, time.perf_counter() - start, fault=error.strerror or str(error))
    tails = [_Tail(stream) for stream in (process.stderr, process.stdout) if stream is not None]
    try:
        code: int | None = process.wait(limit)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        if process.returncode is None:  # out of time, or interrupted: not waited for, so the group is still the tool's
            _end_group(process)
    seconds = time.perf_counter() - start
    patience = time.monotonic() + _LAST_WORDS
    lines = [tail.line(patience) for tail in tails]
    return Ended(code, seconds, next((line for line in lines if line), ""), timed_out=code is None)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        with contextlib.suppress(OSError):
            subprocess.run(command, capture_output=True, check=False)
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class _Tail:
    """The end of a stream, read by a thread so that the tool never waits for its reader."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream as stream, contextlib.suppress(OSError):
            while piece := stream.read(_KEPT):
                self._kept += piece
                del self._kept[:-_KEPT]

    def line(self, until: float) -> str:
        """The last line that says something, without colours, not longer than a report bears.

        The stream is read to its end, or as far as it came at `until` of the monotonic clock.
        """
        self._thread.join(max(until - time.monotonic(), 0.0))
        text = _COLOURS.sub("", bytes(self._kept).decode("utf-8", "replace"))
        lines = [line.strip() for line in text.splitlines() if not _NO_NEWS.fullmatch(line)]
        last = lines[-1] if lines else ""
        return last if len(last) <= _LONGEST else f"{last[: _LONGEST - 1]}…"
