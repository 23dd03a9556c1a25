"""Files that appear whole or not at all: a temporary in the target folder, then a rename."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from ..errors import SceneproofError


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` under `path` in one step. Raises `SceneproofError` when the folder does not allow it."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise SceneproofError(f"{path}: cannot be written ({error.strerror or error})") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _open_up(temporary)
        temporary.replace(path)
    except OSError as error:
        raise SceneproofError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _open_up(path: Path) -> None:
    """The rights a plain new file would have; temporaries are made for the owner only."""
    mask = os.umask(0)
    os.umask(mask)
    with contextlib.suppress(OSError):
        path.chmod(0o666 & ~mask)
