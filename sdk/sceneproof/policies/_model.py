"""What a policy is: the TOML format and the dataclasses that it becomes.

A policy says what is *required*, by which clause, from when and of whom. It is data and holds no code. One file
``policies/<id>.toml`` is one policy; the file name is its id. Every text for a reader is a table ``{ en, zh }``.

Head of the file::

    id, version            the id repeats the file name; the version is ours and changes with the content
    title, issuer, note    texts; the note says what the policy is not (legal advice, an official mapping for 3D)
    adopted, effective     dates of the leading document
    limits_from            id of the policy whose [limits] hold here too; else the file has [limits] of its own

``[[document]]``  a text that is cited: ``id title short issuer number dated effective force``. ``short`` opens a
    citation. ``force`` is its weight: ``binding`` | ``encouraged`` | ``guide`` | ``draft`` | ``practice``. A document
    without ``effective`` is not in force (a draft) or has no such date (a practice).

``[[clause]]``  one duty or statement of a document:

    id          stable machine id, such as ``17-1-4``, ``meas-4-1-v``, ``gb-5-5``
    document    id of the document
    level       ``article`` for a whole article, chapter or guide; ``part`` (when absent) for something inside one
    cite        its place in the document, such as "Art. 17(1)(4)"
    gist        our words, not the law's
    wording_zh  the official Chinese words, whole or an excerpt, *only* where they were read in a source
    standing    ``read`` in a source | ``recalled`` from general knowledge | ``mixed`` (part of each)
    source      short title of what was read; absent exactly when the standing is ``recalled``
    decidable   ``decide`` from the bytes | ``measure`` for a person to judge | ``ask`` only | ``none``: no file matters
    subject     whom it binds: provider, supporter, user, propagator, app-store, industry, authority, everyone
    force       as above, when it differs from the document's
    effective   when it differs from the document's
    rules       ids of the requirements and attestations that carry it; both directions must agree

``[[definition]]``  a legal term: ``id kind clause cite term text standing source wording_zh``. ``kind`` is one of
    ``technology``, ``family`` (of technologies), ``actor``, ``data``, ``scene``, ``content``, ``label``.
    ``[[definition.test]]`` splits a definition into what must hold for it, each with ``id`` and ``text``.

``[[requirement]]``  how a rule stands in this policy:

    rule        id of the rule, such as ``DS-17.4``
    kind        ``decide`` | ``measure`` | ``gate`` (other rules hang on it; it never fails by itself)
    severity    ``error`` | ``warning`` | ``info`` for a role that carries the duty, see `Requirement.severity_for`
    applies_to  roles of the declaration that carry the duty, or ``["everyone"]``
    clauses     ids of clauses above
    when        what the declaration must say for a *fail*, see `When`

``[[attestation]]``  what only a person can answer: ``id question answered_by problem effect severity applies_to clauses
    part_of when``. ``answered_by`` names fields of the declaration; ``problem`` is the answer that is a finding
    (absent: no answer is wrong, but one is needed). Unanswered is ``review``.

``[[not_assessed]]``  what no file can show: ``id what clauses``.

``[limits]``  the numbers and words that rules compare with, see `Limits`; ``[limits.basis]`` gives the clause of
    each, or ``proposal`` where the figure is ours.

An unknown key, id or value is an error that names its place as a JSON Pointer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from sceneproof.declaration import ROLES as DECLARED_ROLES
from sceneproof.findings import Severity, Text

if TYPE_CHECKING:
    from ._limits import Limits

Standing = Literal["read", "recalled", "mixed"]
Decidable = Literal["decide", "measure", "ask", "none"]
Force = Literal["binding", "encouraged", "guide", "draft", "practice"]
Kind = Literal["decide", "measure", "gate"]

STANDINGS: Final = ("read", "recalled", "mixed")
DECIDABLE: Final = ("decide", "measure", "ask", "none")
FORCES: Final = ("binding", "encouraged", "guide", "draft", "practice")
LEVELS: Final = ("article", "part")
KINDS: Final = ("decide", "measure", "gate")
SEVERITIES: Final = tuple(str(severity) for severity in Severity)
DEFINITION_KINDS: Final = ("technology", "family", "actor", "data", "scene", "content", "label")
SUBJECTS: Final = ("provider", "supporter", "user", "propagator", "app-store", "industry", "authority", "everyone")
ROLES: Final = (*DECLARED_ROLES, "everyone")


@dataclass(frozen=True, slots=True)
class Document:
    """A text that clauses belong to."""

    id: str
    title: Text
    short: Text
    issuer: Text
    number: str
    dated: date | None
    effective: date | None
    force: Force


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause; the fields are described at the top of this module."""

    id: str
    ref: str
    """``policy:clause``, as findings name it."""
    document: str
    is_article: bool
    cite: Text
    citation: Text
    """The document's short title and the place in it, ready to print."""
    gist: Text
    wording_zh: str | None
    standing: Standing
    source: str | None
    decidable: Decidable
    subject: tuple[str, ...]
    force: Force
    effective: date | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the things that must hold for a definition to be met."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Definition:
    """A legal term."""

    id: str
    kind: str
    clause: str
    cite: Text
    term: Text
    text: Text
    wording_zh: str | None
    standing: Standing
    source: str | None
    tests: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class When:
    """What the declaration must say before a rule may *fail*. An empty condition asks for nothing.

    A stated value outside a condition makes the rule not applicable; a value that is not stated, an origin in
    ``origins_review`` or the origin ``unknown`` makes it ``review``. It is never a pass.
    """

    origins: tuple[str, ...] = ()
    origins_review: tuple[str, ...] = ()
    """Origins of which the text does not say whether they are deep synthesis."""
    public: bool | None = None
    units: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    attest: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Duty:
    """What a requirement and an attestation share: how heavy it is, whom it binds, and on which clauses it rests."""

    severity: Severity
    applies_to: tuple[str, ...]
    clauses: tuple[str, ...]
    when: When

    def severity_for(self, role: str | None) -> Severity:
        """The severity for a role: as listed when the role carries the duty, otherwise one step lower.

        A role that is not stated is not known to carry the duty.
        """
        carries = "everyone" in self.applies_to or (role is not None and role in self.applies_to)
        return self.severity if carries else self.severity.lower()


