"""The label's words hold an AI element and a generation element.

What it checks
    The declared text holds 人工智能 or AI, and 生成 or 合成. Of a label that another tool put in, the text that
    is read in the start picture (``audit --depth deep``, extra ``ocr``).
Why
    GB 45438 asks for both in every modality.
Example
    "AI-generated" alone is understood, but is not the wording of the standard: review for the market cn, and where no
    market is declared.
How to fix
    ``--label-text "AI生成"`` or ``--label-lang zh-CN``; with the market cn declared, ``--label-lang en`` writes
    "AI生成 AI-generated".
Limits
    The text that the label's node states is judged; that the triangles draw it is DS-18.2's. What is read in a picture
    may be misread. Korean is not read.
Source
    GB 45438-2025, chapter 5.
"""

from __future__ import annotations

from collections.abc import Iterator

from sceneproof.findings import Text

from ._engine import Case, Outcome, State
from ._labels import nothing_to_judge

ID = "DS-17.7"
TITLE = Text("Words of the label", "标识文字要素")

_FIX = Text('Mark again with --label-text "AI生成"', "请使用 --label-text “AI生成” 重新标识")
_FIX_MARKET = Text(
    'Declare the market: outside cn these words do; for cn mark again with --label-text "AI生成"',
    "请声明市场：cn 以外的市场可使用该文字；面向 cn 请使用 --label-text “AI生成” 重新标识",
)


def check(case: Case) -> Iterator[Outcome]:
    """One outcome for the text of the label."""
    label = case.label
    if not label.found:
        yield nothing_to_judge()
        return
    text = (label.reading if label.foreign else label.text) or ""
    words = case.limits
    missing = [
        name
        for name, held in (
            ("AI", _holds(text, words.ai_elements)),
            ("生成/合成", _holds(text, words.generation_elements)),
        )
        if not held
    ]
    evidence = {"text": text, "missing": missing} | ({"reading": label.reading} if label.reading else {})
    if not missing:
        yield Outcome(State.OK, Text(f"{text!r} holds both elements.", f"“{text}”包含两个要素。"), "", evidence)
        return
    lowered = text.lower()
    translated = _holds(lowered, tuple(word.lower() for word in words.translated_ai_elements)) and _holds(
        lowered, words.translated_generation_elements
    )
    if translated:
        message = Text(
            f"{text!r} says so in another language; the standard names the words 人工智能 or AI, and 生成 or 合成.",
            f"“{text}”为其他语言表述；标准规定的文字为“人工智能”或“AI”以及“生成”或“合成”。",
        )
        market = case.declaration.market
        # The wording that the label was made with follows the same rule: Chinese for the market cn.
        state = State.OK if market and "cn" not in market else State.UNCLEAR
        yield Outcome(state, message, "", evidence, _FIX if market else _FIX_MARKET)
        return
    message = Text(f"{text!r} lacks {' and '.join(missing)}.", f"“{text}”缺少要素：{'、'.join(missing)}。")
    yield Outcome(State.VIOLATED, message, "", evidence, _FIX)


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)
