"""A chain as text: commands, their words, and where a step's input and output stand among them.

A command is split into words as a POSIX shell would (`shlex`), on every system, and run without a shell: nothing is
expanded, piped or redirected. ``&&`` as a word of its own ends one command of a chain and begins the next.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sceneproof.errors import UsageError, unknown

_NEXT = "&&"
_OF_A_SHELL = frozenset(("|", "||", "&", ";", ">", ">>", "<", "<<", "2>", "2>&1", "&>"))
_PLACE = re.compile(r"\{\{([A-Za-z_][\w.-]*)\}\}|\{([A-Za-z_][\w.-]*)\}")
_NAMED = re.compile(r"(in|out)((?:\.[A-Za-z0-9]+)*)")
_PLAIN = re.compile(r"[\w@%+=:,./{}\\-]+")


@dataclass(frozen=True)
class Step:
    """One command.

    Attributes
    ----------
    chain : number of the chain that it belongs to, from 1.
    words : its words; ``{in}`` and ``{out}`` stand in them still.
    executable : the program that the first word was found to be.
    taken, given : endings that ``{in.glb}`` and ``{out.obj}`` ask for, lower case with the dot; empty for the same.
    """

    chain: int
    words: tuple[str, ...]
    executable: str
    taken: str
    given: str

    @property
    def tool(self) -> str:
        """The program's name without folder and ending, fit for a file name."""
        return re.sub(r"[^\w-]+", "_", Path(self.words[0]).stem).strip("-_") or "tool"

    def shown(self) -> str:
        """The command on one line, quoted where it must be."""
        return " ".join(word if _PLAIN.fullmatch(word) else shlex.quote(word) for word in self.words)

    def arguments(self, source: Path, target: Path) -> list[str]:
        """The words with the files in their places. What a file is called is never read for placeholders again."""
        files = {"in": str(source), "out": str(target)}

        def filled(match: re.Match[str]) -> str:
            return f"{{{match[1]}}}" if match[1] else files[match[2].partition(".")[0]]

        return [self.executable, *(_PLACE.sub(filled, word) for word in self.words[1:])]


def parse(chains: Sequence[str]) -> tuple[tuple[Step, ...], ...]:
    """Each chain's steps. Raises `UsageError`, before anything runs, for a slip in it and for a missing tool."""
    if not chains:
        raise UsageError("no chain was given; --chain 'TOOL … {in} … {out}' is needed")
    return tuple(_steps(number, text) for number, text in enumerate(chains, 1))


def _steps(chain: int, text: str) -> tuple[Step, ...]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"chain {text!r}: {str(error).lower()}") from None
    commands: list[list[str]] = [[]]
    for word in words:
        if word == _NEXT:
            commands.append([])
        else:
            commands[-1].append(word)
    if not words:
        raise UsageError(f"chain {chain} is empty; 'TOOL … {{in}} … {{out}}' is needed")
    return tuple(_step(chain, text, command) for command in commands)


def _step(chain: int, text: str, words: list[str]) -> Step:
    if not words or not words[0]:
        raise UsageError(f"chain {text!r}: names no tool before or after {_NEXT}")
    alien = next((word for word in words if word in _OF_A_SHELL), None)
    if alien is not None:
        raise UsageError(f"chain {text!r}: no shell reads it, so {alien!r} does nothing; call a script that does it")
    if "\0" in text:
        raise UsageError(f"chain {text!r}: a zero byte cannot be handed to a tool")
    endings: dict[str, set[str]] = {"in": set(), "out": set()}
    for word in words:
        for match in _PLACE.finditer(word):
            if match[2]:
                named = _NAMED.fullmatch(match[2])
                if named is None:
                    raise unknown("placeholder", f"{{{match[2]}}}", ("{in}", "{out}"), where=f"chain {text!r}")
                endings[named[1]].add(named[2].lower())
    for name, found in endings.items():
        if not found:
            raise UsageError(f"chain {text!r}: {words[0]!r} is not told where its file is; {{{name}}} is missing")
        if len(found) > 1:
            raise UsageError(f"chain {text!r}: {{{name}}} stands in it with different endings")
    if _PLACE.search(words[0]):
        raise UsageError(f"chain {text!r}: begins with a file; a tool's name is needed first")
    return Step(chain, tuple(words), _found(words[0]), endings["in"].pop(), endings["out"].pop())


def _found(tool: str) -> str:
    path = shutil.which(tool)
    if path is None:
        raise UsageError(f"{tool}: no such tool; install it, or give the path of its program")
    return path
