"""One piece of work on one asset: what it is, what becomes of it, and how many may run at a time."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .errors import InputError, SceneproofError


class Task(Protocol):
    """Work on one asset. For several processes it is pickled once per process, so are its results."""

    def work(self, name: str) -> Any:
        """The result for one asset. Raises `SceneproofError`."""

    def record(self, name: str, error: SceneproofError) -> Any:
        """What stands in place of the result."""


@dataclass(frozen=True)
class Outcome:
    """What became of one asset: its place in the list, its name, its result (or record) and its error, if any."""

    index: int
    name: str
    result: Any
    error: SceneproofError | None = None


def attempt(task: Task, index: int, name: str) -> Outcome:
    """Do the work on one asset. Whatever goes wrong is that asset's error; Ctrl-C alone passes through."""
    try:
        return Outcome(index, name, _worked(task, name))
    except SceneproofError as error:
        return Outcome(index, name, task.record(name, error), error)


def interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C stands behind an error: inside a compiled kernel it comes out as a `SystemError`."""
    seen: list[BaseException] = []
    behind: BaseException | None = error
    while behind is not None and behind not in seen:
        if isinstance(behind, KeyboardInterrupt):
            return True
        seen.append(behind)
        behind = behind.__cause__ or behind.__context__
    return False


def cpus() -> int:
    """Processors that this process may use: those it is bound to, and no more than its control group's quota."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, min(bound, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no control group (version 2), or no quota in it
        return max(1, bound)


def _worked(task: Task, name: str) -> Any:
    try:
        return task.work(name)
    except SceneproofError:
        raise
    except MemoryError:
        raise InputError("there is not enough memory for it", uri=name) from None
    except Exception as error:
        if isinstance(error, SystemError) and interrupted(error):
            raise KeyboardInterrupt from None
        if os.environ.get("SCENEPROOF_DEBUG"):
            raise
        reason = f"{type(error).__name__}: {error}"
        hint = "this is a fault of sceneproof; SCENEPROOF_DEBUG=1 shows where"
        raise InputError(f"cannot be worked on ({reason}); {hint}", uri=name) from error
