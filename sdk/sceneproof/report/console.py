"""Results as text: plain for `str`, coloured for a terminal. The verdict comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sceneproof.errors import UsageError

from ._audit_lines import audit_rows
from ._lines import Lines
from ._mark_lines import inspect_rows, receipt_rows, verify_rows
from ._shown import AS_IS, Shown
from ._survive_lines import survive_rows
from ._tidy import kind_of, shown
from ._totals import Totals
from ._view import about, name_of, trouble
from ._words import KINDS, LANGUAGES, of, pick, word

if TYPE_CHECKING:
    from rich.console import Console

    from sceneproof.findings import Receipt, Report, Survival, Verification

    Result = Report | Receipt | Verification | Survival | Mapping[str, Any]

__all__ = ["Totals", "closing", "plain", "render", "text"]

_ROWS = {"receipt": receipt_rows, "verify": verify_rows, "inspect": inspect_rows, "survive": survive_rows}


def plain(result: Result, *, lang: str = "both", gate: str | None = None) -> str:
    """A result as text without colours or control characters, lines not wrapped, no end of line.

    `lang` is ``en``, ``zh`` or ``both``. Findings of one rule beyond the fourth are folded into a count. `gate` is the
    severity from which a fail counts (``--fail-on``): an audit then says which fails weigh less.
    """
    return str(_lines(result, lang, gate))


def render(result: Result, console: Console, *, lang: str = "both", gate: str | None = None) -> None:
    """Print a result on a `rich` console: the same lines, coloured and wrapped to its width."""
    _lines(result, lang, gate).render(console)


def text(results: Sequence[Result], shown: Shown = AS_IS) -> str:
    """Several results one below the other, and what they come to; ends with an end of line."""
    lang, gate = shown.lang, shown.gate
    totals = Totals()
    for result in results:
        totals.add(result)
    return "\n\n".join([plain(result, lang=lang, gate=gate) for result in results] + closing(totals, lang=lang)) + "\n"


def closing(totals: Totals, *, lang: str = "both") -> list[str]:
    """How several assets ended, as one text of a line per language; empty for a single asset."""
    line = totals.line()
    return ["\n".join(pick(line, lang))] if line else []


def _lines(result: Result, lang: str, gate: str | None) -> Lines:
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
    if kind == "audit":
        audit_rows(lines, data, gate)
    else:
        _ROWS[kind](lines, data)
    return lines
