"""Many assets: what a user names becomes a list, and one piece of work is done on each, here or in several processes.

A piece of work is a `Task`: `Task.work` gives the result for one asset, `Task.record` the record of one that could not
be worked on. `each` yields one `Outcome` per asset, whatever happens to it, and the results are the same on any number
of processes.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ._inputs import KNOWN_3D, PassedOver, expand, survey
from .errors import InputError, SceneproofError, UsageError

__all__ = ["KNOWN_3D", "Outcome", "PassedOver", "Task", "attempt", "cpus", "each", "expand", "interrupted", "survey"]


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


def each(
    task: Task,
    names: Sequence[str],
    *,
    jobs: int = 1,
    ordered: bool = True,
    started: Callable[[str], None] = lambda _: None,
) -> Generator[Outcome, None, None]:
    """One outcome per asset.

    Parameters
    ----------
    task : what to do; with `jobs` above 1 its class must stand at the top level of an importable module.
    names : the assets.
    jobs : processes; 1 works in this one, 0 takes as many as there are processors.
    ordered : in the order of `names`, else as they come.
    started : called with the name when work on an asset begins.

    An asset whose process dies is one outcome with an `InputError`, and the others go on. When the iterator is closed
    or Ctrl-C is pressed, the processes end at once. Raises `UsageError` for a negative number of jobs.
    """
    if jobs < 0:
        raise UsageError(f"{jobs} jobs; 1 or more, or 0 for one per processor")
    count = min(jobs or cpus(), len(names))
    if count <= 1:
        yield from _here(task, names, started)
        return
    from ._pool import pooled

    with closing(pooled(task, names, count, started)) as outcomes:
        yield from _in_order(outcomes) if ordered else outcomes


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


def _here(task: Task, names: Sequence[str], started: Callable[[str], None]) -> Iterator[Outcome]:
    for index, name in enumerate(names):
        started(name)
        yield attempt(task, index, name)


def _in_order(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Those that come early wait for those before them."""
    early: dict[int, Outcome] = {}
    following = 0
    for outcome in outcomes:
        early[outcome.index] = outcome
        while following in early:
            yield early.pop(following)
            following += 1


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
