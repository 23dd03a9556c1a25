"""The receipt of an asset, among those of a file or a folder."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _expected as expected
from .errors import UsageError
from .findings import Receipt

SUFFIX = ".receipt.json"


@dataclass(frozen=True, eq=False)
class Record:
    """What a receipt says of the file that was written: its name, its hash (if told) and its marks."""

    uri: str
    sha256: str | None
    marks: expected.Marks

    def compared(self, digest: str) -> dict[str, Any] | None:
        """The ``receipt`` object of ``sceneproof.verify/1``; ``None`` where the receipt tells no hash."""
        if self.sha256 is None:
            return None
        return {"bytes": "same" if self.sha256 == digest else "different", "sha256": self.sha256}


def records(value: Receipt | Mapping[str, Any] | str | Path | None, name: str | None = None) -> list[Record]:
    """The receipts that may be the asset's: one, the lines of a file, or ``NAME.receipt.json`` in a folder and below.

    Without a name, all that a folder holds. Receipts of a run's failures are passed over. Raises `UsageError` for what
    is no receipt and where there is none.
    """
    if value is None:
        return []
    entries = _entries(Path(value), name) if isinstance(value, str | Path) else [value]
    found = []
    for entry in (entry.to_dict() if isinstance(entry, Receipt) else entry for entry in entries):
        if not isinstance(entry, Mapping):
            raise UsageError("the receipt is no sceneproof.receipt/1")
        if entry.get("error") and len(entries) > 1:
            continue
        [(uri, marks)] = expected.receipts(entry)
        found.append(Record(uri, _digest(entry), marks))
    if not found:
        raise UsageError("the receipt is of no file that was marked")
    return found


def record_for(found: Sequence[Record], name: str | None, digest: str) -> Record | None:
    """The one receipt; of several the one of the asset's path, else of its file name, else of its name and hash.

    Raises `UsageError`, naming the asset, when none or more than one fits.
    """
    if not found:
        return None
    try:
        marks = expected.receipt_for([(record.uri, record.marks) for record in found], name)
    except UsageError:
        for record in found:
            if record.sha256 == digest and (name is None or Path(record.uri).name == Path(name).name):
                return record
        raise
    return next(record for record in found if record.marks is marks)


def _entries(path: Path, name: str | None) -> list[Any]:
    if not path.is_dir():
        return expected.entries_of(path)
    wanted = "*" if name is None else glob.escape(Path(name).name)
    files = sorted(file for file in path.rglob(wanted + SUFFIX) if file.is_file())
    if not files:
        raise UsageError(f"{name or path}: there is no {Path(name).name if name else 'NAME'}{SUFFIX} in {path}")
    return [entry for file in files for entry in expected.entries_of(file)]


def _digest(entry: Mapping[str, Any]) -> str | None:
    asset = entry.get("asset")
    after = asset.get("after") if isinstance(asset, Mapping) else None
    digest = after.get("sha256") if isinstance(after, Mapping) else None
    return digest if isinstance(digest, str) and len(digest) == 64 else None
