"""Inspect assets.

examples:
  sceneproof inspect scene.glb
  sceneproof inspect assets/ --format json
  sceneproof inspect scan.glb --depth deep
"""

from __future__ import annotations

import argparse

from . import _common

HELP = "counts, sizes, topology"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    parser.add_argument(
        "--depth",
        choices=("cheap", "normal", "deep"),
        default="normal",
        help="cheap: counts and sizes; normal: also holes, loose pieces, sampling; deep: also self-intersections and "
        "planes (default: %(default)s)",
    )
    _common.add_format(parser, ("console", "json"))


def run(arguments: argparse.Namespace) -> int:
    from sceneproof._inspect import error_record, inspect
    from sceneproof.errors import InputError

    names, code = _common.assets(arguments.paths)
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1)
    with _common.progress(names, "inspect") as queue:
        for name in queue:
            try:
                with _common.one_record(name):
                    result = inspect(name, arguments.depth)
            except InputError as error:
                result = error_record(name, error)
                code = max(code, error.exit_code)
                _common.note(str(error))
            printer.show(result)
    return code
