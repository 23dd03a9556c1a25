"""Inspect: counts, sizes and topology of one asset, without judging it."""

from __future__ import annotations

import time
from typing import Any

from .digests import sha256
from .errors import InputError
from .findings import TOOL, asset_dict
from .io import load, to_bytes


def inspect(asset: Any) -> dict[str, Any]:
    """The ``sceneproof.inspect/1`` object of one asset. Raises `InputError` when it cannot be read."""
    from .derived.inspection import inspection

    start = time.perf_counter()
    scene = load(asset)
    loaded = time.perf_counter()
    figures = inspection(scene)
    done = time.perf_counter()
    data = to_bytes(scene)
    return {
        "schema": "sceneproof.inspect/1",
        "tool": TOOL,
        "asset": asset_dict(scene.uri, sha256(data), scene.format, len(data)),
        "inspection": figures,
        "seconds": {
            "load": round(loaded - start, 4),
            "inspection": round(done - loaded, 4),
            "total": round(done - start, 4),
        },
    }


def error_record(uri: str, error: InputError) -> dict[str, Any]:
    """The record of an asset that could not be read."""
    return {
        "schema": "sceneproof.inspect/1",
        "tool": TOOL,
        "asset": {"uri": uri, "sha256": None, "format": None, "bytes": None},
        "error": {"message": str(error), "pointer": error.pointer},
        "inspection": None,
        "seconds": None,
    }
