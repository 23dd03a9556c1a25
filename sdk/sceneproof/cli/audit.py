"""Audit assets.

examples:
  sceneproof audit scene.glb
  sceneproof audit assets/ --format json --fail-on warning --jobs auto
  sceneproof audit assets/ --format sarif --output audit.sarif --baseline former.json
  sceneproof audit scene.glb --set role=provider --set origin=ai-generated --format html --output report.html
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sceneproof.batch import Outcome
from sceneproof.errors import SceneproofError

from . import _common, _each

HELP = "which duties an asset may fall under, what it bears, what is missing"
_STREAMED = ("console", "json")  # told asset by asset; the others are one document
FAIL_ON = ("error", "warning", "info", "never")


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    _common.add_jobs(parser)
    parser.add_argument("--policy", action="append", default=[], metavar="ID", help="default: both cn-… policies")
    _common.add_declaration(parser)
    group = parser.add_argument_group("rules")
    group.add_argument(
        "--select", action="append", type=_common.comma, default=[], metavar="R", help="only these rules (DS-17, A-2)"
    )
    group.add_argument("--ignore", action="append", type=_common.comma, default=[], metavar="R", help="not these rules")
    group.add_argument(
        "--depth",
        default="normal",
        metavar="DEPTH",
        help="signals to measure: cheap, normal or deep, which also reads words in the start picture (sceneproof[ocr])",
    )
    group.add_argument(
        "--rules-dir", metavar="DIR", help="rules of your own; they are run, so name only what you trust"
    )
    group.add_argument(
        "--fail-on", choices=FAIL_ON, default="error", help="exit 1 from this severity on; default: %(default)s"
    )
    group.add_argument("--fail-on-review", action="store_true", help="let reviews gate as well")
    group.add_argument(
        "--baseline", metavar="FILE", help="a former report (json or sarif): what it has does not gate again"
    )
    _common.add_format(parser, _formats())
    parser.add_argument("--output", metavar="FILE", help="write the report to a file instead of stdout")
    parser.add_argument(
        "--bom", action="store_true", help="begin csv with a byte order mark, so that a spreadsheet reads the Chinese"
    )


def run(arguments: argparse.Namespace) -> int:
    from sceneproof import _audit

    options = _audit.AuditOptions(
        tuple(arguments.policy) or _audit.DEFAULT_POLICIES,
        tuple(arguments.settings),
        arguments.depth,
        tuple(rule for group in arguments.select for rule in group),
        tuple(rule for group in arguments.ignore for rule in group),
        arguments.rules_dir,
        arguments.baseline,
    )
    options.check()
    names, code = _common.assets(arguments.paths)
    _common.check_declarations(arguments, names)
    if arguments.output is not None:
        _common.check_target(arguments.output, names)
    streamed = arguments.format in _STREAMED and arguments.output is None
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1, gate=arguments.fail_on)
    kept: list[Any] = []
    pictures: dict[str, Any] = {}

    def take(outcome: Outcome) -> int:
        report, shots = outcome.result
        if streamed:
            printer.show(report)
        else:
            kept.append(report)
            pictures[outcome.name] = shots
        return int(report.exit_code(arguments.fail_on, fail_on_review=arguments.fail_on_review))

    task = _Auditing(arguments.declaration, options, arguments.format == "html")
    ordered = not (streamed and arguments.format == "json")
    code = max(code, _each.run(task, names, take, what="audit", jobs=arguments.jobs, ordered=ordered))
    if streamed:
        printer.close()
    else:
        _store(arguments, kept, pictures)
    return code


@dataclass(frozen=True)
class _Auditing:
    """Auditing one asset, with what is the same for all; with its start pictures where a page shows them."""

    declaration: Any
    options: Any
    pictured: bool

    def work(self, name: str) -> Any:
        from sceneproof import _audit

        report = _audit.run(name, self.declaration, self.options)
        pictures: Sequence[Any] = ()
        if self.pictured and report.scene is not None:
            from sceneproof.report._start_pictures import pictures_of

            pictures = pictures_of(report.scene)
        # The report alone: a folder of assets must not stay in memory for the sake of a page.
        return replace(report, scene=None), pictures

    def record(self, name: str, error: SceneproofError) -> Any:
        from sceneproof._audit import error_record

        return error_record(name, error), ()


def _store(arguments: argparse.Namespace, reports: list[Any], pictures: dict[str, Any]) -> None:
    from sceneproof import registry
    from sceneproof.report._shown import Shown

    shown = Shown(arguments.lang, arguments.fail_on, arguments.fail_on_review, pictures, arguments.bom)
    text = registry.module("report", arguments.format).text(reports, shown)
    if arguments.output is None:
        _common.write(text)
    else:
        _common.save_text(arguments.output, text)
        _common.note(f"report written to {arguments.output}")


def _formats() -> list[str]:
    """Every renderer in the report layer, the console first."""
    from sceneproof import registry

    return sorted(registry.stems("report"), key=lambda name: (name != "console", name))
