"""Clauses as a reader cites them, looked up in the policies by their ``policy:clause`` references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sceneproof.errors import SceneproofError
from sceneproof.findings import Text

if TYPE_CHECKING:
    from sceneproof.policies import Clause


def cite(reference: str) -> Text | None:
    """Short title and place of a clause, or ``None`` when the policy is not one of the package's."""
    clause = _clause(reference)
    return None if clause is None else Text(clause.citation.en, clause.citation.zh)


def gist(reference: str) -> tuple[Text, str | None] | None:
    """What a clause asks in our words, and its official Chinese wording where that was read."""
    clause = _clause(reference)
    return None if clause is None else (clause.gist, clause.wording_zh)


def _clause(reference: str) -> Clause | None:
    from sceneproof.policies import load_policy

    policy, _, clause = reference.partition(":")
    try:
        return load_policy(policy).clause(clause)
    except (SceneproofError, KeyError):
        return None
