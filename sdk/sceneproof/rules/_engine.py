"""From what a rule found to a finding: the policies and the declaration decide verdict, severity and clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import ModuleType
from typing import Any

from sceneproof import registry
from sceneproof.declaration import Declaration
from sceneproof.findings import Finding, Severity, Signal, Text, Verdict
from sceneproof.marks.metadata.read import MetadataReading
from sceneproof.policies import Limits, Policy, Requirement, load_policy
from sceneproof.scene import Scene

from ._gate import Gate, gate

_DIGITS = re.compile(r"([0-9]*)(.*)", re.DOTALL)


class State(Enum):
    """What a rule found, before anybody asks whether it binds."""

    OK = "ok"
    VIOLATED = "violated"
    UNCLEAR = "unclear"  # a person must look
    ABSENT = "absent"  # there is nothing here that the rule speaks of


@dataclass(frozen=True)
class Outcome:
    """One thing that a rule found, with its place and what to do."""

    state: State
    message: Text
    pointer: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fix: Text | None = None
    count: int = 1


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that rules look at. `label` is the reading of the visible label, `limits` the labelling standard's."""

    scene: Scene
    declaration: Declaration
    signals: Mapping[str, Signal]
    label: Any
    metadata: MetadataReading
    limits: Limits


@dataclass(frozen=True)
class Judgement:
    """Findings in the order of the rules, and how many rules ran of how many that were to run."""

    findings: tuple[Finding, ...]
    run: int
    total: int


def judge(case: Case, policies: Sequence[Policy], wanted: Iterable[str]) -> Judgement:
    """Run the rules with the given ids. One that raises becomes a finding with the verdict error."""
    findings: list[Finding] = []
    total = failed = 0
    for identifier in wanted:
        rule = registry.module("rules", identifier)
        duties = [(policy, duty) for policy in policies if (duty := policy.requirement(rule.ID)) is not None]
        if not duties and not getattr(rule, "ALWAYS", False):
            continue
        total += 1
        try:
            findings += [_finding(rule, outcome, duties, case.declaration) for outcome in rule.check(case)]
        except Exception as error:
            # A rule that fails must not take the others' findings with it; the exit code tells (design, section 5).
            failed += 1
            findings.append(_broken(rule, error, duties))
    return Judgement(tuple(findings), total - failed, total)


def rule_ids(policies: Sequence[Policy] | None = None, local: Sequence[str] = ()) -> tuple[str, ...]:
    """Ids of all rules (those that some of `policies` ask for, when given), in natural order.

    Of rules that were loaded from a folder only those count whose stems are in `local`: a folder that was named for one
    audit says nothing about the next.
    """
    found = []
    for stem in registry.stems("rules"):
        rule = registry.module("rules", stem)
        if rule.__name__.startswith("sceneproof_local_") and stem not in local:
            continue
        asked = policies is None or getattr(rule, "ALWAYS", False) or any(p.requirement(rule.ID) for p in policies)
        if asked:
            found.append(str(rule.ID))
    return tuple(sorted(found, key=natural))


def natural(identifier: str) -> tuple[Any, ...]:
    """Sort key that puts DS-16.2 before DS-16.10, and A-14b before A-17."""
    parts = [_DIGITS.match(part) for part in identifier.replace("-", ".").split(".")]
    return tuple((0, int(m[1]), m[2]) if m and m[1] else (1, 0, m[2] if m else "") for m in parts)


def limits() -> Limits:
    """The limits of the labelling standard, which every policy so far shares."""
    return load_policy("cn-ai-labels").limits


def _finding(
    rule: ModuleType, outcome: Outcome, duties: Sequence[tuple[Policy, Requirement]], declaration: Declaration
) -> Finding:
    clauses, standing = cited([(policy, duty.clauses) for policy, duty in duties])
    gates = [gate(duty.when, declaration) for _, duty in duties]
    verdict, why = _verdict(outcome.state, gates)
    severity = None
    if verdict in (Verdict.FAIL, Verdict.REVIEW):
        heaviest = [duty.severity_for(declaration.role) for _, duty in duties]
        severity = min(heaviest, key=lambda item: item.rank, default=Severity(getattr(rule, "SEVERITY", "warning")))
    message = outcome.message
    if why is not None:
        message = Text(f"{message.en} ({why.en})", f"{message.zh}（{why.zh}）")
    return Finding(
        rule.ID, verdict, message, severity, clauses, standing, outcome.pointer, outcome.count, outcome.evidence,
        outcome.fix if verdict in (Verdict.FAIL, Verdict.REVIEW) else None,
    )  # fmt: skip


def _verdict(state: State, gates: Sequence[Gate]) -> tuple[Verdict, Text | None]:
    """The verdict, and what in the declaration brought it about where that matters."""
    binding = [item for item in gates if item.binds is not False]
    if state is State.ABSENT or (gates and not binding):
        return Verdict.NOT_APPLICABLE, gates[0].reason if gates and not binding else None
    if state is State.OK:
        return Verdict.PASS, None
    if state is State.UNCLEAR:
        return Verdict.REVIEW, None
    if not gates or any(item.binds for item in binding):
        return Verdict.FAIL, None
    return Verdict.REVIEW, binding[0].reason


def cited(duties: Sequence[tuple[Policy, Sequence[str]]]) -> tuple[tuple[str, ...], str | None]:
    """Clause references of all policies, and how far they were read."""
    references: list[str] = []
    standings = set()
    for policy, clauses in duties:
        for clause_id in clauses:
            clause = policy.clause(clause_id)
            references.append(clause.ref)
            standings.add(clause.standing)
    standing = None if not standings else standings.pop() if len(standings) == 1 else "mixed"
    return tuple(references), standing


def _broken(rule: ModuleType, error: Exception, duties: Sequence[tuple[Policy, Requirement]]) -> Finding:
    clauses, standing = cited([(policy, duty.clauses) for policy, duty in duties])
    text = f"{type(error).__name__}: {error}"
    return Finding(
        rule.ID,
        Verdict.ERROR,
        Text(f"The rule could not run: {text}", f"该规则未能运行：{text}"),
        clauses=clauses,
        standing=standing,
    )
