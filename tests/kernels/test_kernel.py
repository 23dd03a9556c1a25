from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from sceneproof.kernels import cache_folder, kernel, prange


@kernel
def _double(x: float) -> float:
    return 2.0 * x


@kernel(parallel=True)
def _each(values: np.ndarray) -> np.ndarray:
    """Doubled plus one."""
    out = np.empty_like(values)
    for i in prange(values.shape[0]):
        out[i] = _double(values[i]) + 1.0
    return out


def test_a_kernel_calls_a_kernel_and_keeps_its_name() -> None:
    assert _each(np.arange(3.0)).tolist() == [1.0, 3.0, 5.0]
    assert _each.__name__ == "_each"
    assert _each.__doc__ == "Doubled plus one."


def test_threads_may_call_one_parallel_kernel_at_once() -> None:
    values = np.arange(50_000.0)
    right = []
    threads = [threading.Thread(target=lambda: right.append((_each(values) == 2 * values + 1).all())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 8


def _run(code: str, **environment: str) -> str:
    run = [sys.executable, "-c", code]
    return subprocess.run(run, env={**os.environ, **environment}, capture_output=True, text=True, check=True).stdout


def test_importing_kernels_does_not_import_numba() -> None:
    code = "import sys, sceneproof.kernels.flux, sceneproof.kernels.viterbi; print('numba' in sys.modules)"
    assert _run(code).strip() == "False"


_CALL = "import numpy as np; from sceneproof.kernels.umbrella import umbrella as k; {}"
_SMOOTH = "print(k(np.zeros((2, 3)), np.array([[0, 1]]), .5, 1).sum())"


def test_the_cache_lies_where_it_is_told_and_is_named_by_the_sources(tmp_path: Path) -> None:
    assert _run(_CALL.format(_SMOOTH), SCENEPROOF_CACHE_DIR=str(tmp_path)).strip() == "0.0"
    folders = list((tmp_path / "kernels").iterdir())
    assert len(folders) == 1
    assert len(folders[0].name) == 24
    assert list(folders[0].rglob("*.nbi"))


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert _run(_CALL.format(_SMOOTH), SCENEPROOF_CACHE_DIR=str(blocked)).strip() == "0.0"


def test_a_cache_that_vanishes_in_use_is_no_error(tmp_path: Path) -> None:
    code = "import shutil, sceneproof.kernels._kernel as m; k._build(); shutil.rmtree(m.cache_folder().parent.parent); "
    code += "open({!r}, 'w').close(); ".format(str(tmp_path / "cache")) + _SMOOTH
    assert _run(_CALL.format(code), SCENEPROOF_CACHE_DIR=str(tmp_path / "cache")).strip() == "0.0"


def test_a_folder_is_given_or_none() -> None:
    folder = cache_folder()
    assert folder is None or folder.is_dir()


def test_an_interrupt_inside_compiled_code_stays_an_interrupt(monkeypatch):
    from sceneproof.kernels import kernel

    @kernel
    def loop(count: int) -> int:
        return count

    def interrupted(*_: object) -> None:
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    monkeypatch.setattr(loop, "_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loop(1)

    def broken(*_: object) -> None:
        raise SystemError("something else")

    monkeypatch.setattr(loop, "_run", broken)
    with pytest.raises(SystemError, match="something else"):
        loop(1)
