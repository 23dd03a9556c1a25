"""Receipt: write the marked Scene, load what was written, read every mark, and state it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ._expected import MARKS
from ._marking import MarkOptions, Work
from ._verify import read_marks
from .declaration import Declaration
from .digests import sha256, sm3
from .errors import InputError, MarkError, SceneproofError
from .findings import TOOL, Receipt
from .io import load, reencoded, save, to_bytes
from .keys import Key
from .scene import Scene


def finish(
    work: Work,
    before: Scene,
    path: Path | None,
    stated: Declaration,
    options: MarkOptions,
    keys: Sequence[Key],
    start: float,
) -> Receipt:
    """Write, load what was written, read every mark, and make the receipt."""
    parts: list[Path] = []
    started = time.perf_counter()
    if path is not None:
        parts = save(work.scene, path)
        try:
            final = load(path)
        except InputError as error:
            raise MarkError(f"{path}: was written, but cannot be read back: {error.reason}") from error
    else:
        final = load(work.scene)
    work.seconds["write"] = round(time.perf_counter() - started, 4)
    started = time.perf_counter()
    looked = keys if "watermark" in work.done else ()  # one that was not put in is not searched for
    readings = read_marks(final, looked, "normal", 8 * len(work.payload) if work.payload else 64)
    work.seconds["read_back"] = round(time.perf_counter() - started, 4)
    work.seconds["total"] = round(time.perf_counter() - start, 4)
    document = {
        "schema": "sceneproof.receipt/1",
        "tool": TOOL,
        "asset": {"before": _file(before), "after": _file(final)},
        "key_id": keys[0].id if keys and "watermark" in work.done else None,
        "payload": work.payload.hex() if work.payload else None,
        "content_id": stated.content_id,
        "operator": options.operator,
        "time_utc": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "declaration": None if stated.is_empty else {"sha256": stated.sha256, "source": stated.source},
        "marks": {name: _read_back(readings[name], work.expected[name]) for name in MARKS if name in work.expected},
        "replaced": work.replaced,
        "left_out": work.left_out,
        "distortion": work.distortion,
        "reencoded": [dict(note) for note in reencoded(work.scene)],
        "parts_written": [str(part) for part in parts],
        "options": options.shown(),
        "signature": None,
        "seconds": work.seconds,
    }
    return Receipt(document, final)


def error_receipt(uri: str, error: SceneproofError) -> Receipt:
    """The receipt of an asset that could not be marked: nothing was written."""
    file = {"uri": uri, "sha256": None, "sm3": None, "format": None, "bytes": None}
    nothing = (
        "key_id", "payload", "content_id", "operator", "time_utc", "declaration", "marks", "replaced", "left_out",
        "distortion", "reencoded", "parts_written", "options", "signature", "seconds",
    )  # fmt: skip
    document = {
        "schema": "sceneproof.receipt/1",
        "tool": TOOL,
        "asset": {"before": file, "after": None},
        "error": {"message": str(error), "pointer": getattr(error, "pointer", "")},
        **dict.fromkeys(nothing),
    }
    return Receipt(document)


def _read_back(reading: Mapping[str, Any] | None, expected: Mapping[str, Any]) -> dict[str, Any]:
    """The reading of one mark, and whether it is the one that was put in."""
    found = dict(reading or {"found": False})
    verified = bool(found.get("found")) and all(found.get(name) == value for name, value in expected.items())
    return {"verified": verified, **found}


def _file(scene: Scene) -> dict[str, Any]:
    data = to_bytes(scene)
    return {"uri": scene.uri, "sha256": sha256(data), "sm3": sm3(data), "format": scene.format, "bytes": len(data)}
