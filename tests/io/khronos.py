"""The Khronos validator (npm package ``gltf-validator``), run through node where both are found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

MISSING = "gltf-validator is not installed (npm)"
_SCRIPT = Path(__file__).with_suffix(".mjs")


@cache
def _home() -> str | None:
    """A folder from which node finds the package."""
    tests = _SCRIPT.parent.parent
    named = os.environ.get("SCENEPROOF_GLTF_VALIDATOR")
    folders = [Path(named)] if named else [tests, tests.parent]
    if shutil.which("node") is None:
        return None
    for folder in folders:
        for above in (folder, *folder.resolve().parents):
            if (above / "node_modules" / "gltf-validator").is_dir():
                return str(above)
    return None


def errors(*paths: Path) -> list[Counter[tuple[str, str]]]:
    """For each file, how often the validator reports an error, by code and pointer. Skips when it is not installed."""
    home = _home()
    if home is None:
        pytest.skip(MISSING)
    lines = "\n".join(str(path.resolve()) for path in paths)
    done = subprocess.run(
        ["node", str(_SCRIPT), home], input=lines, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == len(paths)
    return [Counter((item["code"], item["pointer"]) for item in report if item["severity"] == 0) for report in reports]
