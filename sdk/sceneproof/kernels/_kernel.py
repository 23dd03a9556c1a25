"""The ``@kernel`` decorator: Numba on the first call, a cache that notices every change of source.

Numba's own cache is keyed by the file of the function that is called and overlooks a change in a function that it
calls from another file; so the cache folder's name carries a hash of all kernel sources.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, overload

prange = range  # what a parallel kernel loops with: Numba's prange once it is compiled

P = ParamSpec("P")
R = TypeVar("R")

_build_lock = threading.RLock()  # numba.config.CACHE_DIR is process-wide while a dispatcher is made
_parallel_lock = threading.Lock()  # Numba's workqueue layer aborts the process when two threads enter it
_cache_failed = threading.Event()  # the cache failed in use: every kernel is then rebuilt without one


def _user_cache() -> Path | None:
    chosen = os.environ.get("SCENEPROOF_CACHE_DIR")
    if chosen:
        return Path(chosen)
    try:
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "sceneproof"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "sceneproof"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sceneproof"
    except RuntimeError:  # no home folder is known
        return None


@functools.cache
def _source_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """Folder of the compiled kernels, made when needed; None when there is no place that can be written.

    It lies under the environment variable ``SCENEPROOF_CACHE_DIR``, else the platform's user cache folder, and is
    named by the SHA-256 of the kernel sources.
    """
    base = _user_cache()
    if base is None or _cache_failed.is_set():
        return None
    try:
        folder = base / "kernels" / _source_hash()[:24]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return None
    return folder


def _with_prange(function: Callable[P, R], numba_prange: Any) -> Callable[P, R]:
    """Give the function a scope in which our lazy ``prange`` is Numba's own."""
    scope = function.__globals__
    if scope.get("prange") is not prange:
        return function
    copy = types.FunctionType(function.__code__, scope | {"prange": numba_prange}, function.__name__)
    copy.__module__ = function.__module__
    copy.__qualname__ = function.__qualname__
    return copy


class Kernel(Generic[P, R]):
    """A function compiled by Numba when it is first called; inside other kernels it is called like any function."""

    def __init__(self, function: Callable[P, R], parallel: bool) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.parallel = parallel
        self._dispatcher: Any = None
        self._cached = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the compiled function."""
        try:
            return self._run(*args, **kwargs)
        except OSError:  # kernels do no I/O: the compile cache failed (disk full, folder gone); go on without it
            if _cache_failed.is_set():
                raise
            _cache_failed.set()
            return self._run(*args, **kwargs)
        except SystemError as error:  # Ctrl-C inside compiled code comes out like this; it must stay an interrupt
            if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
                raise KeyboardInterrupt from None
            raise

    def _run(self, *args: P.args, **kwargs: P.kwargs) -> R:
        compiled: Callable[P, R] = self._dispatcher if self._is_built() else self._build()
        if self.parallel:
            with _parallel_lock:
                return compiled(*args, **kwargs)
        return compiled(*args, **kwargs)

    def _is_built(self) -> bool:
        return self._dispatcher is not None and not (self._cached and _cache_failed.is_set())

    def _build(self) -> Any:
        with _build_lock:
            if self._is_built():
                return self._dispatcher
            import numba

            folder = cache_folder()
            config: Any = numba.config
            before = config.CACHE_DIR
            config.CACHE_DIR = str(folder) if folder else ""
            try:
                make = numba.njit(cache=folder is not None, parallel=self.parallel, nogil=True)
                self._dispatcher = make(_with_prange(self.py_func, numba.prange))
            finally:
                config.CACHE_DIR = before
            self._cached = folder is not None
            return self._dispatcher

    @property
    def _numba_type_(self) -> Any:
        # Numba asks any global that it meets in a compiled function for this: so kernels may call kernels
        return self._build()._numba_type_


@overload
def kernel(function: Callable[P, R], /) -> Kernel[P, R]: ...


@overload
def kernel(*, parallel: bool = False) -> Callable[[Callable[P, R]], Kernel[P, R]]: ...


def kernel(function: Callable[P, R] | None = None, /, *, parallel: bool = False) -> Any:
    """Compile a loop function with Numba on its first call (``nopython``, GIL released, strict floating point).

    ``parallel=True`` allows ``prange``; such a kernel must write disjoint slots, so that its result does not
    depend on the number of threads. Calls of parallel kernels are serialised. Take ``prange`` from this package,
    not from Numba: importing a kernel module must not import Numba.
    """
    if function is not None:
        return Kernel(function, parallel)
    return lambda inner: Kernel(inner, parallel)
