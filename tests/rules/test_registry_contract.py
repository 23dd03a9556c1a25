"""Every rule file is a page and keeps the contract of a rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sceneproof import registry
from sceneproof.findings import Text

SECTIONS = ("What it checks", "Why", "Example", "How to fix", "Limits", "Source")
STEMS = registry.stems("rules")


def test_the_rules_of_this_version_are_there():
    ids = {registry.module("rules", stem).ID for stem in STEMS}
    assert ids >= {f"DS-16.{n}" for n in (1, 2, 3, 4, 5, 10)} | {f"DS-17.{n}" for n in (4, 5, 6, 7, 9)} | {"DS-18.2"}


@pytest.mark.parametrize("stem", STEMS)
def test_a_rule_has_an_id_a_title_and_a_check(stem):
    rule = registry.module("rules", stem)
    assert registry.slug(rule.ID) == stem
    assert isinstance(rule.TITLE, Text)
    assert rule.TITLE.en.isascii()
    assert re.search("[\u4e00-\u9fff]", rule.TITLE.zh)
    assert rule.check.__doc__


@pytest.mark.parametrize("stem", STEMS)
def test_its_docstring_is_its_page(stem):
    rule = registry.module("rules", stem)
    lines = (rule.__doc__ or "").splitlines()
    assert lines[0].endswith(".")
    heads = [line for line in lines[1:] if line and not line.startswith(" ")]
    assert tuple(heads) == SECTIONS
    for head in SECTIONS:
        assert lines[lines.index(head) + 1].startswith("    ")


@pytest.mark.parametrize("stem", STEMS)
def test_it_is_one_small_file(stem):
    assert len(Path(registry.module("rules", stem).__file__ or "").read_text("utf-8").splitlines()) < 120
