"""From what a user names to the assets that are meant: files, folders, globs and ``@list``."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .errors import InputError, UsageError

KNOWN_3D = frozenset(
    (
        ".gltf", ".glb", ".vrm", ".ply", ".obj", ".stl", ".spz", ".sog", ".splat", ".ksplat", ".usd", ".usda",
        ".usdc", ".usdz", ".fbx", ".pcd", ".las", ".laz", ".drc", ".off", ".dae", ".blend", ".3mf",
    )
)  # fmt: skip
"""Endings of 3D files, read here or not: of those that are not, a run over a folder says that it passed them over."""


@dataclass
class PassedOver:
    """What a folder or a glob holds beside the assets that are read.

    Attributes
    ----------
    files : absolute path to ending, for 3D files of a format that is not read here.
    closed : folders that could not be looked into, each with the reason.
    """

    files: dict[str, str] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)

    def told(self) -> str:
        """``8 files not read here: .spz 4, .sog 3, .ply 1``; empty when there is none."""
        if not self.files:
            return ""
        counts = sorted(Counter(self.files.values()).items(), key=lambda item: (-item[1], item[0]))
        noun = "file" if len(self.files) == 1 else "files"
        return f"{len(self.files)} {noun} not read here: {', '.join(f'{ending} {n}' for ending, n in counts)}"


def expand(names: Sequence[str]) -> list[str]:
    """Every asset named, in order, each once.

    A folder stands for the assets in it and below; a glob for what it matches; ``@FILE`` for one name per line (empty
    lines and lines from ``#`` on are passed over). A file that does not exist stays in the list: reading it makes one
    record of it. Raises `UsageError` for a list that cannot be read and for a pattern, folder or list that holds
    nothing, `InputError` for a folder that cannot be looked into.
    """
    return survey(names)[0]


def survey(names: Sequence[str]) -> tuple[list[str], PassedOver]:
    """As `expand`, and what was passed over: files of other 3D formats, and folders below that are closed."""
    over = PassedOver()
    found: dict[str, str] = {}
    for name in _expand(names, over, nested=False):
        found.setdefault(_place(name), name)
    for place in found:
        over.files.pop(place, None)
    return list(found.values()), over


def _place(name: str) -> str:
    return os.path.abspath(name)  # noqa: PTH100 - a link and its target are two assets


def _expand(names: Sequence[str], over: PassedOver, *, nested: bool) -> Iterator[str]:
    for name in names:
        exists = os.path.exists(name)  # noqa: PTH110 - False, where Path.exists raises for a name that is too long
        if name.startswith("@") and not exists:
            if nested:
                raise UsageError(f"{name}: a list inside a list is not read")
            yield from _expand(_lines(Path(name[1:])), over, nested=True)
        elif exists and Path(name).is_dir():
            yield from _folder(Path(name), over)
        elif not exists and glob.has_magic(name):
            yield from _matches(name, over)
        else:
            yield name


def _matches(pattern: str, over: PassedOver) -> list[str]:
    found: list[str] = []
    here = PassedOver(closed=_closed_on_the_way(pattern))
    for item in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - Path.glob takes no absolute pattern
        path = Path(item)
        if path.is_dir():
            found += _walk(path, here)
        elif _is_asset(path):
            found.append(item)
        else:
            _pass_over(path, here)
    return _or_raise(found, here, over, f"{pattern}: matches no asset that is read here")


def _closed_on_the_way(pattern: str) -> dict[str, str]:
    """Folders in which the pattern would look but cannot: `glob` says nothing of them."""
    parent = os.path.dirname(pattern)  # noqa: PTH120 - a pattern, not a path
    closed = {}
    for item in glob.glob(parent, recursive=True) if parent else ["."]:  # noqa: PTH207
        if Path(item).is_dir():
            why = _closed(item)
            if why:
                closed[item] = why
    return closed


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"@{path}: list cannot be read ({getattr(error, 'strerror', None) or error})") from None
    found = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not found:
        raise UsageError(f"@{path}: the list names nothing")
    return found


def _folder(folder: Path, over: PassedOver) -> list[str]:
    why = _closed(str(folder))
    if why:
        raise InputError(f"cannot look into the folder ({why})", uri=str(folder))
    here = PassedOver()
    return _or_raise(_walk(folder, here), here, over, f"{folder}: holds no asset that is read here")


def _or_raise(found: list[str], here: PassedOver, over: PassedOver, nothing: str) -> list[str]:
    """What was found; what was passed over goes to the others. Raises when nothing was found, and says what was."""
    if not found:
        for folder, why in here.closed.items():
            raise InputError(f"cannot look into the folder ({why})", uri=folder)
        told = here.told()
        raise UsageError(f"{nothing} ({', '.join(_endings())}){'; ' + told if told else ''}")
    over.files.update(here.files)
    over.closed.update(here.closed)
    return found


def _walk(folder: Path, over: PassedOver) -> list[str]:
    """The assets in a folder and below, sorted. Links to folders are not followed: they may lead in circles."""
    found: list[str] = []

    def note(error: OSError) -> None:
        over.closed[str(error.filename)] = error.strerror or str(error)

    for root, _, files in os.walk(folder, onerror=note):
        for path in (Path(root, name) for name in files):
            if not path.is_file():
                continue
            if _is_asset(path):
                found.append(str(path))
            else:
                _pass_over(path, over)
    return sorted(found)


def _closed(folder: str) -> str:
    """Why a folder cannot be looked into; empty when it can."""
    try:
        os.scandir(folder).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _pass_over(path: Path, over: PassedOver) -> None:
    if path.suffix.lower() in KNOWN_3D:
        over.files[_place(str(path))] = path.suffix.lower()


def _is_asset(path: Path) -> bool:
    return path.suffix.lower() in _endings()


def _endings() -> tuple[str, ...]:
    from .io import extensions

    return extensions()
