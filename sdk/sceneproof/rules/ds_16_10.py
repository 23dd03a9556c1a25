"""The digital source type is known, and agrees with the AIGC record and the declaration.

What it checks
    ``Iptc4xmpExt:DigitalSourceType`` is a value of IPTC or C2PA; with ``Label`` "1" it is not one of natural origin; it
    fits the declared origin.
Why
    Two machine-readable statements that contradict each other make both worthless.
Example
    ``Label`` "1" beside ``digitalCapture``: a warning.
How to fix
    Mark again with the declaration, which sets both.
Limits
    ``computationalCapture`` and some composites go with either; they are not judged against the label.
Source
    IPTC NewsCodes ``digitalsourcetype``; the mapping from origins is ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text
from sceneproof.marks.metadata import source_type

from ._engine import Case, Outcome, State

ID = "DS-16.10"
TITLE = Text("Digital source type", "数字来源类型")

_FIX = Text(
    "Set it from the declaration: sceneproof mark FILE --output OUT --marks metadata",
    "根据声明设置：sceneproof mark FILE --output OUT --marks metadata",
)


def check(case: Case) -> Iterator[Outcome]:
    """One outcome per place that states a source type; one when there is none beside an AIGC record."""
    stated = case.metadata.source_types
    parts = case.metadata.part_source_types
    if not stated and not parts:
        if not case.metadata.found:
            yield Outcome(State.ABSENT, Text("No digital source type is stated.", "未声明数字来源类型。"))
            return
        message = Text("The AIGC record stands without a digital source type.", "有 AIGC 标识但缺少数字来源类型。")
        yield Outcome(State.VIOLATED, message, case.metadata.copies[0].pointer, {}, _FIX)
        return
    label = (case.metadata.record or {}).get("Label")
    declared = source_type.of_declaration(case.declaration)
    for pointer, value in [*stated.items(), *parts.items()]:
        name = source_type.short(value)
        whole = pointer in stated
        if name is None:
            message = Text(f"{value!r} is no known digital source type.", f"{value!r} 不是已知的数字来源类型。")
        elif whole and label == "1" and source_type.fits_label(name) is False:
            message = Text(
                f"Label 1 says AI-made, {name} says natural origin.", f"Label 为 1，但来源类型 {name} 表示非 AI 来源。"
            )
        elif whole and declared is not None and declared != source_type.PREFIX + name:
            wanted = declared.removeprefix(source_type.PREFIX)
            message = Text(
                f"The declaration means {wanted}, the file says {name}.", f"声明对应 {wanted}，文件中为 {name}。"
            )
        else:
            yield Outcome(State.OK, Text(f"The source type is {name}.", f"来源类型为 {name}。"), pointer)
            continue
        yield Outcome(State.VIOLATED, message, pointer, {"value": value, "label": label}, _FIX)
