"""Verify the marks of assets.

examples:
  sceneproof verify marked.glb
  sceneproof verify marked.glb --key studio.key --expect marked.receipt.json
  sceneproof verify delivery/ --key 2025.key --key 2026.key --require metadata,watermark --format json

Without a key the watermark is not looked for, which is not the same as absent.
"""

from __future__ import annotations

import argparse

from . import _common

HELP = "read back every mark, with and without the key"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    parser.add_argument("--key", action="append", default=[], metavar="FILE", help="watermark key; may be repeated")
    parser.add_argument(
        "--effort", default="normal", metavar="E", help="search for the watermark: quick, normal or deep"
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
    from sceneproof.errors import InputError, SceneproofError, unknown

    ring = keys.ring(arguments.key)
    for marks in [record.marks for record in _receipts.records(arguments.expect)] or [{}]:
        _expected.wanted(marks, arguments.require, ring)
    if arguments.effort not in _verify.EFFORTS:
        raise unknown("effort", arguments.effort, _verify.EFFORTS)
    names, code = _common.assets(arguments.paths)
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1)
    with _common.progress(names, "verify") as queue:
        for name in queue:
            try:
                with _common.one_record(name):
                    result = _verify.verify(
                        name, key=ring, effort=arguments.effort, expect=arguments.expect, require=arguments.require
                    )
                code = max(code, int(not result.ok))
            except SceneproofError as error:
                if len(names) == 1 and not isinstance(error, InputError):
                    raise
                result = _verify.error_record(name, error)
                code = max(code, error.exit_code)
                _common.note(str(error))
            printer.show(result)
    printer.close()
    return code
