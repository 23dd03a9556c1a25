"""Questions that only a person can answer: review until the declaration does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sceneproof.declaration import Declaration, from_table
from sceneproof.policies import load_policy, policy_ids
from sceneproof.rules._attestations import ask, attestation_ids
from tests._marked import declared

POLICIES = [load_policy(name) for name in policy_ids()]
IDS = attestation_ids(POLICIES)
ALL = {name: True for policy in POLICIES for item in policy.attestations for name in item.answered_by}


def answered(**answers: bool) -> Declaration:
    return from_table(declared(attest=answers), "api")


def verdict(identifier: str, stated: Declaration) -> str:
    return str(ask(identifier, POLICIES, stated).verdict)


def test_the_questions_of_this_version_are_asked_in_order():
    assert IDS == ("A-2", "A-6", "A-14", "A-14b", "A-17", "A-IP")


@pytest.mark.parametrize("identifier", IDS)
def test_unanswered_it_is_review_and_says_how_to_answer(identifier):
    found = ask(identifier, POLICIES, Declaration())
    assert str(found.verdict) == "review"
    assert found.severity is not None
    assert found.fix is not None
    assert "--set" in found.fix.en
    assert re.search("[\u4e00-\u9fff]", found.message.zh)
    for reference in found.clauses:
        policy, _, clause = reference.partition(":")
        assert load_policy(policy).clause(clause)


@pytest.mark.parametrize("identifier", IDS)
def test_answered_well_it_passes(identifier):
    everything = {name.removeprefix("attest."): True for name in ALL if name.startswith("attest.")}
    assert verdict(identifier, answered(**everything)) == "pass"


@pytest.mark.parametrize(
    ("identifier", "field"),
    [
        ("A-6", "no_fake_news"),
        ("A-6", "no_banned_use"),
        ("A-14", "consent"),
        ("A-14b", "training_data_lawful"),
        ("A-IP", "likeness_rights"),
    ],
)
def test_a_problem_answer_fails_and_says_what_follows(identifier, field):
    found = ask(identifier, POLICIES, answered(**{field: False}))
    assert str(found.verdict) == "fail"
    assert found.fix is not None
    assert found.evidence["answers"][f"attest.{field}"] is False


def test_one_of_two_answers_is_not_enough():
    assert verdict("A-6", answered(no_fake_news=True)) == "review"


def test_whether_the_public_may_be_confused_has_no_wrong_answer():
    assert verdict("A-17", answered(confusing=True)) == "pass"
    assert verdict("A-17", answered(confusing=False)) == "pass"


def test_a_question_that_cannot_matter_is_not_asked():
    found = ask("A-17", POLICIES, from_table(declared(origin="handmade", attest=None), "api"))
    assert str(found.verdict) == "notApplicable"
    assert "origin = handmade" in found.message.en


@pytest.mark.parametrize(
    ("role", "severity"), [("provider", "error"), ("user", "error"), ("none", "warning"), (None, "warning")]
)
def test_its_weight_follows_the_role(role, severity):
    stated = replace(Declaration(), role=role)
    assert str(ask("A-14", POLICIES, stated).severity) == severity


def test_role_market_and_public_answer_the_first():
    assert verdict("A-2", Declaration(role="user", market=("cn",), public=False)) == "pass"
    assert verdict("A-2", Declaration(role="user", market=("cn",))) == "review"


def test_clauses_of_the_parts_are_cited_with_the_whole():
    assert {"cn-deep-synthesis:6-1", "cn-deep-synthesis:6-2"} <= set(ask("A-6", POLICIES, Declaration()).clauses)
