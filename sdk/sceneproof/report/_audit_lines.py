"""An audit as lines: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sceneproof.findings import Text

from . import _rules, _view
from ._clauses import cite
from ._mark_lines import mark_rows
from ._marks import found_marks
from ._tidy import figure
from ._words import FOOTERS, SEVERITIES, STANDINGS, of, text_of, word

if TYPE_CHECKING:
    from ._lines import Lines

_SIGNS = {"fail": "✗", "review": "?", "error": "!", "pass": "✓", "notApplicable": "–"}
_STANCE_STYLE = {"for": "review", "against": "pass", "undecided": "info"}
_LEVEL_STYLE = {"high": "review", "medium": "review", "low": "pass", "unknown": "info"}
_MOST_OF_A_RULE = 4


def audit_rows(lines: Lines, data: Mapping[str, Any], gate: str | None = None) -> None:
    """Everything below the line that names the asset; with a gate (``--fail-on``), which fails it lets through."""
    lines.say(0, _rules.tally(data), _view.state(data))
    below = _rules.below(data, gate)
    if below:
        lines.say(0, below)
    lines.say(0, _rules.ran(data), "dim")
    _risk_rows(lines, data)
    lines.head(word("marks"))
    mark_rows(lines, found_marks(data.get("marks") or {}))
    for group in _view.groups(data):
        _group_rows(lines, group, _rules.by_rule(data))
    _footer_rows(lines, data)


def _group_rows(lines: Lines, group: _view.Group, worst: Mapping[str, str]) -> None:
    """Findings of one verdict. What passes or does not apply is a list of rules, without those that did worse too."""
    verdict = group.verdict
    rules = [rule for rule in group.rules if worst.get(rule) == verdict]
    if verdict in ("pass", "notApplicable"):
        if rules:
            lines.head(group.title, "pass" if verdict == "pass" else "dim", f": {len(rules)}")
            lines.add(2, (", ".join(rules), "dim"))
        return
    count = len(group.findings)
    more = f" ({count:,} {lines.word(word('n_findings'))})" if count != len(rules) else ""
    lines.head(group.title, verdict, f": {len(rules)}{more}")
    for finding, others in group.folded(_MOST_OF_A_RULE):
        _finding_rows(lines, finding, others)


def _risk_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    level, name = _view.risk(data)
    lines.head(word("realism_risk"), "head", f": {lines.word(name)}")
    lines.rows[-1] = (0, ((lines.rows[-1][1][0][0], _LEVEL_STYLE.get(level, "info")),))
    for claim in _view.claims(data):
        if claim.id == "digital_human":
            style = _LEVEL_STYLE.get(claim.state, "info")
        else:
            style = _STANCE_STYLE.get(claim.state, "info")
        score = f" ({lines.word(word('score'))} {figure(claim.score, 2)})" if claim.score is not None else ""
        lines.add(2, lines.word(claim.question), "  ", (lines.word(claim.answer), style), (score, "dim"))
        why = _view.because(data, claim.because)
        if why:
            lines.add(4, (f"{lines.word(word('because'))}: {'; '.join(why)}", "dim"))
    lines.say(2, _view.calibration(data), "dim")


def _finding_rows(lines: Lines, finding: Mapping[str, Any], more: int) -> None:
    verdict = finding["verdict"]
    severity = f" {lines.word(of(SEVERITIES, finding['severity']))}" if finding["severity"] else ""
    clauses = f"  {', '.join(finding['clauses'])}" if finding["clauses"] else ""
    standing = f" ({lines.word(of(STANDINGS, finding['standing']))})" if finding["standing"] else ""
    lines.add(2, (f"{_SIGNS[verdict]} {finding['rule']}{severity}", verdict), (clauses + standing, "dim"))
    cited = [lines.word(citation) for citation in map(cite, finding["clauses"]) if citation]
    if cited:
        lines.add(4, ("; ".join(cited), "dim"))
    lines.say(4, text_of(finding["message"]))
    where = _view.place(finding)
    if where:
        lines.add(4, (f"{lines.word(word('where'))}: ", "dim"), where)
    if finding["fix"]:
        lines.say(4, text_of(finding["fix"]), lead="→ ")
    if more:
        lines.say(4, Text(f"… and {more:,} more of {finding['rule']}", f"……另有 {more:,} 项 {finding['rule']}"), "dim")


def _footer_rows(lines: Lines, data: Mapping[str, Any]) -> None:
    if data.get("suppressed"):
        lines.head(word("suppressed"))
        for why, rules in _view.suppressed(data):
            lines.add(2, (f"{why}: {', '.join(rules)}", "dim"))
    open_questions = _view.not_assessed(data)
    if open_questions:
        lines.head(word("not_assessed"))
        for text, _ in open_questions:
            lines.say(2, text, "dim", "- ")
    declaration = data.get("declaration")
    lines.head(word("declaration"), "head", f": {_declared(lines, declaration)}")
    if data.get("policies"):
        names = ", ".join(
            f"{policy['id']} {policy['version']} ({policy['sha256'][:12]})" for policy in data["policies"]
        )
        lines.add(0, (f"{lines.word(word('policies'))}: ", "head"), names)
    lines.gap()
    for footer in FOOTERS:
        lines.say(0, footer, "dim")


def _declared(lines: Lines, declaration: Mapping[str, Any] | None) -> str:
    if not declaration:
        return lines.word(word("no_declaration"))
    return f"{declaration.get('source') or ''} ({declaration['sha256'][:12]})".strip()
