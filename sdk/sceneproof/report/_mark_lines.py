"""Marks as lines, and the receipt, the verification and the inspection that list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _view
from ._compared import compared
from ._marks import MarkView, distortion_facts, found_marks, written_marks
from ._packed import packed_rows
from ._repair_lines import media_rows, repair_rows
from ._tidy import inspected, size
from ._words import FOOTERS, INSPECTION, MARKS, of, pick, text_of, word

if TYPE_CHECKING:
    from ._lines import Lines

_SIGNS = {"pass": "✓", "fail": "✗", "review": "?", "absent": "·", "skipped": "·"}
_STYLES = {"pass": "pass", "fail": "fail", "review": "review", "absent": "dim", "skipped": "dim"}


def mark_rows(lines: Lines, views: list[MarkView]) -> None:
    """One line per mark, its figures and its faults below."""
    for view in views:
        first, *others = pick(view.sentence, lines.lang)
        lines.add(2, (f"{_SIGNS[view.state]} {lines.word(view.title)}", _STYLES[view.state]), ": ", first)
        for other in others:
            lines.add(4, (other, "dim"))
        if view.facts:
            lines.add(4, (" · ".join(f"{lines.word(name)} {value}" for name, value in view.facts), "dim"))
        for note in view.notes:
            lines.say(4, note, "dim", "~ ")
        for problem in view.problems:
            lines.say(4, problem, lead="! ")


def receipt_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    """What was put in and read back, what was left out and why, and what was written."""
    lines.say(0, _view.outcome(data), _view.state(data))
    lines.gap()
    mark_rows(lines, written_marks(data))
    for entry in _view.missing(data):
        name = of(MARKS, entry["mark"])
        lines.add(2, (f"– {lines.word(name)}: {lines.word(word('left_out'))}", "review"))
        lines.say(4, text_of(entry["reason"]))
    for entry in data["replaced"]:
        lines.add(2, (f"{lines.word(word('replaced'))}: {lines.word(of(MARKS, entry['mark']))}", "dim"))
    if data["distortion"]:
        lines.head(word("distortion"))
        for name, value in distortion_facts(data["distortion"]):
            lines.add(2, f"{lines.word(name)}: ", (value, "key"))
    for row in packed_rows(data["reencoded"] or ()):
        lines.say(2, row, "dim", "↻ ")
    lines.head(word("files"))
    for file in data["parts_written"]:
        lines.add(2, file)
    for when in ("before", "after"):
        entry = data["asset"][when]
        if entry is None:
            lines.add(2, (lines.word(word("in_memory")), "dim"))
        else:
            lines.add(2, (f"{lines.word(word(when))}: {size(entry['bytes'])}  sha256 {entry['sha256']}", "dim"))
    _who_rows(lines, data)


def _who_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    lines.gap()
    for name, key in (("key", "key_id"), ("payload",) * 2, ("content_id",) * 2, ("operator",) * 2, ("time_utc",) * 2):
        if data[key]:
            lines.add(0, (f"{lines.word(word(name))}: ", "dim"), str(data[key]))
    lines.gap()
    lines.say(0, FOOTERS[0], "dim")


def verify_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    """What was found, and how it compares with what was expected."""
    lines.say(0, _view.outcome(data), _view.state(data))
    receipt = data.get("receipt")
    if receipt:
        lines.say(0, word("bytes_same" if receipt["bytes"] == "same" else "bytes_different"), "dim")
    lines.gap()
    expected = data.get("expected") or {}
    mark_rows(lines, [compared(view, data.get(view.id), expected) for view in found_marks(data, expected)])
    ledger = data.get("ledger")
    if ledger:
        sign = {True: "✓", False: "✗"}.get(ledger.get("match"), "·")
        lines.add(2, f"{sign} {lines.word(MARKS['ledger'])}: {ledger.get('record') or '–'}")
    lines.gap()
    lines.say(0, FOOTERS[0], "dim")


def inspect_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    """Counts, sizes and topology, one per line; what to repair; labels inside media."""
    for name, value in inspected(data["inspection"]):
        lines.add(2, (f"{lines.word(of(INSPECTION, name))}: ", "dim"), value)
    repair_rows(lines, data)
    media_rows(lines, data)
