"""What several test folders share: the real assets, where they are at hand, and short property tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")

GLTF = (".gltf", ".glb", ".vrm")


def data_folder() -> Path | None:
    """The folder of real assets, or ``None``."""
    named = os.environ.get("SCENEPROOF_DATA")
    return Path(named) if named and Path(named).is_dir() else None


def gltf_files(*folders: str) -> list[str]:
    """The glTF family in folders of the real assets, relative; without them one name, so that the skip shows."""
    root = data_folder()
    if root is None:
        return ["no-data"]
    found = [path for folder in folders for path in (root / folder).rglob("*") if path.suffix.lower() in GLTF]
    return sorted(path.relative_to(root).as_posix() for path in found)


@pytest.fixture
def data() -> Path:
    """The folder of real assets; skips without it."""
    root = data_folder()
    if root is None:
        pytest.skip("SCENEPROOF_DATA is not set")
    return root


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the kernels once before several workers want them: each would compile them all for itself."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        subprocess.run([sys.executable, "-m", "sceneproof", "warmup"], check=False, stdout=subprocess.DEVNULL)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tables that tests recorded (``record_property("table", text)``), whichever process they ran in."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            for name, text in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
                if name == "table":
                    terminalreporter.section(report.nodeid.rpartition("::")[2].replace("_", " "))
                    terminalreporter.write_line(text)
