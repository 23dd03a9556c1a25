"""Where marked assets and their receipts are written: no two inputs ever to one file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from . import _common


def targets_of(arguments: argparse.Namespace, names: list[str]) -> dict[str, Path]:
    """Input to output. Folders of several inputs keep the structure below the folder that they share."""
    from sceneproof.errors import UsageError

    if arguments.in_place:
        if arguments.output:
            raise UsageError("--in-place and --output contradict each other")
        return _apart({name: Path(name) for name in names})
    if not arguments.output:
        raise UsageError("--output OUT is needed (or --in-place, to write over the input)")
    output = Path(arguments.output)
    named = arguments.output.endswith(("/", os.sep)) or (
        not output.suffix and any(Path(path).is_dir() for path in arguments.paths)
    )
    folder = len(names) > 1 or output.is_dir() or named
    targets = _apart(_in_folder(output, names) if folder else {names[0]: output})
    for name, target in targets.items():
        if not target.exists():
            continue
        if Path(name).exists() and target.samefile(name):
            raise UsageError(f"{target}: is the input; say --in-place to write over it")
        if not arguments.force:
            raise UsageError(f"{target}: exists; name another file, or allow it with --force")
    if folder:
        for target in targets.values():
            target.parent.mkdir(parents=True, exist_ok=True)
    return targets


def _apart(targets: dict[str, Path]) -> dict[str, Path]:
    """The same, where no two inputs would be written to one file (two formats of one name, a link and its target)."""
    from sceneproof.errors import UsageError

    taken: dict[str, str] = {}
    for name, target in targets.items():
        other = taken.setdefault(os.path.normcase(target.resolve()), name)
        if other != name:
            raise UsageError(f"{other} and {name} would both be written to {target}; mark them one by one")
    return targets


def _in_folder(output: Path, names: list[str]) -> dict[str, Path]:
    from sceneproof.errors import UsageError

    if output.exists() and not output.is_dir():
        raise UsageError(f"{output}: is a file, and there are several inputs; name a folder")
    if not output.parent.is_dir():
        raise UsageError(f"{output.parent}: no such folder; make it first")
    places = {name: Path(os.path.abspath(name)) for name in names}  # noqa: PTH100 - links keep their own place
    common = Path(os.path.commonpath([place.parent for place in places.values()]))
    return {name: output / _written(place.relative_to(common)) for name, place in places.items()}


def _written(path: Path) -> Path:
    """The name under which a file is written: one of a format that is only read gets the ending of its conversion."""
    from sceneproof.io import written_as

    endings = written_as(path.suffix)
    return path if not endings or path.suffix.lower() in endings else path.with_suffix(endings[0])


def receipt_files(receipt: str, targets: dict[str, Path]) -> dict[str, Path]:
    """Input to receipt: one file for all, or in a folder one each under the output's name (and its folders)."""
    path = Path(receipt)
    if receipt.endswith(("/", os.sep)) and path.parent.is_dir() and not path.exists():
        path.mkdir()
    if not path.is_dir():
        _common.check_target(path, [*targets, *map(str, targets.values())])
        return dict.fromkeys(targets, path)
    common = Path(os.path.commonpath([target.parent for target in targets.values()]))
    files = {
        name: path / target.parent.relative_to(common) / f"{target.name}.receipt.json"
        for name, target in targets.items()
    }
    for file in files.values():
        file.parent.mkdir(parents=True, exist_ok=True)
    return files


class ReceiptFiles:
    """Receipts on their way to files.

    Each is there as soon as its asset is done, so that a run which is cut off leaves one for every file it wrote. A
    file of several holds JSON Lines, in the order of the inputs once the run is over.
    """

    def __init__(self, files: dict[str, Path]) -> None:
        self._files = files
        self._shared = len(set(files.values())) < len(files)
        self._kept: dict[int, Any] = {}

    def add(self, index: int, name: str, receipt: Any) -> None:
        """Write one receipt (nothing where none were asked for)."""
        if not self._files:
            return
        from sceneproof.report import json

        if not self._shared:
            _common.save_text(self._files[name], json.text([receipt]))
            return
        line = json.dumps(receipt) + "\n"
        if self._kept:
            with self._files[name].open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(line)
        else:
            _common.save_text(self._files[name], line)
        self._kept[index] = line

    def close(self) -> None:
        """Put the lines of a shared file in the order of the inputs."""
        if self._shared and list(self._kept) != sorted(self._kept):
            path = next(iter(self._files.values()))
            _common.save_text(path, "".join(self._kept[index] for index in sorted(self._kept)))
