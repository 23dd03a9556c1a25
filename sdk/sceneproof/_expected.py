"""What is expected of a file: the marks that a receipt says were put in, or that the caller asks for."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import keys as keyring
from .errors import UsageError, unknown
from .findings import Receipt

MARKS = ("label", "metadata", "watermark", "credential")
READABLE = ("label", "metadata", "watermark")
COMPARED = {"label": ("text",), "metadata": ("aigc", "digital_source_type"), "watermark": ("payload",)}

Marks = Mapping[str, Mapping[str, Any]]


def wanted(receipt: Marks, require: Sequence[str], keys: Sequence[keyring.Key]) -> list[str]:
    """Marks that must read back. Raises `UsageError` for an unknown one, and for a watermark without a key."""
    for mark in require:
        if mark not in MARKS:
            raise unknown("mark", mark, MARKS)
        if mark not in READABLE:
            raise UsageError(f"the mark {mark!r} cannot be read by this version")
    found = [mark for mark in READABLE if mark in require or receipt.get(mark, {}).get("verified")]
    if "watermark" in found and not keys:
        raise UsageError("the watermark is expected, but there is no key to look with; give --key FILE")
    return found


def receipts(value: Receipt | Mapping[str, Any] | str | Path | None) -> list[tuple[str, Marks]]:
    """Name of the file that was written and its marks, for each receipt; those of a run's failures are passed over.

    Raises `UsageError` for what is no receipt.
    """
    if value is None:
        return []
    if isinstance(value, str | Path):
        entries = entries_of(Path(value))
    else:
        entries = [value.to_dict() if isinstance(value, Receipt) else value]
    found = []
    for entry in entries:
        if not isinstance(entry, Mapping) or entry.get("schema") != "sceneproof.receipt/1":
            raise UsageError("the receipt is no sceneproof.receipt/1")
        if entry.get("error"):
            continue
        marks, asset = entry.get("marks"), entry.get("asset")
        if not isinstance(marks, Mapping) or not all(isinstance(mark, Mapping) for mark in marks.values()):
            raise UsageError("the receipt is broken: it has no marks that can be read")
        after = asset.get("after") if isinstance(asset, Mapping) else None
        uri = after.get("uri") if isinstance(after, Mapping) else None
        found.append((str(uri or ""), marks))
    if not found:
        raise UsageError("the receipt is of no file that was marked")
    return found


def receipt_for(found: Sequence[tuple[str, Marks]], name: str | None) -> Marks:
    """The marks of the one receipt, or of the one among several whose file has the asset's path, else its name.

    Raises `UsageError` when none or more than one does.
    """
    if len(found) <= 1:
        return found[0][1] if found else {}
    whole = [marks for uri, marks in found if name and uri and os.path.abspath(uri) == os.path.abspath(name)]  # noqa: PTH100
    named = [marks for uri, marks in found if name and Path(uri).name == Path(name).name]
    chosen = whole or named
    if len(chosen) != 1:
        raise UsageError(f"{name or '<memory>'}: {len(chosen)} of {len(found)} receipts are of a file of that name")
    return chosen[0]


def entries_of(path: Path) -> list[Any]:
    """One JSON object, or one per line."""
    try:
        text = path.read_text(encoding="utf-8")
        try:
            return [json.loads(text)]
        except ValueError:
            lines = [line for line in text.splitlines() if line.strip()]
            if len(lines) < 2:
                raise
            return [json.loads(line) for line in lines]
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: receipt cannot be read ({getattr(error, 'strerror', None) or error})") from None


def state(mark: str, reading: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> str:
    """``ok``, ``missing`` or ``damaged`` (there, but not whole or not the one that was put in)."""
    if not reading or not reading.get("found"):
        return "missing"
    payload = "found" if before and before.get("payload", "") is None else "payload"  # put in to be detected only
    if not reading.get({"label": "visible", "metadata": "valid", "watermark": payload}[mark]):
        return "damaged"
    if before and (any(reading.get(name) != before.get(name) for name in COMPARED[mark]) or smaller(reading, before)):
        return "damaged"
    return "ok"


def smaller(reading: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether a label that was put in tall enough and at an edge is so no longer."""
    from .policies import load_policy

    least = load_policy("cn-ai-labels").limits.label_height_fraction
    was, now = before.get("height_ratio") or 0, reading.get("height_ratio") or 0
    return was >= least > now or bool(before.get("at_edge") and not reading.get("at_edge"))
