"""Explain: the page of a rule, signal, policy, mark, attack or question. The docstring of its file is the page."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from . import registry
from .errors import unknown
from .findings import Text
from .policies import Policy, load_policy, policy_ids
from .rules._attestations import attestation_ids
from .rules._engine import rule_ids

MARKS = ("label", "metadata", "watermark")


def explain(identifier: str, *, lang: str = "both") -> str:
    """The page behind an id, in English, Chinese (``zh``) or ``both`` where it has both.

    Raises `UsageError` with the nearest known id.
    """
    policies = [load_policy(name) for name in policy_ids()]
    known = _known(policies)
    name = {other.lower(): other for other in known}.get(identifier.lower())
    if name is None:
        raise unknown("id", identifier, known)
    kind = known[name]
    if kind == "policy":
        return _policy(load_policy(name), lang)
    if kind == "question":
        return _question(name, policies, lang)
    if kind == "rule":
        return _rule(name, policies, lang)
    if kind == "attack":
        return _attack(name, lang)
    module = registry.module("marks" if kind == "mark" else "signals", name)
    return f"{name} ({kind})\n\n{inspect.cleandoc(module.__doc__ or '')}\n"


def overview() -> str:
    """Every id, by kind."""
    kinds: dict[str, list[str]] = {}
    for name, kind in _known([load_policy(name) for name in policy_ids()]).items():
        kinds.setdefault(kind, []).append(name)
    plural = {"policy": "policies"}
    return (
        "\n".join(f"{plural.get(kind, kind + 's')}:\n  " + "\n  ".join(names) for kind, names in kinds.items()) + "\n"
    )


def _known(policies: Sequence[Policy]) -> dict[str, str]:
    known = dict.fromkeys(policy_ids(), "policy")
    known |= dict.fromkeys(rule_ids(), "rule")
    known |= dict.fromkeys(_questions(policies), "question")
    known |= dict.fromkeys((stem.replace("_", "-") for stem in registry.stems("signals")), "signal")
    known |= dict.fromkeys(MARKS, "mark")
    return known | dict.fromkeys((stem.replace("_", "-") for stem in registry.stems("attacks")), "attack")


def _attack(name: str, lang: str) -> str:
    attack = registry.module("attacks", name)
    amounts = ", ".join(amount for amount in attack.AMOUNTS if amount) or "none"
    lines = [f"{name} (attack on a {attack.KIND.rstrip('s')}; amounts: {amounts})", ""]
    lines += [_say(Text(attack.SUMMARY["en"], attack.SUMMARY["zh"]), lang), ""]
    return "\n".join([*lines, inspect.cleandoc(attack.__doc__ or "")]) + "\n"


def _questions(policies: Sequence[Policy]) -> tuple[str, ...]:
    parts = {item.id for policy in policies for item in policy.attestations if item.part_of}
    return tuple(sorted({*attestation_ids(policies), *parts}))


def _rule(name: str, policies: Sequence[Policy], lang: str) -> str:
    rule = registry.module("rules", name)
    lines = [f"{name}  {_say(rule.TITLE, lang)}", "", inspect.cleandoc(rule.__doc__ or ""), ""]
    for policy in policies:
        duty = policy.requirement(rule.ID)
        if duty is None:
            continue
        roles = ", ".join(duty.applies_to)
        lines.append(f"In {policy.id}: {duty.kind}, severity {duty.severity} for {roles}, else one step lower")
        lines += _clauses(policy, duty.clauses, lang)
    return "\n".join(lines) + "\n"


def _question(name: str, policies: Sequence[Policy], lang: str) -> str:
    lines: list[str] = []
    for policy in policies:
        item = policy.attestation(name)
        if item is None:
            continue
        if not lines:
            lines += [f"{name} (question; answered by {', '.join(item.answered_by)})", "", _say(item.question, lang)]
            lines += [_say(item.effect, lang)]
        lines += ["", f"In {policy.id}:", *_clauses(policy, item.clauses, lang)]
    return "\n".join(lines) + "\n"


def _policy(policy: Policy, lang: str) -> str:
    lines = [
        f"{policy.id} {policy.version}",
        _say(policy.title, lang),
        f"{_say(policy.issuer, lang)}; adopted {policy.adopted}, in force {policy.effective}",
        _say(policy.note, lang),
        "",
        "Clauses (how far they were read; what a tool can do with them: decide, measure, ask, none):",
        *_clauses(policy, [clause.id for clause in policy.clauses], lang),
        "",
        "Definitions:",
    ]
    lines += [f"  {_say(item.term, lang)}: {_say(item.text, lang)} [{item.standing}]" for item in policy.definitions]
    return "\n".join(lines) + "\n"


def _clauses(policy: Policy, identifiers: Sequence[str], lang: str) -> list[str]:
    lines = []
    for identifier in identifiers:
        clause = policy.clause(identifier)
        lines.append(
            f"  {_say(clause.citation, lang)} [{clause.standing}; {clause.decidable}]: {_say(clause.gist, lang)}"
        )
        if clause.wording_zh and lang != "en":
            lines.append(f"    原文：{clause.wording_zh}")
    return lines


def _say(text: Text, lang: str) -> str:
    return {"en": text.en, "zh": text.zh}.get(lang, f"{text.en} / {text.zh}")
