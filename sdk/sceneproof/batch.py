"""From what a user names to the assets that are meant: files, folders, globs and ``@list``."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import UsageError


def expand(names: Sequence[str]) -> list[str]:
    """Every asset named, in order, each once.

    A folder stands for the assets in it and below; a glob for what it matches; ``@FILE`` for one name per line (empty
    lines and lines from ``#`` on are passed over). A file that does not exist stays in the list: reading it makes one
    record of it. Raises `UsageError` for a list that cannot be read and for a pattern, folder or list that holds
    nothing.
    """
    found: dict[str, str] = {}
    for name in _expand(names, nested=False):
        found.setdefault(os.path.abspath(name), name)  # noqa: PTH100 - a link and its target are two assets
    return list(found.values())


def _expand(names: Sequence[str], *, nested: bool) -> Iterator[str]:
    for name in names:
        exists = os.path.exists(name)  # noqa: PTH110 - False, where Path.exists raises for a name that is too long
        if name.startswith("@") and not exists:
            if nested:
                raise UsageError(f"{name}: a list inside a list is not read")
            yield from _expand(_lines(Path(name[1:])), nested=True)
        elif exists and Path(name).is_dir():
            yield from _folder(Path(name))
        elif not exists and glob.has_magic(name):
            yield from _matches(name)
        else:
            yield name


def _matches(pattern: str) -> list[str]:
    found: list[str] = []
    for item in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - Path.glob takes no absolute pattern
        path = Path(item)
        if path.is_dir():
            found += _folder(path, empty_ok=True)
        elif _is_asset(path):
            found.append(item)
    if not found:
        raise UsageError(f"{pattern}: matches no asset that is read here ({', '.join(_endings())})")
    return found


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"@{path}: list cannot be read ({getattr(error, 'strerror', None) or error})") from None
    found = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise UsageError(f"@{path}: the list names nothing")
    return found


def _folder(folder: Path, *, empty_ok: bool = False) -> list[str]:
    found = sorted(str(path) for path in folder.rglob("*") if path.is_file() and _is_asset(path))
    if not found and not empty_ok:
        raise UsageError(f"{folder}: holds no asset that is read here ({', '.join(_endings())})")
    return found


def _is_asset(path: Path) -> bool:
    return path.suffix.lower() in _endings()


def _endings() -> tuple[str, ...]:
    from .io import extensions

    return extensions()
