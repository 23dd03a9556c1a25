"""Run a studio's own tools on a marked copy, and see which marks live through each step.

examples:
  sceneproof survive scene.glb --key studio.key --chain "gltfpack -si 0.5 -i {in} -o {out}"
  sceneproof survive scene.glb --chain "gltf-transform weld {in} {out}" --chain "gltfpack -cc -i {in} -o {out}"
  sceneproof survive scene.glb --each --chain "blend.py {in} {out.obj}" --chain "a {in} {out} && b {in} {out}"
  sceneproof survive marked.glb --key studio.key --expect receipt.json --require label,watermark --chain "…"

An asset that bears no mark is marked in a folder of its own, as 'mark' would; one that bears its marks is copied. The
asset itself is never touched. A chain is one command (or several, with && between them): its words are split as a
POSIX shell would, on Windows too, and no shell runs it. {in} and {out} stand for the files; {out.obj} gives the output
another ending, {in.glb} hands the input over under another one. Tools run in the current folder.

Exit code 1: a mark of --require is not whole at the end of a chain; 3: a tool failed.
"""

from __future__ import annotations

import argparse

from . import _common, _marking

HELP = "run your own tools on a marked copy, and see which marks live through each step"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="one asset, marked or not")
    group = parser.add_argument_group("chains")
    group.add_argument(
        "--chain",
        action="append",
        required=True,
        metavar="COMMAND",
        help="a tool with {in} and {out}; may be repeated, each goes on with what the one before it wrote",
    )
    group.add_argument("--each", action="store_true", help="every chain begins with the marked file instead")
    group.add_argument(
        "--time-limit", type=_seconds, default=300.0, metavar="S", help="seconds for one step; default: 300"
    )
    group.add_argument("--keep", metavar="DIR", help="a new or empty folder that keeps what each step wrote")
    group.add_argument("--key", action="append", default=[], metavar="FILE", help="watermark key; may be repeated")
    group.add_argument(
        "--effort", default="normal", metavar="E", help="search for the watermark: quick, normal or deep"
    )
    group.add_argument("--expect", metavar="RECEIPT", help="what a marked PATH bears, as for verify")
    group.add_argument(
        "--require",
        type=_common.comma,
        default=[],
        metavar="M,…",
        help="label,metadata,watermark: exit 1 if one is lost",
    )
    _common.add_declaration(parser)
    _marking.add_marks(parser)
    _common.add_format(parser, ("console", "json"))


def run(arguments: argparse.Namespace) -> int:
    from sceneproof import _survive
    from sceneproof.errors import InputError, MarkError

    options = _survive.SurviveOptions(
        **_marking.chosen(arguments),
        require=tuple(arguments.require),
        each=arguments.each,
        time_limit=arguments.time_limit,
        keep=arguments.keep,
        effort=arguments.effort,
    )
    printer = _common.Printer(arguments.format, arguments.lang, several=False)
    try:
        result = _survive.survive(
            arguments.path,
            arguments.chain,
            key=arguments.key,
            declaration=arguments.declaration,
            settings=arguments.settings,
            expect=arguments.expect,
            options=options,
        )
    except (InputError, MarkError) as error:
        _common.note(str(error))
        printer.show(_survive.error_record(arguments.path, error))
        return error.exit_code
    printer.show(result)
    return result.exit_code()


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: a number of seconds") from None
