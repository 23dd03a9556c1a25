"""Files that appear whole or not at all: a temporary in the target folder, then a rename."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from sceneproof.errors import SceneproofError


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` under `path` in one step; a new file gets the rights of any new file, a replaced one keeps its own.

    Raises `SceneproofError` when the folder does not allow it.
    """
    temporary = path.parent / f".{path.name[:40]}.{secrets.token_hex(8)}.part"
    try:
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise SceneproofError(f"{path}: cannot be written ({error.strerror or error})") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(OSError):
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except OSError as error:
        raise SceneproofError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
