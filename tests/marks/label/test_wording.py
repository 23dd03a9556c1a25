"""What a label says: an AI element and a generation element."""

from __future__ import annotations

import pytest

from sceneproof.errors import MarkError, UsageError
from sceneproof.marks.label._wording import WORDINGS, checked, elements, language, needs_chinese
from sceneproof.marks.label.label import has_required_elements, text_mesh, wording


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("AI生成", (True, True)),
        ("人工智能合成", (True, True)),
        ("本内容由人工智能生成", (True, True)),
        ("ai 合成", (True, True)),
        ("AI-generated", (True, False)),
        ("生成", (False, True)),
        ("数字人", (False, False)),
        ("RAID 生成", (False, True)),  # AI inside a word is no AI
        ("", (False, False)),
    ],
)
def test_the_standard_asks_for_chinese_words(text: str, strict: tuple[bool, bool]) -> None:
    assert has_required_elements(text) == strict


@pytest.mark.parametrize(
    "text", [*WORDINGS.values(), "Made by artificial intelligence, synthetic", "AI合成", "AI 합성"]
)
def test_any_language_will_do_elsewhere(text: str) -> None:
    assert has_required_elements(text, chinese=False) == (True, True)
    assert elements(text).any_language


@pytest.mark.parametrize("lang", WORDINGS)
def test_every_wording_has_its_glyphs_and_its_elements(lang: str) -> None:
    assert text_mesh(wording(lang)).width > 1
    assert elements(wording(lang)).any_language


def test_the_language_follows_the_market() -> None:
    assert language(None) == "zh-CN"
    assert language(None, ["eu", "cn"]) == "zh-CN"
    assert language(None, ["eu"]) == "en"
    assert language("EN", ["cn"]) == "en"


def test_an_unknown_language_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="zh-TW"):
        language("zh-TV")


def test_own_words_must_hold_both_elements() -> None:
    assert checked(" AI生成 数字人 ") == "AI生成 数字人"
    assert checked("AI-generated room", chinese=False) == "AI-generated room"
    with pytest.raises(MarkError, match="generation element"):
        checked("AI-generated room")
    with pytest.raises(MarkError, match="AI element"):
        checked("合成场景")
    with pytest.raises(MarkError, match="empty"):
        checked(" ")


@pytest.mark.parametrize("lang", WORDINGS)
def test_for_china_every_wording_holds_the_chinese_elements_and_its_own(lang: str) -> None:
    words = wording(lang, chinese=True)
    assert has_required_elements(words) == (True, True)
    assert words.endswith(WORDINGS[lang])
    assert checked(words) == words


def test_the_english_wording_for_china_has_both() -> None:
    assert wording("en", chinese=True) == "AI生成 AI-generated"
    assert wording("zh-CN", chinese=True) == "AI生成"
    assert wording("en") == "AI-generated"


@pytest.mark.parametrize(
    ("lang", "market", "needed"),
    [
        ("en", ["cn"], True),
        ("en", ["eu", "cn"], True),
        ("en", [], False),
        ("zh-CN", [], True),
        ("zh-CN", ["eu"], False),
    ],
)
def test_the_market_decides_and_without_one_the_language(lang: str, market: list[str], needed: bool) -> None:
    assert needs_chinese(lang, market) is needed
