"""The file bears exactly one AIGC record.

What it checks
    That all AIGC values of the asset are byte-equal. A mirror in ``asset.extras`` that equals the packet is the same
    label; one that differs is a second.
Why
    GB 45438 allows one label per file: rewrite, never append.
Example
    A converter kept the old extras beside a new packet: two different records, fail.
How to fix
    Mark again with the producer's declaration. Another producer's record stays as it is; ask that producer.
Limits
    Records inside textures are counted apart and are not read yet.
Source
    GB 45438-2025, 6.1 c.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State

ID = "DS-16.3"
TITLE = Text("Exactly one AIGC record", "仅有一个 AIGC 标识")

_FIX = Text(
    "Rewrite your own: sceneproof mark FILE --output OUT --marks metadata; another producer's stays",
    "重写自己的标识：sceneproof mark FILE --output OUT --marks metadata；他人的标识保持不变",
)


def check(case: Case) -> Iterator[Outcome]:
    """One outcome: none, one, or several different records."""
    different = case.metadata.distinct
    if not different:
        yield Outcome(State.ABSENT, Text("There is no AIGC record to count.", "没有 AIGC 标识。"))
    elif len(different) == 1:
        yield Outcome(State.OK, Text("There is one AIGC record.", "仅有一个 AIGC 标识。"), different[0].pointer)
    else:
        message = Text(
            f"There are {len(different)} different AIGC records; one is allowed.",
            f"存在 {len(different)} 个不同的 AIGC 标识；仅允许一个。",
        )
        evidence = {"places": [copy.pointer for copy in different]}
        yield Outcome(State.VIOLATED, message, different[1].pointer, evidence, _FIX, len(different))
