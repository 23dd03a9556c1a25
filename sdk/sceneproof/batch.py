"""Many assets: what a user names becomes a list, and one piece of work is done on each, here or in several processes.

A piece of work is a `Task`: `Task.work` gives the result for one asset, `Task.record` the record of one that could not
be worked on. `each` yields one `Outcome` per asset, whatever happens to it, and the results are the same on any number
of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from ._inputs import KNOWN_3D, PassedOver, expand, survey
from ._task import Outcome, Task, attempt, cpus, interrupted
from .errors import UsageError

__all__ = ["KNOWN_3D", "Outcome", "PassedOver", "Task", "attempt", "cpus", "each", "expand", "interrupted", "survey"]


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
