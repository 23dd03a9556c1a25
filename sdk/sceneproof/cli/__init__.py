"""The command line: one file per verb, found by discovery. Nothing heavy is imported before a verb runs.

A verb's file holds ``HELP``, ``configure(parser)`` and ``run(arguments) -> exit code``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from sceneproof._version import __version__

_EPILOG = """\
exit codes: 0 done, nothing at or above the gate; 1 findings at or above it, or a mark missing;
2 wrong usage or configuration; 3 an input cannot be read or a rule could not run; 130 interrupted (Ctrl-C).
Engineering tool, not legal advice. 工程工具，不构成法律意见。"""


def verbs() -> dict[str, str]:
    """Verb to module name, by the files in this folder."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    return {stem.replace("_", "-"): f"{__name__}.{stem}" for stem in stems}


def _parser(chosen: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sceneproof",
        description="Audit, mark and verify 3D scenes, reconstructions and digital humans for AI-labelling law.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sceneproof {__version__}")
    commands = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, module in chosen.items():
        doc = (module.__doc__ or "").strip()
        one = commands.add_parser(
            verb,
            help=module.HELP,
            description=module.HELP,
            epilog=doc.partition("\n\n")[2],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(one)
        one.set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    from sceneproof.errors import SceneproofError

    try:
        parsed = _parsed(given)
        code: int = parsed.run(parsed)
        sys.stdout.flush()
        return code
    except SceneproofError as error:
        print(f"sceneproof: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone (head, less): no error of ours. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"sceneproof: {where}{error.strerror or error}", file=sys.stderr)
        return SceneproofError.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except SystemError as error:
        from sceneproof.batch import interrupted

        if not interrupted(error):
            raise
        return _interrupted()


def _interrupted() -> int:
    print("sceneproof: interrupted", file=sys.stderr)
    return 130


def _parsed(given: list[str]) -> argparse.Namespace:
    """The arguments of one verb. That verb's file alone is loaded; all of them for the overview."""
    names = verbs()
    verb = given[0] if given else ""
    if verb and not verb.startswith("-") and verb not in names:
        from sceneproof.errors import unknown

        raise unknown("verb", verb, names)
    wanted = [verb] if verb in names else list(names)
    return _parser({name: importlib.import_module(names[name]) for name in wanted}).parse_args(given)
