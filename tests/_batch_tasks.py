"""Pieces of work for the tests of the pool; worker processes import them by name."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sceneproof.errors import InputError, MarkError, SceneproofError


@dataclass(frozen=True)
class Echo:
    """Does what the name says, and returns the name."""

    folder: str = ""

    def work(self, name: str) -> Any:
        word, _, rest = name.partition(":")
        if word == "exit":
            os._exit(int(rest))
        if word == "kill":
            os.kill(os.getpid(), getattr(signal, rest))
        if word == "bad":
            raise InputError("is bad", uri=name, pointer="/nodes/1")
        if word == "refused":
            raise MarkError(f"{name}: refused")
        if word == "fault":
            raise ValueError("a fault")
        if word == "memory":
            raise MemoryError
        if word == "closed":  # a result that cannot cross
            return threading.Lock()
        if word == "sleep":
            Path(self.folder, f"{os.getpid()}.pid").touch()
            time.sleep(float(rest))
        if word == "pid":
            return os.getpid()
        if word == "threads":
            return os.environ.get("NUMBA_NUM_THREADS")
        return name

    def record(self, name: str, error: SceneproofError) -> Any:
        return {"name": name, "error": str(error)}
