"""Discovery: a rule, signal, mark, format or renderer is one small file, and its file name is its id.

`stems` lists what a package holds without importing it, `module` imports the one file that is asked for, so that adding
a part edits no list and asking for one loads one. A file ``ds_16_1.py`` has the id ``DS-16.1`` when it says so in a
module constant `ID`; without one the id is the file name with dashes. Third parties add theirs through the entry
point group ``sceneproof.<kind>`` (name = id), or from a folder that is named on the command line.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from .errors import UsageError, unknown

KINDS = ("signals", "rules", "marks", "attacks", "report", "cli")


def slug(identifier: str) -> str:
    """The file name that belongs to an id: ``DS-16.1`` is ``ds_16_1``."""
    return identifier.lower().replace("-", "_").replace(".", "_")


@cache
def _modules(kind: str) -> dict[str, str]:
    """File stem to module name for every public file of a package, its sub-folders included.

    A sub-folder with a file of its own name (``label/label.py``) is one part: that file, beside what it is made of.
    """
    found: dict[str, str] = {}

    def add(stem: str, name: str) -> None:
        if stem in found:
            raise UsageError(f"two files named {stem} under sceneproof.{kind}")
        found[stem] = name

    def walk(package: str) -> None:
        for entry in sorted(files(package).iterdir(), key=lambda item: item.name):
            name = entry.name
            if name.startswith(("_", ".")):
                continue
            if name.endswith(".py"):
                add(name[:-3], f"{package}.{name[:-3]}")
            elif entry.joinpath(f"{name}.py").is_file():
                add(name, f"{package}.{name}.{name}")
            elif entry.joinpath("__init__.py").is_file():
                walk(f"{package}.{name}")

    walk(f"sceneproof.{kind}")
    for point in entry_points(group=f"sceneproof.{kind}"):
        found.setdefault(slug(point.name), point.module)
    return found


def stems(kind: str) -> tuple[str, ...]:
    """File stems of all parts of one kind, sorted, without importing any."""
    return tuple(sorted(_modules(kind)))


def module(kind: str, identifier: str) -> ModuleType:
    """Import the one file behind an id or a stem.

    Raises `UsageError` with the nearest known id.
    """
    known = _modules(kind)
    name = known.get(slug(identifier))
    if name is None:
        raise unknown(kind.rstrip("s"), identifier, [stem.replace("_", "-") for stem in known])
    return importlib.import_module(name)


def modules(kind: str) -> Iterator[ModuleType]:
    """Import every part of one kind, in the order of their stems."""
    for stem in stems(kind):
        yield module(kind, stem)


def add_folder(kind: str, folder: Path) -> tuple[str, ...]:
    """Load the parts in a folder that the user named, and return their stems.

    Only ever called with a folder from the command line: a configuration beside an asset may be a stranger's.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder for {kind}")
    added = []
    for path in sorted(folder.glob("*.py")):
        if path.stem.startswith("_"):
            continue
        if path.stem in _modules(kind):
            raise UsageError(f"{path}: the id {path.stem!r} is taken")
        name = f"sceneproof_local_{kind}.{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise UsageError(f"{path}: not a Python file")
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[name] = loaded
        try:
            spec.loader.exec_module(loaded)
        except Exception as error:
            del sys.modules[name]
            raise UsageError(f"{path}: does not load ({type(error).__name__}: {error})") from error
        _modules(kind)[path.stem] = name
        added.append(path.stem)
    return tuple(added)
