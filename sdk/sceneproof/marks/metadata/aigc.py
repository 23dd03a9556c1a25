"""The AIGC record: seven strings, as GB 45438-2025 Annex E lists them.

Whether the record is well formed is decided here, once; rules and marks ask. The fields, label values and code points
come from the policy ``cn-ai-labels`` (``[limits]``), so that counsel can review them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sceneproof.policies import Limits, load_policy

FIELDS = ("Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2")

_WRAPPINGS = 4


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a record: a code, the field (``""`` for the whole), and the value found."""

    code: str  # not-json, not-object, missing, not-string, empty, label-value, characters, unknown-field
    field: str = ""
    value: Any = None

    def __str__(self) -> str:
        return f"{self.code}:{self.field}" if self.field else self.code


def limits() -> Limits:
    """The numbers and words of the standard."""
    return load_policy("cn-ai-labels").limits


def build(producer: str, content_id: str, *, label: str = "1") -> dict[str, str]:
    """A record as the producer writes it first: the propagator's pair equals the producer's (Annex E, note 1)."""
    return dict(zip(FIELDS, (label, producer, content_id, "", producer, content_id, ""), strict=True))


def to_text(record: Mapping[str, Any]) -> str:
    """The record as the JSON string that goes into a property, fields in the order of Annex E."""
    ordered = {name: record[name] for name in FIELDS if name in record}
    return json.dumps(
        ordered | {k: v for k, v in record.items() if k not in FIELDS}, ensure_ascii=False, separators=(",", ":")
    )


def parse(value: Any) -> tuple[dict[str, Any] | None, list[Fault]]:
    """A record from what stands in a file: JSON text or an object, bare or wrapped in ``{"AIGC": …}``."""
    for _ in range(_WRAPPINGS):  # not a call of itself: a stranger's file may nest without end
        if isinstance(value, Mapping) and "@value" in value:
            value = value["@value"]
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return None, [Fault("not-json", value=value[:80])]
        if not (isinstance(value, Mapping) and len(value) == 1 and "AIGC" in value):
            break
        value = value["AIGC"]
    if not isinstance(value, Mapping):
        return None, [Fault("not-object", value=str(value)[:80])]
    return dict(value), check(value)


def check(record: Mapping[str, Any]) -> list[Fault]:
    """Every fault of form: missing fields, values that are no strings, empty ones, an unknown label value."""
    rules = limits()
    faults = []
    for name in rules.metadata_fields:
        if name not in record:
            faults.append(Fault("missing", name))
        elif not isinstance(record[name], str):
            faults.append(Fault("not-string", name, record[name]))
        elif name in rules.metadata_non_empty and not record[name].strip():
            faults.append(Fault("empty", name))
    label = record.get("Label")
    if isinstance(label, str) and label and label not in rules.label_values:
        faults.append(Fault("label-value", "Label", label))
    faults += [Fault("unknown-field", str(name)) for name in record if name not in rules.metadata_fields]
    return faults


def odd_characters(record: Mapping[str, Any]) -> dict[str, str]:
    """Field to the characters in it that lie outside the code points of Annex E."""
    rules = limits()
    found = {}
    for name, value in record.items():
        if not isinstance(value, str):
            continue
        odd = [
            character
            for character in dict.fromkeys(value)
            if character not in rules.escaped_characters
            and not any(low <= ord(character) <= high for low, high in rules.code_points)
        ]
        if odd:
            found[str(name)] = "".join(odd)
    return found
