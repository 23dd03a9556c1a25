"""Verify: what marks a file bears, and whether those that were expected read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import keys as keyring
from .digests import sha256
from .errors import InputError, UsageError, unknown
from .findings import TOOL, Receipt, Verification, asset_dict
from .io import load, to_bytes
from .scene import Scene

MARKS = ("label", "metadata", "watermark", "credential")
READABLE = ("label", "metadata", "watermark")
COMPARED = {"label": ("text",), "metadata": ("aigc", "digital_source_type"), "watermark": ("payload",)}
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
    expect : a receipt; what it says was put in must read back the same.
    require : marks that must be there, of ``label``, ``metadata``, ``watermark``.

    Raises `InputError` when the asset cannot be read, `UsageError` for an unknown name or a broken receipt.
    """
    keys = keyring.ring(key)
    wanted, receipt = check_expectations(expect, require, keys)
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
        "expected": {mark: _state(mark, readings[mark], (receipt or {}).get(mark)) for mark in wanted} or None,
    }
    return Verification(document)


def error_record(uri: str, error: InputError) -> Verification:
    """The record of an asset that could not be read."""
    document = {
        "schema": "sceneproof.verify/1",
        "tool": TOOL,
        "asset": {"uri": uri, "sha256": None, "format": None, "bytes": None},
        "error": {"message": str(error), "pointer": error.pointer},
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


def check_expectations(
    expect: Any, require: Sequence[str], keys: Sequence[keyring.Key]
) -> tuple[list[str], Mapping[str, Any] | None]:
    """Marks that must read back, and what a receipt says of them."""
    receipt = _receipt(expect) if expect is not None else None
    wanted = list(require)
    for mark in wanted:
        if mark not in MARKS:
            raise unknown("mark", mark, MARKS)
        if mark not in READABLE:
            raise UsageError(f"the mark {mark!r} cannot be read by this version")
    if receipt is not None:
        wanted += [mark for mark in READABLE if receipt.get(mark, {}).get("verified")]
    wanted = [mark for mark in MARKS if mark in wanted]
    if "watermark" in wanted and not keys:
        raise UsageError("the watermark is expected, but there is no key to look with; give --key FILE")
    return wanted, receipt


def _receipt(value: Any) -> Mapping[str, Any]:
    """The ``marks`` of a receipt."""
    if isinstance(value, Receipt):
        value = value.to_dict()
    if isinstance(value, str | Path):
        try:
            value = json.loads(Path(value).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{value}: receipt cannot be read ({getattr(error, 'strerror', None) or error})") from None
    marks = value.get("marks") if isinstance(value, Mapping) else None
    if not isinstance(marks, Mapping) or value.get("schema") != "sceneproof.receipt/1":
        raise UsageError("the receipt is no sceneproof.receipt/1 of a file that was marked")
    if not all(isinstance(found, Mapping) for found in marks.values()):
        raise UsageError("the receipt is broken: its marks are no objects")
    return marks


def _bits(receipt: Mapping[str, Any] | None) -> int:
    bits = (receipt or {}).get("watermark", {}).get("bits")
    return bits if bits in range(32, 129, 8) else 64


def _state(mark: str, reading: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> str:
    """``ok``, ``missing`` or ``damaged`` (there, but not whole or not the one that was put in)."""
    if not reading or not reading.get("found"):
        return "missing"
    if not reading.get({"label": "visible", "metadata": "valid", "watermark": "payload"}[mark]):
        return "damaged"
    if before and (any(reading.get(name) != before.get(name) for name in COMPARED[mark]) or _smaller(reading, before)):
        return "damaged"
    return "ok"


def _smaller(reading: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether a label that was put in tall enough and at an edge is so no longer."""
    from .policies import load_policy

    least = load_policy("cn-ai-labels").limits.label_height_fraction
    was, now = before.get("height_ratio") or 0, reading.get("height_ratio") or 0
    return was >= least > now or bool(before.get("at_edge") and not reading.get("at_edge"))
