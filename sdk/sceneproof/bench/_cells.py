"""Cells of the table: what one is, and the files that keep those that were measured.

One file of JSON Lines per unit (asset, strength, method, trial), appended to as cells are measured: one process works
on a unit at a time, so that no lock is needed, and a line that a killed process left half written is passed over.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sceneproof._version import __version__

FOLDER = "cells"


@dataclass(frozen=True)
class Cell:
    """One reading to take: `attack` of `amount` on the copy of an asset that trial `trial` has marked."""

    attack: str
    amount: str
    effort: str = "normal"


@dataclass(frozen=True)
class Unit:
    """One marked copy and the cells to measure on it.

    `method` is ``blind`` (ours: file and key), ``assisted`` (with the unmarked asset too) or ``cho-2007`` (baseline).
    `sha256` is that of the asset's file, or of the arrays of a mesh made by code.
    """

    asset: str
    sha256: str
    vertices: int
    triangles: int
    bits: int
    strength: str
    method: str
    trial: int
    classes: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()

    @property
    def file(self) -> str:
        """Name of the cells' file: the copy's, and what takes minutes in one of its own, as it is measured last."""
        return f"{self.name}-deep" if self.cells and self.cells[0].effort == "deep" else self.name

    @property
    def name(self) -> str:
        """Name of the copy's file: readable, and different for different assets of one name."""
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", self.asset)[:60]
        return f"{plain}-{self.sha256[:8]}-{self.strength}-{self.method}-{self.bits}b-t{self.trial}"

    def keys(self) -> dict[str, Any]:
        """The fields that every row of this unit has."""
        fields = {name: value for name, value in self.__dict__.items() if name != "cells"}
        return fields | dict(scheme())


@functools.cache
def scheme() -> Mapping[str, str]:
    """What measured: method of the watermark, version of the package, and a hash of the codec's sources."""
    from sceneproof.marks.watermark import codec

    digest = hashlib.sha256()
    for path in sorted(Path(codec.__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return {"scheme": codec.METHOD, "version": __version__, "code": digest.hexdigest()[:12]}


def identity(row: Mapping[str, Any], *, code: bool = True) -> tuple[Any, ...]:
    """What makes a row the same measurement as another."""
    names = ("sha256", "attack", "amount", "strength", "method", "trial", "bits", "effort", "scheme", "version")
    return tuple(row[name] for name in names) + ((row["code"],) if code else ())


class Store:
    """The folder of measured cells."""

    def __init__(self, output: Path) -> None:
        self.folder = output / FOLDER

    def append(self, unit: Unit, row: Mapping[str, Any]) -> None:
        """Add a row to the file of its unit."""
        path = self.folder / f"{unit.file}.jsonl"
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"
        with path.open("a+b") as file:
            file.seek(0, 2)
            if file.tell():  # after a line that was cut off the next one needs a line of its own
                file.seek(-1, 2)
                line = line if file.read(1) == b"\n" else "\n" + line
            file.write(line.encode("utf-8"))

    def rows(self, unit: Unit | None = None) -> list[dict[str, Any]]:
        """Rows of one unit, or of all; the last of several of one identity."""
        paths: Sequence[Path]
        if unit is not None:
            paths = [self.folder / f"{unit.file}.jsonl"]
        else:
            paths = sorted(self.folder.glob("*.jsonl")) if self.folder.is_dir() else []
        found = {identity(row): row for path in paths if path.is_file() for row in _lines(path)}
        return list(found.values())


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().splitlines():
        try:
            row = json.loads(line)
            identity(row)
        except (ValueError, KeyError, TypeError):
            continue  # cut off when a process was killed
        yield row


def of_code(rows: Sequence[Mapping[str, Any]], *, other_code: bool) -> list[Mapping[str, Any]]:
    """Those that today's scheme and version measured; and with the same sources of the codec, unless `other_code`."""
    now = scheme()
    names = ("scheme", "version") if other_code else ("scheme", "version", "code")
    return [row for row in rows if all(row[name] == now[name] for name in names)]
