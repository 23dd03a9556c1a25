"""The table of a survival test as lines: columns aligned by what a terminal shows, the command last."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _survival
from ._words import FOOTERS, pick, word

if TYPE_CHECKING:
    from ._lines import Lines, Span

_GAP = "  "


def survive_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    """What lived, the table, and what failed below the step that did."""
    lines.say(0, _survival.said(data), _survival.state(data))
    lines.gap()
    *heads, command = (lines.word(title) for title in _survival.titles(data))
    rows = list(_survival.rows(data))
    table = [_spans(lines, row) for row in rows]
    columns = list(zip(heads, *([text for text, _ in spans] for spans in table), strict=True))
    widths = [max(map(_width, column)) for column in columns]
    lines.add(0, (_GAP.join(map(_padded, heads, widths)) + _GAP + command, "dim"))
    for row, spans in zip(rows, table, strict=True):
        if row.begins and row.number > 1 and data["options"]["each"]:
            lines.gap()
        cells = [(_padded(text, width) + _GAP, style) for (text, style), width in zip(spans, widths, strict=True)]
        lines.add(0, *cells, (lines.word(row.command), "key" if row.number else "dim"))
        for note in row.notes:
            lines.say(4, note, "dim", "! " if row.number else "– ")
    lines.gap()
    if data["start"]["payload"]:
        lines.add(0, (f"{lines.word(word('payload'))}: ", "dim"), data["start"]["payload"])
    lines.say(0, FOOTERS[0], "dim")


def _spans(lines: Lines, row: _survival.Row) -> list[Span]:
    marks = [(_marked(lines, cell), cell.style) for cell in row.cells]
    return [(str(row.number), "dim"), *marks, (row.amount, ""), (row.bytes, ""), (row.seconds, "")]


def _marked(lines: Lines, cell: _survival.Cell) -> str:
    said = " ".join(pick(cell.said, lines.lang))
    return f"{cell.sign} {said}{', ' + cell.figure if cell.figure else ''}"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns of a terminal that the text takes (Unicode Standard Annex 11)."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
