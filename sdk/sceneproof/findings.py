"""What comes out: signals, findings, and the three results (`Report`, `Receipt`, `Verification`).

All are plain data. `to_dict` gives the JSON of the contract (schemas in `report/schemas`), `to_frame` a pandas
table, `str` a short text, `_repr_html_` what a notebook shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__
from .errors import MissingExtraError, unknown

if TYPE_CHECKING:
    import pandas

    from .scene import Scene

TOOL = {"name": "sceneproof", "version": __version__}


class Verdict(StrEnum):
    """How a rule ended; the first four are SARIF's `kind`."""

    PASS = "pass"
    FAIL = "fail"
    REVIEW = "review"
    NOT_APPLICABLE = "notApplicable"
    ERROR = "error"


class Severity(StrEnum):
    """How much a fail or a review weighs, heaviest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info."""
        return list(Severity).index(self)

    def lower(self) -> Severity:
        """One step lighter (regulation brief, section 4: the role does not carry the duty)."""
        return list(Severity)[min(self.rank + 1, 2)]


@dataclass(frozen=True)
class Text:
    """The same sentence in English and simplified Chinese."""

    en: str
    zh: str

    def to_dict(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


@dataclass(frozen=True)
class Signal:
    """A measurement: a value with its unit, place and how sure it is.

    Attributes
    ----------
    id : stem of the file that measures it, with dashes.
    value : number, text or boolean; ``None`` when it could not be measured.
    unit : SI or a word (``1``, ``px/m``, ``count``).
    score : 0..1 towards the assessment it feeds, or ``None`` when it feeds none.
    confidence : 0..1.
    pointers : JSON Pointers to what was measured.
    detail : further figures.
    """

    id: str
    value: float | int | str | bool | None
    unit: str
    score: float | None = None
    confidence: float = 1.0
    pointers: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "value": self.value,
            "unit": self.unit,
            "score": self.score,
            "confidence": self.confidence,
            "pointers": list(self.pointers),
            "detail": dict(self.detail),
        }


@dataclass(frozen=True)
class Finding:
    """What a rule concluded, with its clauses and what to do about it.

    `clauses` are ``policy:clause`` references; `standing` is ``read``, ``recalled`` or ``mixed``; `count` folds
    repeats; `fingerprint` knows the finding again in a later audit of the same file (none for an asset in memory).
    """

    rule: str
    verdict: Verdict
    message: Text
    severity: Severity | None = None
    clauses: tuple[str, ...] = ()
    standing: str | None = None
    pointer: str = ""
    count: int = 1
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fix: Text | None = None
    fingerprint: str | None = None

    def to_dict(self) -> dict[str, Any]:
        known = {} if self.fingerprint is None else {"fingerprint": self.fingerprint}
        return {
            "rule": self.rule,
            "clauses": list(self.clauses),
            "standing": self.standing,
            "verdict": str(self.verdict),
            "severity": str(self.severity) if self.severity else None,
            "message": self.message.to_dict(),
            "pointer": self.pointer,
            "count": self.count,
            "evidence": dict(self.evidence),
            "fix": self.fix.to_dict() if self.fix else None,
            **known,
        }


def asset_dict(uri: str | None, sha256: str, format_: str, size: int) -> dict[str, Any]:
    """The ``asset`` object that all results share."""
    return {"uri": uri, "sha256": sha256, "format": format_, "bytes": size}


