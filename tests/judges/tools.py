"""Other people's exporters, run as a studio runs them: gltfpack, glTF-Transform and Blender.

They judge what Sceneproof writes: a file that one of them cannot take, or of which it makes less than of the unmarked
one, is our fault. Each skips with its reason where it is not installed; the continuous run installs all three.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

NPM_MISSING = "gltfpack and @gltf-transform/cli are not installed (npm)"
BLENDER_MISSING = "Blender's Python module is not installed (SCENEPROOF_BLENDER names a Python that has bpy)"
_SCRIPT = Path(__file__).with_name("blender_script.py")


@cache
def _npm(name: str) -> str | None:
    """The command of an npm package beside the tests or above."""
    tests = Path(__file__).resolve().parents[1]
    named = os.environ.get("SCENEPROOF_NPM")
    for above in [Path(named)] if named else [tests, *tests.parents]:
        command = above / "node_modules" / ".bin" / name
        if command.is_file():
            return str(command)
    return None


def _run(command: list[str], out: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300)
    assert done.returncode == 0, f"{' '.join(command[:3])}: {done.stdout[-800:]} {done.stderr[-800:]}"
    assert out.is_file(), f"{command[0]} wrote nothing: {done.stdout[-800:]} {done.stderr[-800:]}"


def npm(name: str) -> str:
    """The program of an npm package; skips where it is not installed."""
    command = _npm(name)
    if command is None or shutil.which("node") is None:
        pytest.skip(NPM_MISSING)
    return command


def gltfpack(source: Path, out: Path, *options: str) -> Path:
    """gltfpack with its defaults (quantised, meshes merged) and the given options."""
    _run([npm("gltfpack"), *options, "-i", str(source), "-o", str(out)], out)
    return out


def gltf_transform(verb: str, source: Path, out: Path, *options: str) -> Path:
    """One verb of glTF-Transform's command line: copy, draco, meshopt, quantize, weld …"""
    _run([npm("gltf-transform"), verb, str(source), str(out), *options], out)
    return out


@cache
def _blender() -> str | None:
    for python in (os.environ.get("SCENEPROOF_BLENDER"), sys.executable):
        if python and not subprocess.run([python, "-c", "import bpy"], capture_output=True, check=False).returncode:
            return python
    return None


def blender_command() -> list[str]:
    """The words that call Blender's import and export; skips where it is not installed."""
    python = _blender()
    if python is None:
        pytest.skip(BLENDER_MISSING)
    return [python, str(_SCRIPT)]


def blender(source: Path, out: Path) -> Path:
    """Blender's import and export, with their defaults."""
    _run([*blender_command(), str(source), str(out)], out)
    return out
