"""Measure what survives.

examples:
  sceneproof bench watermark --smoke --output results/
  sceneproof bench watermark scene.glb --output results/ --strength Q,R
  sceneproof bench watermark --set made --attack noise --attack crop:50 --output results/
  sceneproof bench watermark --set real --set made --release --jobs 2 --time-limit 3000 --output results/

Every cell (asset, attack, amount, strength, trial) is written to OUTPUT as soon as it is measured: the same command
goes on where it ended. Marks are made anew under the bench's own keys; the assets are not changed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import _common

HELP = "measure what marks survive: attack marked copies and read them again"


def configure(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="mark", metavar="MARK", required=True)
    one = kinds.add_parser(
        "watermark",
        help="rates of exact payloads after attacks, with intervals, against targets",
        description="Mark copies, attack them, read them with file and key alone, and write tables of the rates.",
    )
    one.add_argument("paths", nargs="*", metavar="PATH", help="assets; file, folder, glob or @list of names")
    one.add_argument("--output", required=True, metavar="DIR", help="folder of the results; a run in it goes on")
    one.add_argument(
        "--set",
        action="append",
        default=[],
        choices=("real", "made"),
        dest="sets",
        help="made: meshes made by code; real: the assets under SCENEPROOF_DATA (may be repeated)",
    )
    one.add_argument("--smoke", action="store_true", help="two small meshes, six attacks, one trial")
    one.add_argument(
        "--release", action="store_true", help="both strengths, --assisted, --baseline, 20 trials near a target"
    )
    one.add_argument("--assisted", action="store_true", help="read with the unmarked asset too, as verify --reference")
    one.add_argument("--baseline", action="store_true", help="the scheme of Cho 2007 beside ours, at equal distortion")
    one.add_argument(
        "--attack",
        action="append",
        default=[],
        metavar="ID[:AMOUNT]",
        dest="attacks",
        help="only this attack (may be repeated); a+b:x+y is one after the other; default: those with a target",
    )
    one.add_argument("--strength", type=_common.comma, default=["Q"], metavar="S,…", help="Q, R or Q,R; default: Q")
    one.add_argument("--trials", type=int, metavar="N", help="keys and seeds per cell; default: 5")
    one.add_argument("--effort", default="normal", metavar="E", help="quick, normal or deep; default: %(default)s")
    one.add_argument("--time-limit", type=float, metavar="SECONDS", help="begin no cell after so long")
    one.add_argument(
        "--other-code", action="store_true", help="count cells that other sources of the codec have measured too"
    )
    one.add_argument("--format", choices=("console", "json"), default="console", help="default: %(default)s")
    _common.add_jobs(one)


def run(arguments: argparse.Namespace) -> int:
    from sceneproof.bench import Options
    from sceneproof.bench import run as measure
    from sceneproof.bench._options import TRIALS

    names, code = _common.assets(arguments.paths) if arguments.paths else ([], 0)
    options = Options(
        Path(arguments.output),
        tuple(names),
        (*arguments.sets, *(("smoke",) if arguments.smoke else ())),
        tuple(arguments.attacks),
        tuple(dict.fromkeys(arguments.strength)),
        arguments.trials or (1 if arguments.smoke else TRIALS),
        arguments.effort,
        arguments.assisted,
        arguments.baseline,
        arguments.release,
        arguments.jobs,
        arguments.time_limit,
        arguments.other_code,
    )
    result = measure(options, _common.note)
    if arguments.format == "json":
        from sceneproof.report.json import dumps

        _common.write(dumps(result.to_dict(), 2) + "\n")
    else:
        _common.write("".join(f"{path}\n" for path in result.files))
    if result.other:
        _common.note(f"{result.other} cells of other codec sources lie in the folder and are not counted")
    if result.left:
        _common.note(f"{result.left} cells are not measured yet; the same command goes on")
    if result.faults:
        _common.note(f"{result.faults} cells failed by a fault; they are not counted, and are tried again next time")
        return max(code, 3)
    return code
