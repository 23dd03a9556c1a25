"""A provider code in the AIGC record is a possible one.

What it checks
    A ``ContentProducer`` or ``ContentPropagator`` that looks like a code (27 characters from ``00``): its structure,
    the check character of the credit code in it, and the service digit (1 for a producer, 2 for a propagator).
Why
    A mistyped code leads to nobody. A bare name is allowed too and is not judged.
Example
    ``001191`` … with a wrong 18th character of the credit code: a warning.
How to fix
    Take the code from the registration papers.
Limits
    That the code is well formed does not say that it was issued. Codes of persons have not been seen.
Source
    TC260-PG-20252A; check character GB 32100.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text
from sceneproof.marks.metadata.provider_code import faults, looks_like_code

from ._engine import Case, Outcome, State

ID = "DS-16.5"
TITLE = Text("Provider code", "服务提供者编码")

_FIX = Text("Correct the code in the declaration and mark again", "请更正声明中的编码后重新标识")
_SERVICES = {"ContentProducer": "1", "ContentPropagator": "2"}


def check(case: Case) -> Iterator[Outcome]:
    """One outcome per field that holds a code; a propagator that repeats the producer's value is the first write."""
    record = case.metadata.record or {}
    codes = {name: str(record.get(name, "")) for name in _SERVICES}
    if codes["ContentPropagator"] == codes["ContentProducer"]:
        del codes["ContentPropagator"]
    codes = {name: code for name, code in codes.items() if looks_like_code(code)}
    if not codes:
        yield Outcome(State.ABSENT, Text("The record names no provider code.", "标识中没有服务提供者编码。"))
    pointer = case.metadata.copies[0].pointer if case.metadata.copies else ""
    for name, code in codes.items():
        wrong = faults(code, service=_SERVICES[name])
        if not wrong:
            yield Outcome(State.OK, Text(f"{name} is a possible code.", f"{name} 编码结构正确。"), pointer)
            continue
        parts = ", ".join(wrong)
        message = Text(f"{name} is no possible provider code: {parts}.", f"{name} 不是有效的服务提供者编码：{parts}。")
        yield Outcome(State.VIOLATED, message, pointer, {"code": code, "faults": wrong}, _FIX, len(wrong))
