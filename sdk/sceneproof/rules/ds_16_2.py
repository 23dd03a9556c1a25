"""The AIGC record is well formed.

What it checks
    The value parses as JSON; all seven fields are there and are strings; ``Label`` is 1, 2 or 3; ``Label``,
    ``ContentProducer`` and ``ProduceID`` are not empty.
Why
    A platform reads the record by machine (Labelling Measures, Art. 6); one that does not parse counts as none.
Example
    ``{"Label": 1, …}``: the number is a fault, Annex E asks for the string ``"1"``.
How to fix
    Mark again with the declaration; Sceneproof rewrites a record of the same producer.
Limits
    Whether the producer and the number exist cannot be seen in a file.
Source
    GB 45438-2025, Annex E.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State

ID = "DS-16.2"
TITLE = Text("AIGC record is well formed", "AIGC 标识格式正确")

_FIX = Text(
    "Write it again from the declaration: sceneproof mark FILE --output OUT --marks metadata",
    "根据声明重新写入：sceneproof mark FILE --output OUT --marks metadata",
)
_WORDS = {
    "not-json": Text("is not JSON", "不是 JSON"),
    "not-object": Text("is not an object", "不是 JSON 对象"),
    "missing": Text("is missing", "缺失"),
    "not-string": Text("is not a string", "不是字符串"),
    "empty": Text("is empty", "为空"),
    "label-value": Text("is none of 1, 2, 3", "不是 1、2、3 之一"),
    "unknown-field": Text("is no field of Annex E", "不是附录 E 规定的字段"),
}


def check(case: Case) -> Iterator[Outcome]:
    """One outcome per different record."""
    if not case.metadata.found:
        yield Outcome(State.ABSENT, Text("There is no AIGC record to read.", "没有可供读取的 AIGC 标识。"))
    for copy in case.metadata.distinct:
        if not copy.faults:
            yield Outcome(State.OK, Text("The AIGC record is well formed.", "AIGC 标识格式正确。"), copy.pointer)
            continue
        en = "; ".join(f"{fault.field or 'the value'} {_WORDS[fault.code].en}" for fault in copy.faults)
        zh = "；".join(f"{fault.field or '值'}{_WORDS[fault.code].zh}" for fault in copy.faults)
        message = Text(f"The AIGC record is malformed: {en}.", f"AIGC 标识格式有误：{zh}。")
        evidence = {"faults": [str(fault) for fault in copy.faults], "text": copy.text[:200]}
        yield Outcome(State.VIOLATED, message, copy.pointer, evidence, _FIX, len(copy.faults))
