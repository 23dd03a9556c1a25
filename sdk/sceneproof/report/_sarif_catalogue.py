"""The rules and clauses that a SARIF run refers to, each once, in the order of their first use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sceneproof.errors import SceneproofError

from . import _clauses
from ._rule_pages import page


class Catalogue:
    """Gives rules and clauses their indices while results are written."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, None]] = {}  # rule to the clauses that its findings cite
        self._clauses: dict[str, dict[str, int]] = {}  # policy to its clauses and their indices

    def rule(self, identifier: str, clauses: Iterable[str]) -> int:
        """Index of a rule; its clauses are noted."""
        self._rules.setdefault(identifier, {}).update(dict.fromkeys(clauses))
        return list(self._rules).index(identifier)

    def taxa(self, clauses: Iterable[str]) -> list[dict[str, Any]]:
        """References (3.52) to clauses, each ``policy:clause``."""
        found = []
        for reference in clauses:
            policy, _, clause = reference.partition(":")
            known = self._clauses.setdefault(policy, {})
            index = known.setdefault(clause, len(known))
            component = {"name": policy, "index": list(self._clauses).index(policy)}
            found.append({"id": clause, "index": index, "toolComponent": component})
        return found

    def rules(self) -> list[dict[str, Any]]:
        """Reporting descriptors (3.49) of the rules."""
        return [self._descriptor(identifier, list(clauses)) for identifier, clauses in self._rules.items()]

    def taxonomies(self) -> list[dict[str, Any]]:
        """Tool components (3.19) of the policies, with the clauses that are cited."""
        return [_taxonomy(policy, list(clauses)) for policy, clauses in self._clauses.items()]

    def supported(self) -> list[dict[str, Any]]:
        """References of the driver to the taxonomies."""
        return [{"name": policy, "index": index} for index, policy in enumerate(self._clauses)]

    def _descriptor(self, identifier: str, clauses: list[str]) -> dict[str, Any]:
        told = page(identifier, clauses)
        relations = [{"target": target, "kinds": ["relevant"]} for target in self.taxa(clauses)]
        return {
            "id": identifier,
            "shortDescription": {"text": told.title.en},
            "fullDescription": {"text": f"{told.title.en} / {told.title.zh}"},
            "help": {"text": f"{told.help.en}\n\n{told.help.zh}"},
            **({"relationships": relations} if relations else {}),
            "properties": {"title": told.title.to_dict()},
        }


def _taxonomy(identifier: str, clauses: list[str]) -> dict[str, Any]:
    from sceneproof.policies import load_policy

    made: dict[str, Any] = {"name": identifier, "taxa": [_taxon(identifier, clause) for clause in clauses]}
    try:
        policy = load_policy(identifier)
    except SceneproofError:
        return made
    title = f"{policy.title.en} / {policy.title.zh}"
    return made | {"version": policy.version, "organization": policy.issuer.en, "shortDescription": {"text": title}}


def _taxon(policy: str, clause: str) -> dict[str, Any]:
    reference = f"{policy}:{clause}"
    citation, gist = _clauses.cite(reference), _clauses.gist(reference)
    made: dict[str, Any] = {"id": clause}
    if citation is not None and gist is not None:
        made["shortDescription"] = {"text": f"{citation.en} / {citation.zh}"}
        made["fullDescription"] = {"text": f"{gist[0].en} / {gist[0].zh}"}
    return made
