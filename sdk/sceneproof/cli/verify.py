"""Verify the marks of assets.

examples:
  sceneproof verify marked.glb
  sceneproof verify marked.glb --key studio.key --expect marked.receipt.json
  sceneproof verify suspect.ply --key studio.key --reference original.glb
  sceneproof verify delivery/ --key 2025.key --key 2026.key --require metadata,watermark --format json

Without a key the watermark is not looked for, which is not the same as absent.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cache
from typing import Any

from sceneproof.batch import Outcome
from sceneproof.errors import SceneproofError

from . import _common, _each

HELP = "read back every mark, with and without the key"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    _common.add_jobs(parser)
    parser.add_argument("--key", action="append", default=[], metavar="FILE", help="watermark key; may be repeated")
    parser.add_argument(
        "--effort",
        default="normal",
        metavar="E",
        help="search for the watermark: quick, normal or deep; "
        "from normal on words of another tool's label are read (sceneproof[ocr]), at deep our own too",
    )
    parser.add_argument(
        "--reference",
        metavar="FILE",
        help="the original or any copy of it: what is not read as it stands is registered to it first (crops, "
        "stretched and posed copies)",
    )
    parser.add_argument(
        "--expect",
        metavar="RECEIPT",
        help="what it says was put in must read back the same; a receipt, JSON Lines of several, or a folder of them",
    )
    parser.add_argument("--require", type=_common.comma, default=[], metavar="M,…", help="label,metadata,watermark")
    _common.add_format(parser, ("console", "json"))


def run(arguments: argparse.Namespace) -> int:
    from sceneproof import _expected, _receipts, _verify, keys
    from sceneproof.errors import unknown

    ring = keys.ring(arguments.key)
    for marks in [record.marks for record in _receipts.records(arguments.expect)] or [{}]:
        _expected.wanted(marks, arguments.require, ring)
    if arguments.effort not in _verify.EFFORTS:
        raise unknown("effort", arguments.effort, _verify.EFFORTS)
    _verify.check_reference(arguments.reference, ring)
    _reference(arguments.reference)
    names, code = _common.assets(arguments.paths)
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1)

    def take(outcome: Outcome) -> int:
        printer.show(outcome.result)
        return int(outcome.error is None and not outcome.result.ok)

    task = _Verifying(ring, arguments.effort, arguments.expect, tuple(arguments.require), arguments.reference)
    ordered = arguments.format != "json"
    code = max(code, _each.run(task, names, take, what="verify", jobs=arguments.jobs, ordered=ordered))
    printer.close()
    return code


@dataclass(frozen=True)
class _Verifying:
    """Verifying one asset, with what is the same for all."""

    ring: Any
    effort: str
    expect: str | None
    require: tuple[str, ...]
    reference: str | None = None

    def work(self, name: str) -> Any:
        from sceneproof._verify import verify

        beside = _reference(self.reference)
        return verify(
            name, key=self.ring, effort=self.effort, expect=self.expect, require=self.require, reference=beside
        )

    def record(self, name: str, error: SceneproofError) -> Any:
        from sceneproof._verify import error_record

        return error_record(name, error)


@cache
def _reference(name: str | None) -> Any:
    """Read once in each process: all assets of a run are compared with the same."""
    from sceneproof._verify import reference_of

    return reference_of(name)
