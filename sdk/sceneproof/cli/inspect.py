"""Inspect assets.

examples:
  sceneproof inspect scene.glb
  sceneproof inspect assets/ --format json --jobs auto
  sceneproof inspect scan.glb --depth deep
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from sceneproof.batch import Outcome
from sceneproof.errors import SceneproofError

from . import _common, _each

HELP = "counts, sizes, topology"


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    _common.add_jobs(parser)
    parser.add_argument(
        "--depth",
        choices=("cheap", "normal", "deep"),
        default="normal",
        help="cheap: counts and sizes; normal: also holes, loose pieces, sampling; deep: also self-intersections and "
        "planes (default: %(default)s)",
    )
    _common.add_format(parser, ("console", "json"))


def run(arguments: argparse.Namespace) -> int:
    names, code = _common.assets(arguments.paths)
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1)

    def take(outcome: Outcome) -> int:
        printer.show(outcome.result)
        return 0

    ordered = arguments.format != "json"
    return max(
        code, _each.run(_Inspecting(arguments.depth), names, take, what="inspect", jobs=arguments.jobs, ordered=ordered)
    )


@dataclass(frozen=True)
class _Inspecting:
    """Inspecting one asset."""

    depth: str

    def work(self, name: str) -> Any:
        from sceneproof._inspect import inspect

        return inspect(name, self.depth)

    def record(self, name: str, error: SceneproofError) -> Any:
        from sceneproof._inspect import error_record
        from sceneproof.errors import InputError

        return error_record(name, error if isinstance(error, InputError) else InputError(str(error), uri=name))
