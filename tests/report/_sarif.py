"""The part of SARIF 2.1.0 that is written here, stricter than the official schema: what the text asks (section 3)."""

from __future__ import annotations

from typing import Any

_STRING = {"type": "string"}
_BAG = {"type": "object"}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_INDEX = {"type": "integer", "minimum": 0}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _many(item: Any, *, unique: bool = True) -> dict[str, Any]:
    return {"type": "array", "items": item, "uniqueItems": unique}


_TEXT = _object(["text"], text={"type": "string", "minLength": 1})
_COMPONENT = _object(["name", "index"], name=_STRING, index=_INDEX)
_REFERENCE = _object(["id"], id=_STRING, index=_INDEX, toolComponent=_COMPONENT)
_PLACE = _object(
    [], uri={"type": "string", "format": "uri-reference"}, uriBaseId=_STRING, index=_INDEX, description=_TEXT
)
_LOCATION = _object(
    [],
    physicalLocation=_object(["artifactLocation"], artifactLocation=_PLACE),
    logicalLocations=_many(_object(["fullyQualifiedName"], fullyQualifiedName=_STRING, kind={"const": "object"})),
)
_DESCRIPTOR = _object(
    ["id"],
    id=_STRING,
    shortDescription=_TEXT,
    fullDescription=_TEXT,
    help=_TEXT,
    relationships=_many(_object(["target"], target=_REFERENCE, kinds=_many(_STRING))),
    properties=_BAG,
)
_TOOL = {
    "version": _STRING,
    "name": {"type": "string", "minLength": 1},
    "organization": _STRING,
    "shortDescription": _TEXT,
}
_NOTIFICATION = _object(
    ["message"], level=_LEVEL, message=_TEXT, descriptor=_REFERENCE, associatedRule=_REFERENCE,
    locations=_many(_LOCATION),
)  # fmt: skip
_SUPPRESSION = _object(
    ["kind"],
    kind={"enum": ["inSource", "external"]},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification=_STRING,
)
_RESULT = _object(
    ["message"],
    ruleId=_STRING,
    ruleIndex=_INDEX,
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=_LEVEL,
    message=_TEXT,
    locations=_many(_LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": _STRING},
    suppressions=_many(_SUPPRESSION),
    taxa=_many(_REFERENCE),
    properties=_BAG,
) | {  # 3.27.10: what is no fail has the level none
    "if": {"properties": {"kind": {"not": {"const": "fail"}}}},
    "then": {"properties": {"level": {"const": "none"}}},
}
_RUN = _object(
    ["tool"],
    tool=_object(
        ["driver"],
        driver=_object(["name"], **_TOOL, rules=_many(_DESCRIPTOR), supportedTaxonomies=_many(_COMPONENT)),
    ),
    language={"type": "string", "pattern": "^[a-z]{2}-[A-Z]{2}$"},
    invocations=_many(
        _object(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_many(_NOTIFICATION, unique=False),
        )
    ),
    originalUriBaseIds={"type": "object", "additionalProperties": _PLACE},
    artifacts=_many(
        _object(
            ["location"],
            location=_PLACE,
            roles=_many({"enum": ["analysisTarget"]}),
            length=_INDEX,
            hashes={"type": "object", "additionalProperties": _STRING},
        )
    ),
    taxonomies=_many(_object(["name"], **_TOOL, taxa=_many(_DESCRIPTOR))),
    results=_many(_RESULT, unique=False),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)
LOG = _object(
    ["version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs=_many(_RUN),
)
