"""Every error that Sceneproof raises on purpose.

SceneproofError
├── UsageError        the caller asked for something that does not exist or contradicts itself (exit code 2)
├── InputError        a file cannot be read or its geometry cannot be trusted (exit code 3)
│   └── LimitError    it would take more memory or time than the limits allow
├── MarkError         a mark cannot be put in, with the reason (exit code 1)
├── AttackError       an attack of the bench cannot run on a subject, or lacks a library (exit code 2)
└── MissingExtraError an optional package is not installed; the message names what to install (exit code 2)

A message is one line: what, where, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

_LONGEST = 400  # characters of a reason or pointer: both may quote what a stranger wrote


class SceneproofError(Exception):
    """Base of all errors raised on purpose; `exit_code` is what the command line returns."""

    exit_code = 2

    def __str__(self) -> str:
        """One line: control characters and halves of surrogate pairs, which a file may hold, are shown as escapes."""
        text = super().__str__()
        return "".join(
            c if c.isprintable() or c in "\u00a0\u3000" else c.encode("unicode_escape").decode("ascii") for c in text
        )


class UsageError(SceneproofError):
    """An option, id, field or value that does not exist, or options that contradict each other."""


class InputError(SceneproofError):
    """An input that cannot be read.

    Attributes
    ----------
    uri : the file as the caller named it, or ``None`` for bytes in memory.
    pointer : JSON Pointer (RFC 6901) to the place, or ``""``.
    reason : what is wrong, without the place.
    """

    exit_code = 3

    def __init__(self, reason: str, *, uri: str | None = None, pointer: str = "") -> None:
        self.reason = _short(reason)
        self.uri = uri
        self.pointer = pointer
        super().__init__(f"{uri or '<memory>'}{'#' + _short(pointer) if pointer else ''}: {self.reason}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross from worker processes whole; by default only the message would."""
        return _again, (type(self), self.reason, self.uri, self.pointer)

    def at(self, uri: str | None) -> InputError:
        """The same error with the file's name, for code that learnt of the fault without knowing the file."""
        return type(self)(self.reason, uri=self.uri or uri, pointer=self.pointer)


class LimitError(InputError):
    """An input that asks for more than the limits in `sceneproof.config` allow."""


class MarkError(SceneproofError):
    """A mark that was asked for cannot be put in; the message says why."""

    exit_code = 1


class AttackError(SceneproofError):
    """An attack cannot run on this subject, or a library that it needs is missing."""


class MissingExtraError(SceneproofError):
    """An optional package is missing or does not load."""


def _again(kind: type[InputError], reason: str, uri: str | None, pointer: str) -> InputError:
    return kind(reason, uri=uri, pointer=pointer)


def _fold(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or ``None`` when none is; case, dots, dashes and underscores are alike."""
    folded = {_fold(candidate): candidate for candidate in sorted(known)}
    found = difflib.get_close_matches(_fold(name), folded, n=1, cutoff=0.5)
    return folded[found[0]] if found else None


def unknown(kind: str, name: str, known: Iterable[str], *, where: str = "") -> UsageError:
    """A `UsageError` for a name that does not exist, with the nearest known one."""
    names = sorted(known)
    guess = nearest(name, names)
    hint = f"did you mean {guess!r}?" if guess else f"known: {', '.join(names) or 'none'}"
    place = f"{where}: " if where else ""
    return UsageError(f"{place}unknown {kind} {name!r}; {hint}")
