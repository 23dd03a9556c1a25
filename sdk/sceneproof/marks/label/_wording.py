"""What a label says, and whether it says enough (GB 45438-2025, clause 5: an AI element and a generation element)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sceneproof.errors import MarkError, unknown

WORDINGS = {
    "zh-CN": "AI生成",
    "zh-TW": "AI生成",
    "en": "AI-generated",
    "ja": "AI生成",
    "ko": "AI 생성",
}

_AI_CHINESE = re.compile(r"人工智能|人工智慧|(?<![A-Za-z])AI(?![A-Za-z])", re.IGNORECASE)
_MADE_CHINESE = re.compile(r"生成|合成")
_AI_OTHER = re.compile(r"(?<![A-Za-z])AI(?![A-Za-z])|artificial intelligence|人工知能|인공\s?지능", re.IGNORECASE)
_MADE_OTHER = re.compile(r"generated|synthetic|synthesi[sz]ed|생성|합성|生成|合成", re.IGNORECASE)


@dataclass(frozen=True)
class Elements:
    """Which elements a text holds.

    Attributes
    ----------
    ai, made : the Chinese form that GB 45438-2025 asks for (人工智能 or AI; 生成 or 合成).
    ai_other, made_other : the same in any language that Sceneproof has a wording for.
    """

    ai: bool
    made: bool
    ai_other: bool
    made_other: bool

    @property
    def chinese(self) -> bool:
        """Both elements in the standard's own words."""
        return self.ai and self.made

    @property
    def any_language(self) -> bool:
        """Both elements in some language."""
        return self.chinese or (self.ai_other and self.made_other)


def elements(text: str) -> Elements:
    """The elements that `text` holds, in the Chinese form and in any form."""
    return Elements(
        bool(_AI_CHINESE.search(text)),
        bool(_MADE_CHINESE.search(text)),
        bool(_AI_OTHER.search(text)),
        bool(_MADE_OTHER.search(text)),
    )


def has_required_elements(text: str, *, chinese: bool = True) -> tuple[bool, bool]:
    """Whether `text` holds an AI element and a generation element: in the standard's Chinese, or in any language."""
    found = elements(text)
    return (found.ai, found.made) if chinese else (found.ai or found.ai_other, found.made or found.made_other)


def language(lang: str | None, market: Sequence[str] = ()) -> str:
    """The language of the wording: the one asked for, else zh-CN when the market has cn or none is named, else en.

    Raises `UsageError` with the nearest known language.
    """
    if lang is None:
        return "zh-CN" if "cn" in market or not market else "en"
    known = {name.lower(): name for name in WORDINGS} | {"zh": "zh-CN"}
    if lang.lower() not in known:
        raise unknown("label language", lang, WORDINGS)
    return known[lang.lower()]


def needs_chinese(lang: str | None, market: Sequence[str] = ()) -> bool:
    """Whether the words must hold the standard's Chinese elements: for the market cn, else for zh-CN with no market."""
    return "cn" in market if market else lang == "zh-CN"


def wording(lang: str, *, chinese: bool = False) -> str:
    """The words of a label in one language; after the Chinese ones where `chinese` asks for what they lack.

    Raises `UsageError` with the nearest known language.
    """
    own = WORDINGS[language(lang)]
    return own if not chinese or elements(own).chinese else f"{WORDINGS['zh-CN']} {own}"


def checked(text: str, *, chinese: bool = True) -> str:
    """`text`, trimmed, when it may be a label: in the standard's Chinese form, or in any language.

    Raises `MarkError` naming the element that is missing.
    """
    words = text.strip()
    if not words:
        raise MarkError("the label text is empty; give words that say the content is AI-generated")
    ai, made = has_required_elements(words, chinese=chinese)
    if ai and made:
        return words
    ask = {
        (False, False): "an AI element (人工智能 or AI) and a generation element (生成 or 合成)",
        (False, True): "an AI element (人工智能 or AI)",
        (True, False): "a generation element (生成 or 合成; outside China also 'generated' or 'synthetic')",
    }[(ai, made)]
    raise MarkError(f"label text {words!r} lacks {ask}; GB 45438-2025, clause 5")
