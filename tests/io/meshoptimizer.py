"""The meshopt codec of its authors (npm package ``meshoptimizer``), run through node where both are found."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_SCRIPT = Path(__file__).with_suffix(".mjs")


def judged(cases: list[dict[str, Any]]) -> list[tuple[bytes, list[int]]]:
    """For streams ``{data, count, stride, mode, filter}``: decoded bytes, and the lengths of its own streams.

    Skips when the package is not installed.
    """
    tests = _SCRIPT.parent.parent
    home = next((up for up in (tests, *tests.parents) if (up / "node_modules" / "meshoptimizer").is_dir()), None)
    if home is None or shutil.which("node") is None:
        pytest.skip("meshoptimizer is not installed (npm)")
    lines = json.dumps([case | {"data": base64.b64encode(case["data"]).decode()} for case in cases])
    done = subprocess.run(
        ["node", str(_SCRIPT), str(home)], input=lines, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return [(base64.b64decode(item["out"]), item["again"]) for item in json.loads(done.stdout)]
