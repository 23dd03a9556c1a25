"""The values of the AIGC record keep to the code points of Annex E.

What it checks
    Every character of every value lies in 0x21, 0x23-0x5B or 0x5D-0x7E, or is an escaped quotation mark.
Why
    Readers elsewhere may be built on exactly these.
Example
    ``"ContentProducer": "某某公司"``: Chinese names fall outside; a warning, not an error.
How to fix
    Use the 27-character provider code, or a transliterated name.
Limits
    The character set was read by one reader of the standard only; the clause's standing says so.
Source
    GB 45438-2025, Annex E.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text
from sceneproof.marks.metadata import aigc

from ._engine import Case, Outcome, State

ID = "DS-16.4"
TITLE = Text("Characters of the AIGC record", "AIGC 标识的字符范围")

_FIX = Text("Use the 27-character provider code or a transliterated name", "请使用 27 位服务提供者编码或拉丁字母名称")


def check(case: Case) -> Iterator[Outcome]:
    """One outcome per different record that parses."""
    read = [copy for copy in case.metadata.distinct if copy.record is not None]
    if not read:
        yield Outcome(State.ABSENT, Text("There is no AIGC record to read.", "没有可供读取的 AIGC 标识。"))
    for copy in read:
        odd = aigc.odd_characters(copy.record or {})
        if not odd:
            yield Outcome(State.OK, Text("All characters are allowed.", "字符均在允许范围内。"), copy.pointer)
            continue
        shown = ", ".join(f"{name}: {characters!r}" for name, characters in odd.items())
        message = Text(f"Characters outside Annex E in {shown}.", f"存在附录 E 范围以外的字符：{shown}。")
        yield Outcome(State.VIOLATED, message, copy.pointer, {"characters": odd}, _FIX, len(odd))
