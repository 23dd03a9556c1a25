"""Verify: what marks a file bears, and whether those that were expected read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import _expected as expected
from . import keys as keyring
from ._expected import MARKS
from .digests import sha256
from .errors import SceneproofError, unknown
from .findings import TOOL, Receipt, Verification, asset_dict
from .io import load, to_bytes
from .scene import Scene

EFFORTS = ("quick", "normal", "deep")


def verify(
    asset: Any,
    *,
    key: keyring.KeyLike | Sequence[keyring.KeyLike] | None = None,
    effort: str = "normal",
    expect: Receipt | Mapping[str, Any] | str | Path | None = None,
    require: Sequence[str] = (),
) -> Verification:
    """Read every mark of one asset.

    Parameters
    ----------
    asset : as in `sceneproof.audit`.
    key : key file, bytes, `Key`, or several. Without one the watermark is not looked for, which is not absent.
    effort : ``quick``, ``normal`` or ``deep``: how far the search for the watermark goes.
    expect : a receipt, or a file of several (JSON Lines) in which the asset is found by its name; what it says was put
        in must read back the same.
    require : marks that must be there, of ``label``, ``metadata``, ``watermark``.

    Raises `InputError` when the asset cannot be read, `UsageError` for an unknown name or a broken receipt.
    """
    keys = keyring.ring(key)
    name = str(asset) if isinstance(asset, str | Path) else None
    receipt = expected.receipt_for(expected.receipts(expect), name)
    wanted = expected.wanted(receipt, require, keys)
    if effort not in EFFORTS:
        raise unknown("effort", effort, EFFORTS)
    scene = load(asset)
    readings = read_marks(scene, keys, effort, _bits(receipt))
    data = to_bytes(scene)
    document = {
        "schema": "sceneproof.verify/1",
        "tool": TOOL,
        "asset": asset_dict(scene.uri, sha256(data), scene.format, len(data)),
        **readings,
        "ledger": None,
        "expected": {mark: expected.state(mark, readings[mark], receipt.get(mark)) for mark in wanted} or None,
    }
    return Verification(document)


def error_record(uri: str, error: SceneproofError) -> Verification:
    """The record of an asset that could not be read."""
    document = {
        "schema": "sceneproof.verify/1",
        "tool": TOOL,
        "asset": {"uri": uri, "sha256": None, "format": None, "bytes": None},
        "error": {"message": str(error), "pointer": getattr(error, "pointer", "")},
        **dict.fromkeys((*MARKS, "ledger", "expected")),
    }
    return Verification(document)


def read_marks(scene: Scene, keys: Sequence[keyring.Key], effort: str, bits: int = 64) -> dict[str, Any]:
    """Mark id to its reading as the contract prints it; ``None`` for what was not looked for."""
    from .marks.label.read import read as read_label
    from .marks.metadata.read import read as read_metadata

    watermark = None
    if keys:
        from .marks.watermark.watermark import read as read_watermark

        watermark = read_watermark(scene, keys, effort, bits).to_dict()
    return {
        "label": read_label(scene).to_dict(),
        "metadata": read_metadata(scene).to_dict(),
        "watermark": watermark,
        "credential": None,
    }


def _bits(receipt: expected.Marks) -> int:
    bits = receipt.get("watermark", {}).get("bits")
    return bits if isinstance(bits, int) and bits in range(32, 129, 8) else 64
