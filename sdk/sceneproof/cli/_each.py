"""The loop that the verbs share: every asset one after the other or several at a time, a bad one is one record."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sceneproof.batch import Outcome, Task, each

from . import _common

Take = Callable[[Outcome], int]


def run(task: Task, names: Sequence[str], take: Take, *, what: str, jobs: int, ordered: bool = True) -> int:
    """Work on every asset, hand each outcome to `take`, and return the highest exit code.

    `take` shows the result and says its exit code. An error is told on stderr and counts with its own code; that of a
    single asset ends the run where it speaks of the call rather than of the asset. `what` names the work in the
    progress bar; `ordered` hands the outcomes over in the order of `names`, else as they come.
    """
    from sceneproof.errors import InputError, MarkError

    code = 0
    with (
        _progress(len(names), what) as bar,
        closing(each(task, names, jobs=jobs, ordered=ordered, started=bar.started)) as outcomes,
    ):
        for outcome in outcomes:
            error = outcome.error
            if error is not None:
                if len(names) == 1 and not isinstance(error, InputError | MarkError):
                    raise error
                code = max(code, error.exit_code)
                _common.note(str(error))
            code = max(code, take(outcome))
            bar.done()
    return code


class _Silent:
    """No progress bar."""

    def started(self, name: str) -> None:
        """Work on an asset begins."""

    def done(self) -> None:
        """One more asset is done."""


@contextlib.contextmanager
def _progress(total: int, what: str) -> Iterator[_Silent]:
    """A progress bar on stderr when it is a terminal and there are several assets."""
    if total < 2 or not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task(what, total=total)

        class Shown(_Silent):
            def started(self, name: str) -> None:
                bar.update(row, description=_common.one_line(f"{what} {Path(name).name}"))

            def done(self) -> None:
                bar.advance(row)

        yield Shown()
