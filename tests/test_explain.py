"""Every id has a page, in the language that is asked for."""

from __future__ import annotations

import re

import pytest

import sceneproof as sp
from sceneproof._explain import overview
from sceneproof.errors import UsageError
from sceneproof.policies import load_policy, policy_ids
from sceneproof.registry import stems
from sceneproof.rules._attestations import attestation_ids
from sceneproof.rules._engine import rule_ids

POLICIES = [load_policy(name) for name in policy_ids()]
IDS = [
    *rule_ids(),
    *attestation_ids(POLICIES),
    *policy_ids(),
    *(stem.replace("_", "-") for stem in stems("signals")),
    "label",
    "metadata",
    "watermark",
]
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("identifier", IDS)
def test_every_id_has_a_page(identifier):
    page = sp.explain(identifier)
    assert page.startswith(identifier)
    assert len(page) > 150


def test_the_overview_lists_every_id():
    listed = set(overview().split())
    assert set(IDS) <= listed


def test_ids_are_found_in_any_case():
    assert sp.explain("ds-17.5") == sp.explain("DS-17.5")


@pytest.mark.parametrize("identifier", ["A-14", "cn-deep-synthesis"])
def test_one_language_can_be_asked_for(identifier):
    english, chinese, both = (sp.explain(identifier, lang=lang) for lang in ("en", "zh", "both"))
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese)
    assert CHINESE.search(both)
    assert len(both) > max(len(english), len(chinese))


def test_a_rule_page_gives_the_clauses_of_every_policy_that_asks_for_it():
    page = sp.explain("DS-16.1", lang="en")
    for policy in POLICIES:
        duty = policy.requirement("DS-16.1")
        assert duty is not None
        assert f"In {policy.id}: decide, severity error for provider" in page
        for clause in duty.clauses:
            assert policy.clause(clause).citation.en in page


def test_a_question_page_says_what_answers_it():
    assert "answered by attest.confusing" in sp.explain("A-17")


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UsageError, match=r"unknown id 'DS-17\.55'; did you mean 'DS-17\.5'"):
        sp.explain("DS-17.55")
