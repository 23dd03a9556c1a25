"""The command line, run in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sceneproof.cli import main

DECLARED = [
    item
    for setting in (
        "role=provider", "market=cn", "public=true", "unit=scene", "origin=ai-generated", "producer=Example-Studio",
        "content_id=A-0001", "attest.confusing=true",
    )
    for item in ("--set", setting)
]  # fmt: skip


class Ran:
    """Exit code and what was printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """One object per line of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


class Runner:
    """Calls the command line and collects what it prints."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: object) -> Ran:
        self._capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse
            code = int(ended.code or 0)
        out, err = self._capfd.readouterr()
        assert "Traceback" not in out + err
        return Ran(code, out, err)


def apart(*arguments: str, cwd: Path, encoding_of_streams: str) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own, whose terminal is said to speak an encoding."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONIOENCODING": encoding_of_streams,
    }
    command = [sys.executable, "-m", "sceneproof", *arguments]
    return subprocess.run(command, capture_output=True, env=environment, cwd=cwd, check=False)
