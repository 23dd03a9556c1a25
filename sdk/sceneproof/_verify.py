"""Verify: what marks a file bears, and whether those that were expected read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _expected as expected
from . import _receipts as receipts
from . import keys as keyring
from ._differences import detailed
from ._expected import MARKS
from .digests import sha256
from .errors import InputError, SceneproofError, UsageError, unknown
from .findings import TOOL, Receipt, Verification, asset_dict
from .io import load, to_bytes
from .scene import Scene

if TYPE_CHECKING:
    from .marks.watermark._reference import Reference

EFFORTS = ("quick", "normal", "deep")


def verify(
    asset: Any,
    *,
    key: keyring.KeyLike | Sequence[keyring.KeyLike] | None = None,
    effort: str = "normal",
    expect: Receipt | Mapping[str, Any] | str | Path | None = None,
    require: Sequence[str] = (),
    reference: Any = None,
) -> Verification:
    """Read every mark of one asset.

    Parameters
    ----------
    asset : as in `sceneproof.audit`.
    key : key file, bytes, `Key`, or several. Without one the watermark is not looked for, which is not absent.
    effort : ``quick``, ``normal`` or ``deep``: how far the search for the watermark goes. From ``normal`` on the
        start pictures of a file without our label are read for anyone's words (extra ``ocr``), at ``deep`` of all.
    expect : a receipt, a file of several (JSON Lines) in which the asset is found by its path, name or hash, or a
        folder with its ``NAME.receipt.json``; what it says was put in must read back the same.
    require : marks that must be there, of ``label``, ``metadata``, ``watermark``.
    reference : the unmarked original, or any copy of it, as an asset: what is not read as it stands is registered to it
        and read there (crops, stretched and posed copies). Only its geometry counts.

    Raises `InputError` when the asset or the reference cannot be read, `UsageError` for an unknown name, a broken
    receipt, or a reference without a key.
    """
    keys = keyring.ring(key)
    name = str(asset) if isinstance(asset, str | Path) else None
    found = receipts.records(expect, name)
    expected.wanted(found[0].marks if len(found) == 1 else {}, require, keys)
    if effort not in EFFORTS:
        raise unknown("effort", effort, EFFORTS)
    check_reference(reference, keys)
    beside = reference_of(reference)
    scene = load(asset)
    data = to_bytes(scene)
    digest = sha256(data)
    record = receipts.record_for(found, name, digest)
    before = record.marks if record else {}
    wanted = expected.wanted(before, require, keys)
    readings = read_marks(scene, keys, effort, _bits(before), beside, ocr=effort)
    states = {mark: expected.state(mark, readings[mark], before.get(mark)) for mark in wanted}
    readings |= {mark: detailed(mark, state, readings[mark], before.get(mark)) for mark, state in states.items()}
    document = {
        "schema": "sceneproof.verify/1",
        "tool": TOOL,
        "asset": asset_dict(scene.uri, digest, scene.format, len(data)),
        **readings,
        "ledger": None,
        "expected": states or None,
        "receipt": record.compared(digest) if record else None,
    }
    return Verification(document)


def error_record(uri: str, error: SceneproofError) -> Verification:
    """The record of an asset that could not be read."""
    document = {
        "schema": "sceneproof.verify/1",
        "tool": TOOL,
        "asset": {"uri": uri, "sha256": None, "format": None, "bytes": None},
        "error": {"message": str(error), "pointer": getattr(error, "pointer", "")},
        **dict.fromkeys((*MARKS, "ledger", "expected", "receipt")),
    }
    return Verification(document)


def reference_of(source: Any) -> Reference | None:
    """A copy to register to, ``None`` for none. Raises `InputError` when it cannot be read or has no mesh."""
    if source is None:
        return None
    from .marks.watermark._reference import Reference

    if isinstance(source, Reference):
        return source
    try:
        scene = load(source)
    except InputError as error:
        raise InputError(f"reference: {error.reason}", uri=error.uri, pointer=error.pointer) from error.__cause__
    made = Reference(scene, sha256(to_bytes(scene)))
    _ = made.body
    return made


def check_reference(source: Any, keys: Sequence[keyring.Key]) -> None:
    """Raises `UsageError` for a reference without a key."""
    if source is not None and not keys:
        raise UsageError("a reference helps to find a watermark, but there is no key to look with; give --key FILE")


def read_marks(
    scene: Scene,
    keys: Sequence[keyring.Key],
    effort: str,
    bits: int = 64,
    reference: Reference | None = None,
    *,
    ocr: str = "quick",
) -> dict[str, Any]:
    """Mark id to its reading as the contract prints it; ``None`` for what was not looked for.

    `ocr` is the effort with which the start pictures are read (`marks.label.anyone.read`).
    """
    from .marks.label.anyone import read as read_label
    from .marks.metadata.read import read as read_metadata

    watermark = None
    if keys:
        watermark = _watermark(scene, keys, effort, bits, reference)
    return {
        "label": read_label(scene, ocr).to_dict(),
        "metadata": read_metadata(scene).to_dict(),
        "watermark": watermark,
        "credential": None,
    }


def _watermark(
    scene: Scene, keys: Sequence[keyring.Key], effort: str, bits: int, reference: Reference | None
) -> dict[str, Any]:
    if reference is not None:
        from .marks.watermark._reference import read_with

        return read_with(scene, reference, keys, effort, bits).to_dict()
    from .marks.watermark.watermark import read

    return read(scene, keys, effort, bits).to_dict()


def _bits(receipt: expected.Marks) -> int:
    bits = receipt.get("watermark", {}).get("bits")
    return bits if isinstance(bits, int) and bits in range(32, 129, 8) else 64
