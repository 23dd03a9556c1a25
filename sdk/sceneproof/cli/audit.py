"""Audit assets.

examples:
  sceneproof audit scene.glb
  sceneproof audit assets/ --format json --fail-on warning
  sceneproof audit scene.glb --set role=provider --set origin=ai-generated --format html --output report.html
"""

from __future__ import annotations

import argparse
from typing import Any

from . import _common

HELP = "which duties an asset may fall under, what it bears, what is missing"
FAIL_ON = ("error", "warning", "info", "never")


def configure(parser: argparse.ArgumentParser) -> None:
    _common.add_paths(parser)
    parser.add_argument("--policy", action="append", default=[], metavar="ID", help="default: both cn-… policies")
    _common.add_declaration(parser)
    group = parser.add_argument_group("rules")
    group.add_argument(
        "--select", action="append", type=_common.comma, default=[], metavar="R", help="only these rules (DS-17, A-2)"
    )
    group.add_argument("--ignore", action="append", type=_common.comma, default=[], metavar="R", help="not these rules")
    group.add_argument("--depth", default="normal", metavar="DEPTH", help="signals to measure: cheap, normal or deep")
    group.add_argument(
        "--rules-dir", metavar="DIR", help="rules of your own; they are run, so name only what you trust"
    )
    group.add_argument(
        "--fail-on", choices=FAIL_ON, default="error", help="exit 1 from this severity on; default: %(default)s"
    )
    group.add_argument("--fail-on-review", action="store_true", help="let reviews gate as well")
    _common.add_format(parser, ("console", "json", "html"))
    parser.add_argument("--output", metavar="FILE", help="write the report to a file instead of stdout")


def run(arguments: argparse.Namespace) -> int:
    from sceneproof import _audit
    from sceneproof.errors import InputError

    options = _audit.AuditOptions(
        tuple(arguments.policy) or _audit.DEFAULT_POLICIES,
        tuple(arguments.settings),
        arguments.depth,
        tuple(rule for group in arguments.select for rule in group),
        tuple(rule for group in arguments.ignore for rule in group),
        arguments.rules_dir,
    )
    options.check()
    names, code = _common.assets(arguments.paths)
    _common.check_declarations(arguments, names)
    if arguments.output is not None:
        _common.check_target(arguments.output, names)
    streamed = arguments.format != "html" and arguments.output is None
    printer = _common.Printer(arguments.format, arguments.lang, several=len(names) > 1, gate=arguments.fail_on)
    kept: list[Any] = []
    pictures: dict[str, Any] = {}
    with _common.progress(names, "audit") as queue:
        for name in queue:
            try:
                with _common.one_record(name):
                    report = _audit.run(name, arguments.declaration, options)
            except InputError as error:
                report = _audit.error_record(name, error)
                _common.note(str(error))
            code = max(code, report.exit_code(arguments.fail_on, fail_on_review=arguments.fail_on_review))
            if streamed:
                printer.show(report)
                continue
            if arguments.format == "html":
                pictures[name] = _pictures(report)
            kept.append(_without_scene(report))
    if streamed:
        printer.close()
    else:
        _store(arguments, kept, pictures)
    return code


def _pictures(report: Any) -> Any:
    """The start pictures of an asset; none for one that could not be read."""
    if report.scene is None:
        return ()
    from sceneproof.report._start_pictures import pictures_of

    return pictures_of(report.scene)


def _without_scene(report: Any) -> Any:
    """The report alone: a folder of assets must not stay in memory for the sake of a page."""
    from dataclasses import replace

    return replace(report, scene=None)


def _store(arguments: argparse.Namespace, reports: list[Any], pictures: dict[str, Any]) -> None:
    if arguments.format == "html":
        from sceneproof.report import html

        text = html.page(reports, pictures)
    elif arguments.format == "json":
        from sceneproof.report import json

        text = json.text(reports)
    else:
        from sceneproof.report import console

        text = console.text(reports, lang=arguments.lang, gate=arguments.fail_on)
    if arguments.output is None:
        _common.write(text)
    else:
        _common.save_text(arguments.output, text)
        _common.note(f"report written to {arguments.output}")
