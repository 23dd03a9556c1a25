"""A runner, and a folder with small assets to work in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests._marked import SECRET, bytes_of, low, marked_low
from tests.cli._run import Runner


@pytest.fixture
def cli(capfd):
    return Runner(capfd)


@pytest.fixture
def work(tmp_path, monkeypatch) -> Path:
    """The current folder: ``low.glb``, ``marked.glb``, a broken file and a key."""
    import base64

    monkeypatch.chdir(tmp_path)
    (tmp_path / "low.glb").write_bytes(low())
    (tmp_path / "marked.glb").write_bytes(bytes_of(marked_low()))
    (tmp_path / "broken.glb").write_bytes(low()[:80])
    secret = base64.b64encode(SECRET).decode()
    (tmp_path / "studio.key").write_text(f'schema = "sceneproof.key/1"\nsecret = "{secret}"\n')
    return tmp_path
