"""Questions that only a person can answer: review until the declaration does. They are data of the policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sceneproof.declaration import Declaration
from sceneproof.findings import Finding, Text, Verdict
from sceneproof.policies import Attestation, Policy

from ._engine import cited, natural
from ._gate import gate

_SETTLE = Text(
    "Settle it before the asset is offered, then answer again in the declaration",
    "请在提供该资产之前解决该问题，然后在声明中重新作答",
)


def attestation_ids(policies: Sequence[Policy]) -> tuple[str, ...]:
    """Ids of the questions that are asked, in natural order; parts of a question are asked with the whole."""
    found = {item.id for policy in policies for item in policy.attestations if item.part_of is None}
    return tuple(sorted(found, key=natural))


def ask(identifier: str, policies: Sequence[Policy], declaration: Declaration) -> Finding:
    """The finding for one question over all policies that ask it."""
    asked = [(policy, item) for policy in policies if (item := policy.attestation(identifier)) is not None]
    first = asked[0][1]
    clauses, standing = cited([(policy, _with_parts(policy, item)) for policy, item in asked])
    severity = min((item.severity_for(declaration.role) for _, item in asked), key=lambda item: item.rank)
    answers = {name: declaration.answer(name) for name in first.answered_by}
    missing = [name for name, value in answers.items() if value is None]
    gates = [gate(item.when, declaration) for _, item in asked]
    evidence: dict[str, Any] = {"answers": {name: value for name, value in answers.items() if value is not None}}
    if all(item.binds is False for item in gates):
        reason = gates[0].reason or Text("", "")
        message = Text(f"Not asked ({reason.en}).", f"无需回答（{reason.zh}）。")
        return Finding(identifier, Verdict.NOT_APPLICABLE, message, None, clauses, standing, evidence=evidence)
    if first.problem is not None and any(value is first.problem for value in answers.values()):
        # One such answer decides, whatever the others will be.
        message = _answered(first, bad=True)
        return Finding(identifier, Verdict.FAIL, message, severity, clauses, standing, "", 1, evidence, _SETTLE)
    if missing:
        fix = _how(missing)
        return Finding(identifier, Verdict.REVIEW, first.question, severity, clauses, standing, "", 1, evidence, fix)
    return Finding(identifier, Verdict.PASS, _answered(first, bad=False), None, clauses, standing, evidence=evidence)


def _with_parts(policy: Policy, item: Attestation) -> tuple[str, ...]:
    """Clauses of a question and of its parts."""
    parts = [other.clauses for other in policy.attestations if other.part_of == item.id]
    return tuple(dict.fromkeys([*item.clauses, *(clause for clauses in parts for clause in clauses)]))


def _answered(item: Attestation, *, bad: bool) -> Text:
    if bad:
        return Text(
            f"Answered no: {item.question.en} {item.effect.en}", f"回答为否：{item.question.zh}{item.effect.zh}"
        )
    return Text(f"Answered: {item.question.en}", f"已回答：{item.question.zh}")


def _how(missing: Sequence[str]) -> Text:
    settings = " ".join(f"--set {name}=…" for name in missing)
    return Text(f"Answer it in the declaration, or by {settings}", f"请在声明中回答，或使用 {settings}")
