"""Inspect: counts, sizes and topology of one asset, without judging it."""

from __future__ import annotations

import time
from typing import Any

from .digests import sha256
from .errors import InputError, unknown
from .findings import TOOL, asset_dict
from .io import load, to_bytes

DEPTHS = ("cheap", "normal", "deep")


def inspect(asset: Any, depth: str = "normal") -> dict[str, Any]:
    """The ``sceneproof.inspect/1`` object of one asset.

    Parameters
    ----------
    depth : ``cheap``, ``normal`` or ``deep``: how much is looked at.

    Raises `InputError` when the asset cannot be read, `UsageError` for an unknown depth.
    """
    from .derived.inspection import inspection
    from .derived.media import media
    from .derived.reconstruction import reconstruction

    if depth not in DEPTHS:
        raise unknown("depth", depth, DEPTHS)
    start = time.perf_counter()
    scene = load(asset)
    loaded = time.perf_counter()
    figures = inspection(scene)
    counted = time.perf_counter()
    repairs = None if depth == "cheap" else reconstruction(scene, depth)
    done = time.perf_counter()
    data = to_bytes(scene)
    return {
        "schema": "sceneproof.inspect/1",
        "tool": TOOL,
        "asset": asset_dict(scene.uri, sha256(data), scene.format, len(data)),
        "inspection": figures,
        "reconstruction": repairs,
        "media": media(scene),
        "seconds": {
            "load": round(loaded - start, 4),
            "inspection": round(counted - loaded, 4),
            "reconstruction": round(done - counted, 4),
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
        "reconstruction": None,
        "media": None,
        "seconds": None,
    }
