"""A pool of processes for `batch.each`, which outlives the death of any of them.

`concurrent.futures` gives up all work when one process dies. Here each process has a pipe of its own and one asset at
a time: when it dies (a fault in a native library, the system's memory killer), that asset is known, becomes one record,
and a new process takes the next. Processes are spawned, not forked: a fork after OpenMP hangs. They stay for the whole
run, so that what one of them has imported and compiled is there for its next asset.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from ._task import Outcome, Task, attempt, cpus
from .errors import InputError

_THREADS = (
    "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
)  # fmt: skip
_GRACE = 1.0  # seconds in which a process may take its temporary files away before it is killed


def pooled(
    task: Task, names: Sequence[str], jobs: int, started: Callable[[str], None]
) -> Generator[Outcome, None, None]:
    """One outcome per asset as they come, from `jobs` processes. Closing the iterator ends them at once."""
    left = iter(enumerate(names))
    workers: dict[Any, _Worker] = {}
    leaving: list[_Worker] = []
    done = False
    try:
        for item in _first(left, jobs):
            worker = _Worker(task, jobs, item)
            workers[worker.pipe] = worker
            started(item[1])
        while workers:
            for ready in wait(list(workers)):
                worker = workers.pop(ready)
                outcome = worker.outcome()
                following = next(left, None)
                if following is not None:
                    worker = worker.take(following)
                    workers[worker.pipe] = worker
                    started(following[1])
                else:
                    worker.dismiss()
                    leaving.append(worker)
                yield outcome
        done = True
    finally:
        _end([*workers.values(), *leaving], patience=5 * _GRACE if done else 0.0)


def _first(left: Iterator[tuple[int, str]], count: int) -> list[tuple[int, str]]:
    return [item for _, item in zip(range(count), left, strict=False)]


class _Worker:
    """One process, its pipe, and the asset that it works on."""

    def __init__(self, task: Task, jobs: int, item: tuple[int, str]) -> None:
        self._task, self._jobs, self._item = task, jobs, item
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(theirs, task), name="sceneproof")
        with _undisturbed(), _few_threads(jobs):
            self.process.start()
        theirs.close()  # so that the pipe ends when the process does
        self._send(item)

    def take(self, item: tuple[int, str]) -> _Worker:
        """Begin with the next asset; in a new process where this one has died."""
        if self.process.is_alive() and self._send(item):
            self._item = item
            return self
        _end([self])
        return _Worker(self._task, self._jobs, item)

    def outcome(self) -> Outcome:
        """What became of the asset, once the pipe is ready."""
        index, name = self._item
        try:
            found = self.pipe.recv()
            assert isinstance(found, Outcome)
            return found
        except (EOFError, OSError):
            self.process.join()
            error = InputError(f"the process that worked on it died ({_cause(self.process.exitcode)})", uri=name)
        except Exception as fault:  # a result that cannot be put together again must not end the run
            error = InputError(f"its result was lost between processes ({type(fault).__name__}: {fault})", uri=name)
        return Outcome(index, name, self._task.record(name, error), error)

    def dismiss(self) -> None:
        """There is nothing more to do: the closed pipe tells the process so."""
        self.pipe.close()

    def _send(self, item: tuple[int, str]) -> bool:
        try:
            self.pipe.send(item)
        except OSError:
            return False
        return True


def _cause(code: int | None) -> str:
    """Why a process ended, as far as its exit code tells."""
    if code is None or code >= 0:
        return f"exit code {code}"
    known = {item.value: item.name for item in signal.Signals}
    hint = ", as when memory runs out" if known.get(-code) == "SIGKILL" else ""
    return f"{known.get(-code, f'signal {-code}')}{hint}"


def _end(workers: Sequence[_Worker], patience: float = 0.0) -> None:
    """End processes: wait, then ask (so that no temporary file stays), then kill; none is left behind."""
    with _undisturbed():
        for step, seconds in (("wait", patience), ("terminate", _GRACE), ("kill", None)):
            running = [worker.process for worker in workers if worker.process.exitcode is None]
            if step != "wait":
                for process in running:
                    getattr(process, step)()
            until = time.monotonic() + (seconds or 0.0)
            for process in running:
                process.join(None if seconds is None else max(0.0, until - time.monotonic()))
        for worker in workers:
            worker.process.close()
            worker.pipe.close()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C waits until the block is done. A process started in it never sees Ctrl-C: the mask is inherited."""
    pressed: list[int] = []
    handler = None
    if threading.current_thread() is threading.main_thread():  # another thread may take the signal: the mask is its own
        handler = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    mask = None
    if hasattr(signal, "pthread_sigmask"):
        from multiprocessing.resource_tracker import ensure_running

        ensure_running()  # at its start it lifts the mask
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
        if pressed and callable(handler):
            handler(signal.SIGINT, None)


@contextlib.contextmanager
def _few_threads(jobs: int) -> Iterator[None]:
    """Processes started in the block share the processors; a number that the user has set stays."""
    share = str(max(1, cpus() // jobs))
    unset = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(unset, share))
    try:
        yield
    finally:
        for name in unset:
            os.environ.pop(name, None)


def _serve(pipe: Connection, task: Task) -> None:
    """What a process does: one asset after the other, until the pipe is closed or it is told to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends Ctrl-C to all; the parent decides
    signal.signal(signal.SIGTERM, _stop)
    try:
        while True:
            try:
                index, name = pipe.recv()
            except (EOFError, OSError):
                return
            answer = _answer(task, index, name)
            with contextlib.suppress(OSError):
                pipe.send_bytes(answer)
    except KeyboardInterrupt:
        os._exit(128 + signal.SIGTERM)


def _answer(task: Task, index: int, name: str) -> Any:
    """The pickled outcome; a fault of our own is told on stderr, and is that asset's record."""
    from multiprocessing.reduction import ForkingPickler

    try:
        return ForkingPickler.dumps(attempt(task, index, name))
    except Exception as fault:
        traceback.print_exc()
        error = InputError(f"cannot be worked on ({type(fault).__name__}: {fault})", uri=name)
        return ForkingPickler.dumps(Outcome(index, name, task.record(name, error), error))


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
