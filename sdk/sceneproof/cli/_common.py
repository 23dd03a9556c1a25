"""What the verbs share: options for several, and output."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LANGUAGES = ("both", "en", "zh")
_FORMATS = "json is one object, or JSON Lines when there are several inputs"


def add_paths(parser: argparse.ArgumentParser) -> None:
    """The assets."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, glob or @list of names")


def assets(paths: Sequence[str]) -> tuple[list[str], int]:
    """The assets that are meant, and the exit code so far: 3 when a folder on the way could not be looked into.

    What was passed over is said on stderr, so that nobody takes a folder for audited whole when it was not.
    """
    from sceneproof.batch import survey
    from sceneproof.errors import InputError

    names, over = survey(paths)
    if over.files:
        note(over.told())
    for folder, why in over.closed.items():
        note(f"cannot look into {folder} ({why})")
    return names, InputError.exit_code if over.closed else 0


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """How many assets at a time."""
    parser.add_argument(
        "--jobs",
        type=_jobs,
        default=1,
        metavar="N",
        help="work on N assets at a time, each in a process of its own; 0 or auto: one per processor; default: 1",
    )


def _jobs(text: str) -> int:
    if text == "auto":
        return 0
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r}: a number of processes, or auto")
    return int(text)


def add_declaration(parser: argparse.ArgumentParser) -> None:
    """What the studio states."""
    group = parser.add_argument_group("declaration")
    group.add_argument(
        "--declaration", metavar="FILE", help="TOML; without it NAME.declaration.toml beside the asset is read"
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="a field over the declaration, such as role=provider or attest.confusing=true (may be repeated)",
    )


def add_format(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """How the result is printed."""
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=formats, default="console", help=f"{_FORMATS}; default: %(default)s")
    group.add_argument("--lang", choices=LANGUAGES, default="both", help="language of the output; default: %(default)s")


def comma(text: str) -> list[str]:
    """A comma-separated option."""
    return [item.strip() for item in text.split(",") if item.strip()]


class Printer:
    """Prints results as they come: console text, or JSON (one object, or a line each when there are several)."""

    def __init__(self, format_: str, lang: str, *, several: bool, gate: str | None = None) -> None:
        self._format = format_
        self._lang = lang
        self._several = several
        self._gate = gate
        self._totals: Any = None

    def show(self, result: Any) -> None:
        """Print one result on stdout."""
        if self._format == "json":
            from sceneproof.report.json import dumps

            write(dumps(result, None if self._several else 2) + "\n")
        else:
            self._console(result)

    def close(self) -> None:
        """Print what several results come to (console only)."""
        if self._totals is not None:
            from sceneproof.report import console

            for text in console.closing(self._totals, lang=self._lang):
                write(f"\n{text}\n")

    def _console(self, result: Any) -> None:
        from sceneproof.report import console

        if self._totals is None:
            self._totals = console.Totals()
        else:
            write("\n")
        self._totals.add(result)
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            from rich.console import Console

            console.render(result, Console(), lang=self._lang, gate=self._gate)
        else:
            write(console.plain(result, lang=self._lang, gate=self._gate) + "\n")


def write(text: str) -> None:
    """Text to stdout as UTF-8, whatever the terminal's encoding is called."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    stream.write(text.encode("utf-8", "backslashreplace"))
    stream.flush()


def note(text: str) -> None:
    """A line of log on stderr."""
    print(f"sceneproof: {text}", file=sys.stderr)


def one_line(text: str) -> str:
    """Text that may quote an asset, safe to print on a terminal."""
    from sceneproof.report._tidy import safe

    return safe(text)


def check_target(path: str | Path, names: Sequence[str]) -> None:
    """Raises `UsageError` for a report that could not be written after the work, or would replace an asset."""
    from sceneproof.errors import UsageError

    target = Path(path)
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent}: no such folder; make it first")
    if target.is_dir():
        raise UsageError(f"{target}: is a folder; name a file")
    if target.is_file() and any(Path(name).exists() and target.samefile(name) for name in names):
        raise UsageError(f"{target}: is an asset; name another file for the report")


def save_text(path: str | Path, text: str) -> None:
    """A report file, whole or not at all."""
    from sceneproof.io._atomic import write_bytes

    check_target(path, ())
    write_bytes(Path(path), text.encode("utf-8", "backslashreplace"))


def check_declarations(arguments: argparse.Namespace, names: Sequence[str]) -> None:
    """Raises `UsageError` for a declaration that is broken, before the first asset is worked on."""
    from sceneproof import declaration as declarations

    for name in [None] if arguments.declaration else names:
        stated = declarations.of(arguments.declaration, None if name is None else Path(name))
        declarations.with_settings(stated, arguments.settings)
