"""Mark assets.

examples:
  sceneproof mark scene.glb --output marked.glb --key studio.key --receipt marked.receipt.json
  sceneproof mark scenes/ --output marked/ --key studio.key --marks metadata,watermark

A mark that cannot be put in is left out, and the receipt says why; --require makes that an error. There is no command
that strips a mark. Replacing one of your own is recorded, another producer's is kept.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sceneproof.batch import Outcome
from sceneproof.errors import SceneproofError

from . import _common, _each, _marking
from ._targets import ReceiptFiles, receipt_files, targets_of

HELP = "put the label, the metadata and the watermark in, and read them back"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    _common.add_jobs(parser)
    parser.add_argument("--output", metavar="OUT", help="file, or folder when there are several inputs")
    parser.add_argument("--in-place", action="store_true", help="write over the input instead")
    parser.add_argument("--force", action="store_true", help="write over an output that exists")
    _common.add_declaration(parser)
    group = _marking.add_marks(parser)
    group.add_argument(
        "--require", type=_common.comma, default=[], metavar="M,…", help="write nothing unless these can be put in"
    )
    group.add_argument("--key", metavar="FILE", help="watermark key (see keygen); without one there is no watermark")
    _common.add_format(parser, ("console", "json"))
    parser.add_argument(
        "--receipt", metavar="FILE", help="write the receipt (JSON); several inputs: a folder, or one line each"
    )
    parser.add_argument("--operator", metavar="WHO", help="who ran it, for the receipt")


def run(arguments: argparse.Namespace) -> int:
    from sceneproof import declaration as declarations
    from sceneproof import keys
    from sceneproof._marking import MarkOptions

    options = MarkOptions(**_marking.chosen(arguments), require=tuple(arguments.require), operator=arguments.operator)
    options.check()
    key = keys.load(arguments.key) if arguments.key else None
    names, code = _common.assets(arguments.paths)
    _common.check_declarations(arguments, names)
    targets = targets_of(arguments, names)
    receipts = ReceiptFiles(receipt_files(arguments.receipt, targets) if arguments.receipt else {})
    stated = declarations.of(arguments.declaration) if arguments.declaration else None
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1)
    wanted = key is not None and "watermark" in (options.marks or ("watermark",))

    def take(outcome: Outcome) -> int:
        receipt = outcome.result
        if outcome.error is None:
            _warn(outcome.name, receipt, wanted=wanted)
        printer.show(receipt)
        receipts.add(outcome.index, outcome.name, receipt)
        return int(not all(found["verified"] for found in receipt.marks.values()))

    overwrite = arguments.force or arguments.in_place
    task = _Marking(targets, stated, tuple(arguments.settings), key, overwrite, options)
    ordered = arguments.format != "json"
    code = max(code, _each.run(task, names, take, what="mark", jobs=arguments.jobs, ordered=ordered))
    receipts.close()
    printer.close()
    return code


@dataclass(frozen=True)
class _Marking:
    """Marking one asset, with what is the same for all."""

    targets: dict[str, Path]
    stated: Any
    settings: tuple[str, ...]
    key: Any
    overwrite: bool
    options: Any

    def work(self, name: str) -> Any:
        from sceneproof._mark import mark

        receipt = mark(
            name,
            self.targets[name],
            declaration=self.stated,
            settings=self.settings,
            key=self.key,
            overwrite=self.overwrite,
            options=self.options,
        )
        return replace(receipt, scene=None)  # the file holds it; a folder of assets must not stay in memory

    def record(self, name: str, error: SceneproofError) -> Any:
        from sceneproof._receipt import error_receipt

        return error_receipt(name, error)


def _warn(name: str, receipt: Any, *, wanted: bool) -> None:
    """A key was given, but no part of the asset bears its watermark: the receipt alone is too quiet a place."""
    reason = receipt.left_out.get("watermark")
    if wanted and reason:
        _common.note(f"{name}: no watermark was put in: {_common.one_line(reason)}")
