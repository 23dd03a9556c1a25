"""An audit's findings counted by rule: each rule once, by its worst verdict, so that the counts add up to the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sceneproof.findings import Severity, Text

from . import _view
from ._words import VERDICTS

WORST = ("fail", "error", "review", "pass", "notApplicable")
_SHOWN = ("fail", "review", "error", "pass", "notApplicable")
_FILE = "FILE"  # what the reader reports of the file: findings, but of no rule


def by_rule(data: Mapping[str, Any]) -> dict[str, str]:
    """Rule to its worst verdict, in the order of the findings."""
    found: dict[str, str] = {}
    for finding in data.get("findings") or ():
        rule, verdict = str(finding["rule"]), str(finding["verdict"])
        if rule != _FILE:
            found[rule] = min(found.get(rule, verdict), verdict, key=WORST.index)
    return found


def tally(data: Mapping[str, Any]) -> Text:
    """How many rules fail, wait for a person, pass and do not apply; those that could not run when there are some."""
    found = Counter(by_rule(data).values())
    numbers = {name: found[name] for name in _SHOWN if found[name] or name != "error"}
    return Text(
        " · ".join(f"{number} {VERDICTS[name].en}" for name, number in numbers.items()),
        " · ".join(f"{VERDICTS[name].zh} {number}" for name, number in numbers.items()),
    )


def ran(data: Mapping[str, Any]) -> Text:
    """How many of the rules ran, and how much the reader has to say of the file besides."""
    text = _view.ran(data)
    notes = sum(finding["rule"] == _FILE for finding in data.get("findings") or ())
    if not notes:
        return text
    return Text(
        f"{text.en}; {notes} {'note' if notes == 1 else 'notes'} on the file", f"{text.zh}；文件提示 {notes} 项"
    )


def below(data: Mapping[str, Any], gate: str | None) -> Text | None:
    """``1 fail below --fail-on error``: rules whose fails all weigh less than the gate; none without such or a gate."""
    if gate is None:
        return None
    failing: dict[str, bool] = {}
    for finding in data.get("findings") or ():
        if finding["verdict"] == "fail":
            failing[finding["rule"]] = failing.get(finding["rule"], False) or _reaches(finding["severity"], gate)
    number = sum(not reached for reached in failing.values())
    if not number:
        return None
    return Text(
        f"{number} {'fail' if number == 1 else 'fails'} below --fail-on {gate}",
        f"其中 {number} 项不通过低于 --fail-on {gate}，不影响退出码",
    )


def _reaches(severity: Any, gate: str) -> bool:
    order = [str(item) for item in Severity]
    return gate in order and str(severity) in order and order.index(str(severity)) <= order.index(gate)
