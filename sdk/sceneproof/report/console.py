"""Results as text: plain for `str`, coloured for a terminal. The verdict comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sceneproof.errors import UsageError

from ._audit_lines import audit_rows
from ._lines import Lines
from ._mark_lines import inspect_rows, receipt_rows, verify_rows
from ._tidy import kind_of, shown
from ._view import about, name_of, trouble
from ._words import KINDS, LANGUAGES, of, word

if TYPE_CHECKING:
    from rich.console import Console

    from sceneproof.findings import Receipt, Report, Verification

    Result = Report | Receipt | Verification | Mapping[str, Any]

__all__ = ["plain", "render", "text"]

_ROWS = {"audit": audit_rows, "receipt": receipt_rows, "verify": verify_rows, "inspect": inspect_rows}


def plain(result: Result, *, lang: str = "both") -> str:
    """A result as text without colours or control characters, lines not wrapped, no end of line.

    `lang` is ``en``, ``zh`` or ``both``. Findings of one rule beyond the fourth are folded into a count.
    """
    return str(_lines(result, lang))


def render(result: Result, console: Console, *, lang: str = "both") -> None:
    """Print a result on a `rich` console: the same lines, coloured and wrapped to its width."""
    _lines(result, lang).render(console)


def text(results: Sequence[Result], *, lang: str = "both") -> str:
    """Several results one below the other; ends with an end of line."""
    return "\n\n".join(plain(result, lang=lang) for result in results) + "\n"


def _lines(result: Result, lang: str) -> Lines:
    if lang not in LANGUAGES:
        raise UsageError(f"unknown language {lang!r}; known: {', '.join(LANGUAGES)}")
    data = shown(result)
    lines = Lines(lang)
    kind, facts = kind_of(data), about(data)
    lines.add(
        0,
        (f"{lines.word(of(KINDS, kind))}: ", "dim"),
        (name_of(data), "head"),
        (f"  ({facts})" if facts else "", "dim"),
    )
    error = data.get("error")
    if error:
        lines.say(0, trouble(data), "error")
        lines.add(2, str(error["message"]))
        if error["pointer"]:
            lines.add(2, (f"{lines.word(word('where'))}: ", "dim"), str(error["pointer"]))
        return lines
    _ROWS[kind](lines, data)
    return lines
