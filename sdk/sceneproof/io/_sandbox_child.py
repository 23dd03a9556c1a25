"""The decoder process: reads requests from its standard input until that ends, and answers on its standard output.

Started by `_sandbox`, never by hand. It takes its own limits before it reads anything: memory and processor time, no
files written, no core dump, the interrupt key left to the parent. What a native library prints goes nowhere.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
from typing import Any

from sceneproof.io._sandbox_wire import receive, send

_SPARE_SECONDS = 5  # of processor time beyond the limit: the parent's clock strikes first


class Refused(Exception):  # noqa: N818 - no error of ours, a word of the decoder
    """What a decoder raises for a file it cannot read: one line that says why."""


def serve(memory_bytes: int, seconds: float, request_bytes: int) -> None:
    """Answer requests ``[function, arguments]``; the function is named as ``module:name``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for channel in (0, 1, 2):
        os.dup2(nowhere, channel)
    _limit(memory_bytes)
    send(answers, "ready")
    while True:
        try:
            name, arguments = receive(requests, request_bytes)
        except EOFError:
            return
        _allow(seconds)
        answer = _answer(name, arguments)
        del arguments
        try:
            send(answers, answer)
        except MemoryError:
            send(answers, {"fault": "memory", "text": ""})
        del answer


def _answer(name: str, arguments: list[Any]) -> dict[str, Any]:
    module, _, function = name.partition(":")
    try:
        return {"value": getattr(importlib.import_module(module), function)(*arguments)}
    except Refused as error:
        return {"fault": "refused", "text": str(error)[:300]}
    except ImportError as error:
        return {"fault": "missing", "text": str(error.name or error)[:300]}
    except MemoryError:
        return {"fault": "memory", "text": ""}
    except Exception as error:
        return {"fault": "failed", "text": f"{type(error).__name__}: {error}"[:300]}


def _limit(memory_bytes: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    def put(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(OSError, ValueError):  # a system that knows the limit but does not take it
            resource.setrlimit(kind, (most, most))

    put(resource.RLIMIT_CORE, 0)
    put(resource.RLIMIT_FSIZE, 0)
    put(resource.RLIMIT_AS, memory_bytes)


def _allow(seconds: float) -> None:
    """Processor time for one more request: what ends a decoder whose parent has gone."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(used.ru_utime + used.ru_stime + seconds) + _SPARE_SECONDS
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))
