"""Every example runs, and the notebook is the one that its maker writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))


def test_scripts_run_on_the_samples() -> None:
    command = [sys.executable, str(EXAMPLES / "watch_folder.py"), str(EXAMPLES.parent / "assets")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any("interior.glb" in line for line in lines)
    assert not any(line.startswith("unreadable") for line in lines), done.stdout


def test_the_stored_notebook_holds_the_cells_of_its_maker() -> None:
    nbformat = pytest.importorskip("nbformat")
    from make_notebook import build

    stored = nbformat.read(EXAMPLES / "audit_mark_verify.ipynb", as_version=4)
    assert [cell.source for cell in stored.cells] == [cell.source for cell in build().cells]
    assert any(cell.get("outputs") for cell in stored.cells if cell.cell_type == "code")


@pytest.mark.slow
def test_the_notebook_runs_from_a_clean_kernel() -> None:
    pytest.importorskip("nbclient")
    from make_notebook import build
    from nbclient import NotebookClient

    book = build()
    NotebookClient(book, timeout=600, resources={"metadata": {"path": str(EXAMPLES)}}).execute()
    last = next(cell for cell in reversed(book.cells) if cell.cell_type == "code")
    assert last.outputs[0]["data"]["text/plain"] == "(False, True, True)"
