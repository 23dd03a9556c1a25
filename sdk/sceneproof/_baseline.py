"""A baseline: what a former audit found does not gate again, only what is new or has become worse."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ._fingerprint import VERSION
from .errors import UsageError
from .findings import Finding, Severity, Verdict

WHY = "in the baseline"
_GATING = (Verdict.FAIL, Verdict.REVIEW)


@dataclass(frozen=True)
class Known:
    """How heavy a finding was: its verdict, its severity, and how many places it stood for."""

    verdict: str
    severity: str
    count: int

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is no worse now: no review that became a fail, no heavier severity, no more places."""
        if finding.severity is None or (self.verdict != "fail" and finding.verdict is Verdict.FAIL):
            return False
        return Severity(self.severity).rank <= finding.severity.rank and finding.count <= self.count


Baseline = Mapping[str, Known]


def read(path: str) -> Baseline:
    """Fingerprint to what was known, from ``audit --format json`` (an object or JSON Lines) or ``--format sarif``.

    Raises `UsageError` for a file that is neither, or whose findings have no fingerprints.
    """
    try:
        facts = os.stat(path)  # noqa: PTH116 - with its time and size, a file that was written again is read again
    except OSError as error:
        raise UsageError(f"{path}: baseline cannot be read ({error.strerror or error})") from None
    return _read(path, os.path.abspath(path), facts.st_mtime_ns, facts.st_size)  # noqa: PTH100


@cache
def _read(path: str, *_: object) -> Baseline:
    found: dict[str, Known] = {}
    for document in _documents(path):
        entries = _of_sarif(document, path) if "runs" in document else _of_audit(document, path)
        for fingerprint, known in entries:
            if not isinstance(fingerprint, str):
                raise UsageError(f"{path}: holds findings without a fingerprint; write the baseline with this version")
            found[fingerprint] = known
    return found


def split(findings: Sequence[Finding], baseline: Baseline) -> tuple[list[Finding], list[dict[str, Any]]]:
    """The findings that stay, and those that the baseline covers, as the report's ``suppressed`` lists them."""
    kept, covered = [], []
    for finding in findings:
        known = baseline.get(finding.fingerprint or "")
        if known is not None and finding.verdict in _GATING and known.covers(finding):
            covered.append({"rule": finding.rule, "why": WHY, "finding": finding.to_dict()})
        else:
            kept.append(finding)
    return kept, covered


def _documents(path: str) -> list[Mapping[str, Any]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: baseline cannot be read ({getattr(error, 'strerror', None) or error})") from None
    try:
        try:
            loaded = [json.loads(text)]
        except json.JSONDecodeError:
            loaded = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (json.JSONDecodeError, RecursionError):
        raise UsageError(f"{path}: is no baseline; it is what audit --format json or sarif wrote") from None
    if not loaded or not all(isinstance(one, dict) and ("runs" in one or _is_audit(one)) for one in loaded):
        raise UsageError(f"{path}: is no baseline; it is what audit --format json or sarif wrote")
    return loaded


def _is_audit(document: Mapping[str, Any]) -> bool:
    return document.get("schema") == "sceneproof.audit/1"


def _of_audit(document: Mapping[str, Any], path: str) -> Iterator[tuple[Any, Known]]:
    try:
        before = [entry["finding"] for entry in document["suppressed"] or () if "finding" in entry]
        for finding in [*(document["findings"] or ()), *before]:
            if finding["verdict"] in _GATING:
                known = Known(finding["verdict"], Severity(finding["severity"]), int(finding["count"]))
                yield finding.get("fingerprint"), known
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: is no baseline; a finding in it is broken ({error})") from None


def _of_sarif(document: Mapping[str, Any], path: str) -> Iterator[tuple[Any, Known]]:
    levels = {"error": "error", "warning": "warning", "note": "info"}
    try:
        for run in document["runs"]:
            if run["tool"]["driver"]["name"] != "sceneproof":
                continue
            for result in run.get("results") or ():
                kind = result.get("kind", "fail")
                if kind not in _GATING:
                    continue
                facts = result.get("properties") or {}
                severity = facts.get("severity") or levels[result.get("level", "warning")]
                known = Known(kind, Severity(severity), int(facts.get("count", 1)))
                yield (result.get("partialFingerprints") or {}).get(VERSION), known
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{path}: is no SARIF that audit wrote ({error})") from None
