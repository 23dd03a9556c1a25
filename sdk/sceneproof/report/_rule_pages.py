"""The page of a rule for other programs: its title, what it checks, and the clauses that it rests on."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass

from sceneproof import registry
from sceneproof.errors import SceneproofError
from sceneproof.findings import Text

from . import _clauses

_OWN = {
    "FILE": Text("What the reader found in the file", "读取文件时发现的问题"),
    "SIGNAL": Text("A signal that could not be measured", "未能测量的信号"),
}


@dataclass(frozen=True)
class RulePage:
    """Title and help of one rule, in both languages."""

    id: str
    title: Text
    help: Text


def page(identifier: str, clauses: Iterable[str]) -> RulePage:
    """The page of a rule, a question or one of the reader's own ids; `clauses` are what its findings cite."""
    title, english = _described(identifier)
    gists = [entry[0] for entry in map(_clauses.gist, clauses) if entry is not None]
    chinese = "\n".join([title.zh, *(gist.zh for gist in gists)])
    return RulePage(identifier, title, Text(english, chinese))


def _described(identifier: str) -> tuple[Text, str]:
    if identifier in _OWN:
        return _OWN[identifier], _OWN[identifier].en
    try:
        rule = registry.module("rules", identifier)
        return rule.TITLE, inspect.cleandoc(rule.__doc__ or "") or rule.TITLE.en
    except (SceneproofError, AttributeError):
        return _question(identifier)


def _question(identifier: str) -> tuple[Text, str]:
    from sceneproof.policies import load_policy, policy_ids

    for name in policy_ids():
        item = load_policy(name).attestation(identifier)
        if item is not None:
            return item.question, f"{item.question.en} {item.effect.en}"
    return Text(identifier, identifier), identifier