@dataclass(frozen=True, eq=False)
class _Result:
    """What the three results share: one dictionary, shown in several ways."""

    data: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the contract."""
        return dict(self.data)

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        raise TypeError(f"{type(self).__name__} has no rows")

    def to_frame(self) -> pandas.DataFrame:
        """One row per finding or mark. Raises `MissingExtraError` without pandas."""
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtraError("to_frame needs pandas; install sceneproof[frames]") from error
        return pd.DataFrame(list(self._rows()))

    def __str__(self) -> str:
        text: str = _report("console").plain(self)
        return text

    def __repr__(self) -> str:
        asset = self.data.get("asset") or {}
        asset = asset.get("after") or asset.get("before") or asset
        return f"<{type(self).__name__} of {asset.get('uri') or '<memory>'}>"

    def _repr_html_(self) -> str:
        markup: str = _report("html").fragment(self)
        return markup


@dataclass(frozen=True, eq=False, repr=False)
class Report(_Result):
    """The result of `sceneproof.audit`.

    Attributes
    ----------
    data : the ``sceneproof.audit/1`` object.
    findings, signals : the same as typed objects.
    scene : what was audited, for pictures and further questions.
    """

    findings: tuple[Finding, ...] = ()
    signals: tuple[Signal, ...] = ()
    scene: Scene | None = field(default=None, repr=False)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Findings with the verdict fail, heaviest first."""
        return tuple(sorted((f for f in self.findings if f.verdict is Verdict.FAIL), key=lambda f: _rank(f.severity)))

    @property
    def review(self) -> tuple[Finding, ...]:
        """Findings that a person must judge."""
        return tuple(f for f in self.findings if f.verdict is Verdict.REVIEW)

    @property
    def ok(self) -> bool:
        """True when nothing failed at severity error and every rule could run."""
        return self.exit_code() == 0

    def exit_code(self, fail_on: str = "error", *, fail_on_review: bool = False) -> int:
        """0, 1 or 3 as the command line returns it (design, section 5; 3 outranks 1)."""
        if self.data.get("error") or any(f.verdict is Verdict.ERROR for f in self.findings):
            return 3
        if fail_on == "never":
            return 0
        gate = {Verdict.FAIL, Verdict.REVIEW} if fail_on_review else {Verdict.FAIL}
        if fail_on not in tuple(Severity):
            raise unknown("severity", fail_on, [*map(str, Severity), "never"])
        limit = Severity(fail_on).rank
        return int(any(f.verdict in gate and _rank(f.severity) <= limit for f in self.findings))

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        return [finding.to_dict() | {"uri": self.data["asset"]["uri"]} for finding in self.findings]


@dataclass(frozen=True, eq=False, repr=False)
class Receipt(_Result):
    """The result of `sceneproof.mark`: the ``sceneproof.receipt/1`` object, and the marked Scene."""

    scene: Scene | None = field(default=None, repr=False)

    @property
    def marks(self) -> Mapping[str, Any]:
        """Mark id to what was read back from the written file."""
        found: Mapping[str, Any] = self.data["marks"] or {}
        return found

    @property
    def left_out(self) -> Mapping[str, str]:
        """Mark id to the reason why it was not put in (one that only some parts bear is in)."""
        found = {entry["mark"]: entry["reason"]["en"] for entry in self.data["left_out"] or ()}
        return {mark: reason for mark, reason in found.items() if mark not in self.marks}

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        rows = [
            {"mark": name, "verified": bool(read.get("verified")), "reason": None} for name, read in self.marks.items()
        ]
        left = {name: why for name, why in self.left_out.items() if name not in self.marks}
        return rows + [{"mark": name, "verified": False, "reason": why} for name, why in left.items()]


@dataclass(frozen=True, eq=False, repr=False)
class Verification(_Result):
    """The result of `sceneproof.verify`: the ``sceneproof.verify/1`` object."""

    @property
    def ok(self) -> bool:
        """True when every mark that was expected reads back (always when none was)."""
        return all(state == "ok" for state in (self.data["expected"] or {}).values())

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        return [
            {"mark": name, "found": (self.data[name] or {}).get("found"), **(self.data[name] or {})}
            for name in ("label", "metadata", "watermark", "credential")
        ]


@dataclass(frozen=True, eq=False, repr=False)
class Survival(_Result):
    """The result of `sceneproof.survive`: the ``sceneproof.survive/1`` object."""

    @property
    def survived(self) -> Mapping[str, bool | None]:
        """Mark id to whether it is whole at the end of every chain; ``None`` where that is not known."""
        found: Mapping[str, bool | None] = self.data["survived"] or {}
        return found

    @property
    def ok(self) -> bool:
        """True when every step ran and every mark that was required is whole at the end of every chain."""
        return self.exit_code() == 0

    def exit_code(self) -> int:
        """0, 1 or 3 as the command line returns it: 3 when a step failed, 1 when a required mark is not whole."""
        if self.data.get("error") or any(step["state"] == "failed" for step in self.data["steps"]):
            return 3
        return int(any(self.survived[mark] is not True for mark in self.data["required"]))

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        told = ("step", "chain", "command", "state", "seconds")
        rows = [self.data["start"], *self.data["steps"]] if self.data["start"] else []
        zero = {"step": 0, "chain": 0}  # the marked file
        return [
            {name: row.get(name, zero.get(name)) for name in told} | row["outcome"] | (row["counts"] or {})
            for row in rows
        ]


def _rank(severity: Severity | None) -> int:
    return severity.rank if severity else 3


def _report(name: str) -> Any:
    """A renderer. The report layer stands above this one and is therefore looked up by name when it is needed."""
    return import_module(f"sceneproof.report.{name}")
