"""Audits as SARIF 2.1.0 (OASIS, errata 01), for code scanning and for tools that compare runs. Sections are SARIF's.

A finding is a result whose kind is its verdict; only a fail has a level (3.27.10), its severity stands in the
properties as well. A rule that could not run and an asset that could not be read are notifications of the invocation:
they are no results. Clauses are taxa of one taxonomy per policy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sceneproof._fingerprint import VERSION
from sceneproof._version import __version__

from ._audits import audits, covered, link, sentence
from ._sarif_catalogue import Catalogue
from ._shown import AS_IS, Shown

__all__ = ["text"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"
_COVERED = "Known from the baseline / 基线中已有"


def text(results: Sequence[object], shown: Shown = AS_IS) -> str:
    """One SARIF log with one run for all audits; ends with an end of line. Raises `UsageError` for other results."""
    return json.dumps(_log(results, shown), ensure_ascii=False, indent=2) + "\n"


def _log(results: Sequence[object], shown: Shown) -> dict[str, Any]:
    catalogue = Catalogue()
    artifacts: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for asset, data in audits(results):
        place = _artifact(asset, data, artifacts)
        if data.get("error"):
            notes.append(_unread(data, place))
        entries = [(finding, False) for finding in data["findings"] or ()]
        for finding, known in [*entries, *((finding, True) for finding in covered(data))]:
            if finding["verdict"] == "error":
                notes.append(_not_run(finding, place, catalogue, shown))
            else:
                found.append(_result(finding, place, catalogue, shown) | (_suppressed() if known else {}))
    rules, taxonomies = catalogue.rules(), catalogue.taxonomies()
    driver = {
        "name": "sceneproof",
        "version": __version__,
        "rules": rules,
        **({"supportedTaxonomies": catalogue.supported()} if taxonomies else {}),
    }
    run = {
        "tool": {"driver": driver},
        "language": "zh-CN" if shown.lang == "zh" else "en-US",
        "invocations": [{"executionSuccessful": not notes, "toolExecutionNotifications": notes}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which sceneproof was run"}}},
        "artifacts": artifacts,
        **({"taxonomies": taxonomies} if taxonomies else {}),
        "results": found,
        "columnKind": "unicodeCodePoints",
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _artifact(asset: str, data: Mapping[str, Any], artifacts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The artifact location (3.4) of an asset, which is listed; none for one in memory."""
    if not asset:
        return None
    uri = link(asset)
    place = {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": _ROOT}
    facts = data["asset"]
    made: dict[str, Any] = {"location": place, "roles": ["analysisTarget"]}
    if facts["sha256"] is not None:
        made |= {"length": facts["bytes"], "hashes": {"sha-256": facts["sha256"]}}
    artifacts.append(made)
    return place | {"index": len(artifacts) - 1}


def _result(
    finding: Mapping[str, Any], place: dict[str, Any] | None, catalogue: Catalogue, shown: Shown
) -> dict[str, Any]:
    failed = finding["verdict"] == "fail"
    taxa = catalogue.taxa(finding["clauses"])
    return {
        "ruleId": finding["rule"],
        "ruleIndex": catalogue.rule(finding["rule"], finding["clauses"]),
        "kind": finding["verdict"],
        "level": _LEVELS[finding["severity"]] if failed else "none",
        "message": {"text": sentence(finding["message"], shown.lang, "\n")},
        **_locations(place, finding["pointer"]),
        **({"partialFingerprints": {VERSION: finding["fingerprint"]}} if finding.get("fingerprint") else {}),
        **({"taxa": taxa} if taxa else {}),
        "properties": {
            "severity": finding["severity"],
            "standing": finding["standing"],
            "count": finding["count"],
            "message": finding["message"],
            "fix": finding["fix"],
            "evidence": finding["evidence"],
        },
    }


def _locations(place: dict[str, Any] | None, pointer: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if place is not None:
        made["physicalLocation"] = {"artifactLocation": place}
    if pointer:
        made["logicalLocations"] = [{"fullyQualifiedName": pointer, "kind": "object"}]
    return {"locations": [made]} if made else {}


def _suppressed() -> dict[str, Any]:
    return {"suppressions": [{"kind": "external", "status": "accepted", "justification": _COVERED}]}


def _unread(data: Mapping[str, Any], place: dict[str, Any] | None) -> dict[str, Any]:
    error = data["error"]
    message = {"level": "error", "message": {"text": str(error["message"])}, "descriptor": {"id": "unreadable"}}
    return message | _locations(place, str(error["pointer"] or ""))


def _not_run(
    finding: Mapping[str, Any], place: dict[str, Any] | None, catalogue: Catalogue, shown: Shown
) -> dict[str, Any]:
    rule = {"id": finding["rule"], "index": catalogue.rule(finding["rule"], finding["clauses"])}
    message = {"text": sentence(finding["message"], shown.lang, "\n")}
    return {"level": "error", "message": message, "associatedRule": rule, **_locations(place, finding["pointer"])}