@dataclass(frozen=True, slots=True)
class Requirement(_Duty):
    """How one rule stands in a policy."""

    rule: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Attestation(_Duty):
    """A question that only a person can answer."""

    id: str
    question: Text
    answered_by: tuple[str, ...]
    """Fields of the declaration, such as ``attest.confusing`` or ``role``; all of them are needed."""
    problem: bool | None
    effect: Text
    """What follows from the answer."""
    part_of: str | None


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Something that the policy asks for and no file can show."""

    id: str
    what: Text
    clauses: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Policy:
    """A policy as read from its file."""

    id: str
    version: str
    sha256: str
    """Of the file's bytes."""
    title: Text
    issuer: Text
    note: Text
    adopted: date
    effective: date
    documents: tuple[Document, ...]
    clauses: tuple[Clause, ...]
    definitions: tuple[Definition, ...]
    requirements: tuple[Requirement, ...]
    attestations: tuple[Attestation, ...]
    not_assessed: tuple[NotAssessed, ...]
    limits: Limits

    def clause(self, clause_id: str) -> Clause:
        """The clause with that machine id; `KeyError` when there is none."""
        return next((c for c in self.clauses if c.id == clause_id), None) or _missing(self.id, "clause", clause_id)

    def document(self, document_id: str) -> Document:
        """The document with that id; `KeyError` when there is none."""
        found = (document for document in self.documents if document.id == document_id)
        return next(found, None) or _missing(self.id, "document", document_id)

    def definition(self, definition_id: str) -> Definition:
        """The definition with that id; `KeyError` when there is none."""
        found = (definition for definition in self.definitions if definition.id == definition_id)
        return next(found, None) or _missing(self.id, "definition", definition_id)

    def requirement(self, rule_id: str) -> Requirement | None:
        """How the rule stands in this policy, or None where the policy does not ask for it."""
        return next((r for r in self.requirements if r.rule == rule_id), None)

    def attestation(self, attestation_id: str) -> Attestation | None:
        """The attestation with that id, or None where the policy does not ask for it."""
        return next((a for a in self.attestations if a.id == attestation_id), None)

    def standing(self, clause_ids: tuple[str, ...]) -> Standing:
        """How far the clauses were read: ``read`` when all were, ``recalled`` when none was, else ``mixed``."""
        found = {self.clause(clause_id).standing for clause_id in clause_ids}
        return found.pop() if len(found) == 1 else "mixed"


def _missing(policy: str, kind: str, name: str) -> NoReturn:
    raise KeyError(f"policy {policy} has no {kind} {name!r}")
