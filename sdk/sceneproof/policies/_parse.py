"""From the bytes of a policy file to a `Policy`, with every reference checked."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, cast

from sceneproof.declaration import ORIGINS, UNITS
from sceneproof.errors import SceneproofError, UsageError
from sceneproof.findings import Severity, Text

from . import _model as m
from ._parse_limits import parse_limits
from ._table import Table

if TYPE_CHECKING:
    from ._limits import Limits


def parse(data: bytes, policy_id: str, limits_of: Callable[[str], Limits]) -> m.Policy:
    """Read one policy.

    Parameters
    ----------
    data : the file's bytes.
    policy_id : its name without the suffix; the file must repeat it.
    limits_of : gives the limits of another policy by its id, for ``limits_from``.

    Raises `SceneproofError` with the file's name and a JSON Pointer.
    """
    file = f"{policy_id}.toml"
    try:
        root = Table(tomllib.loads(data.decode("utf-8")), file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SceneproofError(f"policy {file}: not valid TOML: {error}") from error
    if root.take("id", str) != policy_id:
        root.fail("id", f"must be {policy_id!r}, the name of the file")
    documents = tuple(_document(table) for table in root.tables("document"))
    by_id = {document.id: document for document in documents}
    clauses = tuple(_clause(table, policy_id, by_id) for table in root.tables("clause"))
    known = {clause.id for clause in clauses}
    definitions = tuple(_definition(table, known) for table in root.tables("definition"))
    requirements = tuple(_requirement(table, known) for table in root.tables("requirement"))
    attestations = _attestations(root, known)
    policy = m.Policy(
        id=policy_id,
        version=root.take("version", str),
        sha256=hashlib.sha256(data).hexdigest(),
        title=root.text("title"),
        issuer=root.text("issuer"),
        note=root.text("note"),
        adopted=root.take("adopted", date),
        effective=root.take("effective", date),
        documents=documents,
        clauses=clauses,
        definitions=definitions,
        requirements=requirements,
        attestations=attestations,
        not_assessed=tuple(_not_assessed(table, known) for table in root.tables("not_assessed")),
        limits=_limits(root, policy_id, known, limits_of),
    )
    root.done()
    _check_ids(root, policy)
    _check_both_ways(root, policy)
    return policy


def _document(table: Table) -> m.Document:
    document = m.Document(
        id=table.take("id", str),
        title=table.text("title"),
        short=table.text("short"),
        issuer=table.text("issuer"),
        number=table.take("number", str),
        dated=table.day("dated"),
        effective=table.day("effective"),
        force=cast("m.Force", table.choice("force", m.FORCES, "binding")),
    )
    table.done()
    return document


def _standing(table: Table) -> tuple[m.Standing, str | None, str | None]:
    """Standing, source and official wording; what is recalled has neither of the two."""
    standing = cast("m.Standing", table.choice("standing", m.STANDINGS))
    source, wording = table.maybe("source", str), table.maybe("wording_zh", str)
    if (source is None) != (standing == "recalled"):
        table.fail("source", "is needed unless the standing is 'recalled', and then must be absent")
    if wording is not None and standing == "recalled":
        table.fail("wording_zh", "official wording needs a source in which it was read")
    return standing, source, wording


def _clause(table: Table, policy_id: str, documents: dict[str, m.Document]) -> m.Clause:
    name = table.take("id", str)
    document = documents[table.choice("document", documents)]
    cite = table.text("cite")
    standing, source, wording = _standing(table)
    clause = m.Clause(
        id=name,
        ref=f"{policy_id}:{name}",
        document=document.id,
        is_article=table.choice("level", m.LEVELS, "part") == "article",
        cite=cite,
        citation=Text(f"{document.short.en}, {cite.en}", f"{document.short.zh}{cite.zh}"),
        gist=table.text("gist"),
        wording_zh=wording,
        standing=standing,
        source=source,
        decidable=cast("m.Decidable", table.choice("decidable", m.DECIDABLE)),
        subject=table.words("subject", m.SUBJECTS, required=True),
        force=cast("m.Force", table.choice("force", m.FORCES, document.force)),
        effective=table.day("effective") or document.effective,
        rules=table.words("rules"),
    )
    table.done()
    return clause


def _definition(table: Table, clauses: Collection[str]) -> m.Definition:
    tests = []
    for entry in table.tables("test"):
        tests.append(m.Criterion(entry.take("id", str), entry.text("text")))
        entry.done()
    standing, source, wording = _standing(table)
    definition = m.Definition(
        id=table.take("id", str),
        kind=table.choice("kind", m.DEFINITION_KINDS),
        clause=table.choice("clause", clauses),
        cite=table.text("cite"),
        term=table.text("term"),
        text=table.text("text"),
        wording_zh=wording,
        standing=standing,
        source=source,
        tests=tuple(tests),
    )
    table.done()
    return definition


def _when(table: Table) -> m.When:
    if not table.has("when"):
        return m.When()
    when = table.table("when")
    attest = {}
    if when.has("attest"):
        answers = when.table("attest")
        for key, value in answers.items():
            if not isinstance(value, bool):
                answers.fail(key, f"must be true or false, not {value!r}")
            attest[key] = value
    conditions = m.When(
        origins=when.words("origins", ORIGINS),
        origins_review=when.words("origins_review", ORIGINS),
        public=when.maybe("public", bool),
        units=when.words("units", UNITS),
        markets=when.words("markets"),
        attest=attest,
    )
    both = set(conditions.origins) & set(conditions.origins_review)
    if both:
        when.fail("origins_review", f"{min(both)!r} stands in origins too")
    when.done()
    return conditions


def _requirement(table: Table, clauses: Collection[str]) -> m.Requirement:
    requirement = m.Requirement(
        rule=table.take("rule", str),
        kind=cast("m.Kind", table.choice("kind", m.KINDS)),
        severity=Severity(table.choice("severity", m.SEVERITIES)),
        applies_to=table.words("applies_to", m.ROLES, required=True),
        clauses=table.words("clauses", clauses, required=True),
        when=_when(table),
    )
    table.done()
    return requirement


def _attestations(root: Table, clauses: Collection[str]) -> tuple[m.Attestation, ...]:
    found: list[m.Attestation] = []
    for table in root.tables("attestation"):
        part_of = table.maybe("part_of", str)
        if part_of is not None and part_of not in [attestation.id for attestation in found]:
            table.fail("part_of", f"no attestation {part_of!r} stands before this one")
        found.append(
            m.Attestation(
                id=table.take("id", str),
                question=table.text("question"),
                answered_by=table.words("answered_by", required=True),
                problem=table.maybe("problem", bool),
                effect=table.text("effect"),
                severity=Severity(table.choice("severity", m.SEVERITIES)),
                applies_to=table.words("applies_to", m.ROLES, required=True),
                clauses=table.words("clauses", clauses, required=True),
                part_of=part_of,
                when=_when(table),
            )
        )
        table.done()
    return tuple(found)


def _not_assessed(table: Table, clauses: Collection[str]) -> m.NotAssessed:
    entry = m.NotAssessed(table.take("id", str), table.text("what"), table.words("clauses", clauses, required=True))
    table.done()
    return entry


def _limits(root: Table, policy_id: str, clauses: Collection[str], limits_of: Callable[[str], Limits]) -> Limits:
    other = root.maybe("limits_from", str)
    if other is None:
        return parse_limits(root.table("limits"), clauses)
    if root.has("limits"):
        root.fail("limits_from", "a policy has limits of its own or takes another's, not both")
    if other == policy_id:
        root.fail("limits_from", "names the policy itself")
    try:
        return limits_of(other)
    except UsageError as error:
        root.fail("limits_from", str(error))


def _check_ids(root: Table, policy: m.Policy) -> None:
    def check(place: str, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        for index, name in enumerate(ids):
            if name in seen:
                root.fail(f"{place}/{index}", f"the id {name!r} stands twice")
            seen.add(name)

    check("document", (document.id for document in policy.documents))
    check("clause", (clause.id for clause in policy.clauses))
    check("definition", (definition.id for definition in policy.definitions))
    check("requirement", (requirement.rule for requirement in policy.requirements))
    check("attestation", (attestation.id for attestation in policy.attestations))
    check("not_assessed", (entry.id for entry in policy.not_assessed))


def _check_both_ways(root: Table, policy: m.Policy) -> None:
    """A clause names the rules that carry it, and they name the clause: one without the other is a slip."""
    carried: dict[str, set[str]] = {clause.id: set() for clause in policy.clauses}
    for requirement in policy.requirements:
        for clause_id in requirement.clauses:
            carried[clause_id].add(requirement.rule)
    for attestation in policy.attestations:
        for clause_id in attestation.clauses:
            carried[clause_id].add(attestation.id)
    for index, clause in enumerate(policy.clauses):
        odd = carried[clause.id] ^ set(clause.rules)
        if odd:
            name = min(odd)
            reason = "does not name this clause" if name in clause.rules else "names this clause but is not listed"
            root.fail(f"clause/{index}/rules", f"{clause.id}: {name} {reason}")
