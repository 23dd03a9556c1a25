"""Schemas are valid, stand alone, agree with the package's own vocabulary, and refuse what breaks the contract."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from sceneproof import declaration
from sceneproof.errors import UsageError
from sceneproof.findings import Severity, Verdict
from sceneproof.report.schemas import names, schema

from ._samples import (
    AUDIT,
    AUDIT_ERROR,
    DECLARATION,
    ERROR,
    INSPECT,
    MARKS_NOTHING,
    RECEIPT,
    SURVIVE,
    UNREAD,
    VERIFY,
    finding,
)

NOT_VERIFIED = dict.fromkeys(VERIFY, None) | {
    "schema": "sceneproof.verify/1",
    "tool": VERIFY["tool"],
    "asset": UNREAD,
    "error": ERROR,
}
GOOD = {
    "audit": AUDIT,
    "audit of an unreadable file": AUDIT_ERROR,
    "audit of an unreadable file with empty lists": AUDIT_ERROR | {"signals": [], "findings": [], "options": {}},
    "verify": VERIFY,
    "verify without a key": VERIFY | {"watermark": None, "expected": None, "receipt": None},
    "verify of an unreadable file": NOT_VERIFIED,
    "receipt": RECEIPT,
    "receipt of nothing": MARKS_NOTHING,
    "inspect": INSPECT,
    "survive": SURVIVE,
    "survive of an unreadable file": dict.fromkeys(SURVIVE, None)
    | {"schema": "sceneproof.survive/1", "tool": SURVIVE["tool"], "asset": UNREAD, "error": ERROR},
    "declaration": DECLARATION,
    "empty declaration": {"schema": "sceneproof.declaration/1"},
}


def check(document: dict[str, Any]) -> None:
    Draft202012Validator(schema(document["schema"])).validate(document)


def test_every_schema_of_the_contract_is_there() -> None:
    assert {"audit-1", "verify-1", "receipt-1", "inspect-1", "survive-1", "declaration-1"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_a_schema_is_valid_and_names_itself(name: str) -> None:
    loaded = schema(name)
    Draft202012Validator.check_schema(loaded)
    assert loaded["$id"] == f"urn:sceneproof:schema:{name.replace('-', ':')}"


def test_a_schema_is_a_fresh_copy_each_time() -> None:
    schema("audit-1")["properties"].clear()
    assert schema("audit-1")["properties"]


def test_an_unknown_schema_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="audit-1"):
        schema("audits-1")


@pytest.mark.parametrize("name", GOOD)
def test_results_in_the_shape_of_the_contract_validate(name: str) -> None:
    check(GOOD[name])


def _with(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = deepcopy(document)
    *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
    inner: Any = changed
    for key in parents:
        inner = inner[key]
    inner[last] = value
    return changed


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        (AUDIT, "surprise", 1),
        (AUDIT, "inspection", None),
        (AUDIT, "inspection.triangles", -1),
        (AUDIT, "inspection.bounds_m", [[0, 0, 0]]),
        (AUDIT, "asset.sha256", "short"),
        (AUDIT, "asset.extra", 1),
        (AUDIT, "signals.0.score", 1.5),
        (AUDIT, "signals.0.extra", 1),
        (AUDIT, "assessment.realism_risk.tests.realistic", "maybe"),
        (AUDIT, "assessment.immersive.level", "extreme"),
        (AUDIT, "findings.0.severity", None),
        (AUDIT, "findings.0.verdict", "broken"),
        (AUDIT, "findings.0.message", {"en": "only English"}),
        (AUDIT, "findings.0.clauses", ["no policy named"]),
        (AUDIT, "findings.0.pointer", "nodes/3"),
        (AUDIT, "findings.0.standing", "guessed"),
        (AUDIT, "marks.label.height_ratio", -0.1),
        (AUDIT, "marks.label.surprise", 1),
        (AUDIT, "not_assessed.0", "consent"),
        (AUDIT_ERROR, "asset.bytes", 3),
        (AUDIT_ERROR, "findings", [finding("DS-16.1", "pass")]),
        (VERIFY, "expected.label", "gone"),
        (VERIFY, "expected.signature", "ok"),
        (VERIFY, "watermark.payload", "abc"),
        (VERIFY, "watermark.log10_p", 0.5),
        (VERIFY, "label", None),
        (VERIFY, "receipt.bytes", "other"),
        (VERIFY, "receipt.sha256", None),
        (RECEIPT, "marks.label.verified", "yes"),
        (RECEIPT, "marks.metadata.surprise", 1),
        (RECEIPT, "left_out.0.reason", "because"),
        (RECEIPT, "time_utc", "yesterday"),
        (RECEIPT, "distortion.units", "metres"),
        (RECEIPT, "asset.after.sm3", "zz"),
        (RECEIPT, "marks", None),
        (INSPECT, "inspection", None),
        (SURVIVE, "start", None),
        (SURVIVE, "start.how", "found"),
        (SURVIVE, "start.surprise", 1),
        (SURVIVE, "steps", []),
        (SURVIVE, "steps.0.state", "skipped"),
        (SURVIVE, "steps.0.counts", None),
        (SURVIVE, "steps.0.outcome.label", "gone"),
        (SURVIVE, "steps.1.failure.reason", "bad luck"),
        (SURVIVE, "steps.1.failure.message", "only English"),
        (SURVIVE, "steps.1.asset", SURVIVE["asset"]),
        (SURVIVE, "survived.label", "yes"),
        (SURVIVE, "options.time_limit", 0),
        (DECLARATION, "role", "boss"),
        (DECLARATION, "market", ["mars"]),
        (DECLARATION, "public", "yes"),
        (DECLARATION, "unit", "level"),
        (DECLARATION, "origin", "stolen"),
        (DECLARATION, "attest.confusing", "no"),
        (DECLARATION, "attest.unknown", True),
        (DECLARATION, "generator.seed", 3),
        (DECLARATION, "part.0.origin", "stolen"),
        (DECLARATION, "part.0.mesh", "both named"),
        (DECLARATION, "orgin", "captured"),
    ],
)
def test_a_breach_of_the_contract_is_refused(document: dict[str, Any], path: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        check(_with(document, path, value))


@pytest.mark.parametrize("name", ["audit", "verify", "receipt", "inspect", "survive"])
def test_no_key_of_the_contract_may_be_missing(name: str) -> None:
    document = GOOD[name]
    for key in set(document) - {"error", "seconds"}:
        with pytest.raises(ValidationError):
            Draft202012Validator(schema(f"{name}-1")).validate({k: v for k, v in document.items() if k != key})


def test_the_schemas_speak_the_package_s_vocabulary() -> None:
    declared = schema("declaration-1")
    assert tuple(declared["properties"]["role"]["enum"]) == declaration.ROLES
    assert tuple(declared["properties"]["unit"]["enum"]) == declaration.UNITS
    assert tuple(declared["properties"]["market"]["items"]["enum"]) == declaration.MARKETS
    assert tuple(declared["properties"]["attest"]["propertyNames"]["enum"]) == declaration.ATTESTATIONS
    assert tuple(declared["$defs"]["origin"]["enum"]) == declaration.ORIGINS
    made = schema("audit-1")["$defs"]["finding"]["properties"]
    assert set(made["verdict"]["enum"]) == {str(verdict) for verdict in Verdict}
    assert set(made["severity"]["enum"]) == {*map(str, Severity), None}
