"""Each rule: when it fails, passes, asks for review, and has nothing to say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import sceneproof as sp
from sceneproof.policies import load_policy, policy_ids
from sceneproof.rules._engine import rule_ids
from tests._marked import bytes_of, declared, findings, low, marked_low
from tests.marks.metadata.test_provider_code import made
from tests.rules import _assets as a

CHINESE = re.compile("[\u4e00-\u9fff]")
PLAIN: dict[str, Any] = {}
YES = declared()
HAND = declared(origin="handmade")


def marked() -> bytes:
    return bytes_of(marked_low())


def set_text(text: str) -> bytes:
    return a.with_label(lambda node: node["extras"]["sceneproof"].update(text=text))


def producer(code: str) -> bytes:
    return a.with_record(ContentProducer=code, ContentPropagator=code)


def without_type() -> bytes:
    return a.with_record()


def two_records() -> bytes:
    from tests._marked import edited
    from tests.marks.metadata.test_read import OTHER, TEXT, extras, packet

    def edit(document: dict[str, Any]) -> None:
        packet({"TC260:AIGC": TEXT})(document)
        extras({"AIGC": OTHER})(document)

    return edited(low(), edit)


def hidden_by_extension() -> bytes:
    return a.with_label(lambda node: node.update(extensions={"KHR_node_visibility": {"visible": False}}))


CASES: list[tuple[str, str, Callable[[], bytes], dict[str, Any]]] = [
    ("DS-16.1", "fail", low, YES),
    ("DS-16.1", "pass", marked, YES),
    ("DS-16.1", "pass", marked, PLAIN),
    ("DS-16.1", "review", low, PLAIN),
    ("DS-16.1", "review", low, declared(origin="unknown")),
    ("DS-16.1", "review", low, declared(origin="simulated")),
    ("DS-16.1", "review", low, declared(role=None)),
    ("DS-16.1", "review", low, declared(public=None)),
    ("DS-16.1", "review", low, declared(market=None)),
    ("DS-16.1", "notApplicable", low, HAND),
    ("DS-16.1", "notApplicable", low, declared(market=["eu"])),
    ("DS-16.1", "notApplicable", low, declared(public=False)),
    ("DS-16.1", "fail", low, declared(origin="captured", part=[{"node": "box", "origin": "ai-generated"}])),
    ("DS-16.1", "fail", low, declared(unit="component")),
    ("DS-16.2", "fail", lambda: a.with_record(Label=1), PLAIN),
    ("DS-16.2", "fail", lambda: a.with_record(ProduceID=""), YES),
    ("DS-16.2", "pass", marked, YES),
    ("DS-16.2", "notApplicable", low, YES),
    ("DS-16.3", "fail", two_records, PLAIN),
    ("DS-16.3", "pass", marked, PLAIN),
    ("DS-16.3", "notApplicable", low, YES),
    ("DS-16.4", "fail", lambda: producer("样例工作室"), PLAIN),
    ("DS-16.4", "pass", marked, PLAIN),
    ("DS-16.4", "notApplicable", low, YES),
    ("DS-16.5", "fail", lambda: producer(made(1)[:21] + "?" + made(1)[22:]), PLAIN),
    ("DS-16.5", "fail", lambda: producer(made(1, "2")), PLAIN),
    ("DS-16.5", "pass", lambda: producer(made(1)), PLAIN),
    ("DS-16.5", "notApplicable", marked, PLAIN),
    ("DS-16.10", "fail", lambda: a.with_type("digitalCapture"), PLAIN),
    ("DS-16.10", "fail", lambda: a.with_type("no-such"), PLAIN),
    ("DS-16.10", "fail", lambda: a.with_type("compositeSynthetic"), YES),
    ("DS-16.10", "fail", without_type, PLAIN),
    ("DS-16.10", "pass", marked, YES),
    ("DS-16.10", "pass", lambda: a.with_type("computationalCapture"), PLAIN),
    ("DS-16.10", "notApplicable", low, YES),
    ("DS-17.4", "fail", low, YES),
    ("DS-17.4", "fail", lambda: a.with_label(lambda node: node.update(matrix=[0] * 15 + [1])), YES),
    ("DS-17.4", "fail", lambda: a.moved_label(50, 0), YES),
    ("DS-17.4", "review", low, PLAIN),
    ("DS-17.4", "review", low, declared(attest=None)),
    ("DS-17.4", "review", a.no_camera_gone, YES),
    ("DS-17.4", "pass", marked, YES),
    ("DS-17.4", "pass", a.no_camera_marked, YES),
    ("DS-17.4", "notApplicable", low, HAND),
    ("DS-17.4", "notApplicable", low, declared(attest={"confusing": False})),
    ("DS-17.5", "fail", lambda: a.moved_label(0.46, -1.4, 0.5), YES),
    ("DS-17.5", "review", lambda: a.moved_label(0.46, -1.4, 0.5), PLAIN),
    ("DS-17.5", "pass", marked, YES),
    ("DS-17.5", "notApplicable", low, YES),
    ("DS-17.6", "fail", lambda: a.moved_label(0, 0), YES),
    ("DS-17.6", "review", lambda: a.moved_label(0, 0), PLAIN),
    ("DS-17.6", "fail", a.globe_marked, YES),
    ("DS-17.6", "pass", marked, YES),
    ("DS-17.6", "notApplicable", low, YES),
    ("DS-17.7", "fail", lambda: set_text("AI"), YES),
    ("DS-17.7", "fail", lambda: set_text("生成"), YES),
    ("DS-17.7", "review", lambda: set_text("AI"), PLAIN),
    ("DS-17.7", "review", a.english, YES),
    ("DS-17.7", "review", a.english, PLAIN),
    ("DS-17.7", "notApplicable", a.english, declared(market=["eu"])),
    ("DS-17.7", "pass", a.english_for_china, YES),
    ("DS-17.7", "pass", marked, YES),
    ("DS-17.7", "pass", lambda: set_text("人工智能合成"), YES),
    ("DS-17.7", "notApplicable", low, YES),
    ("DS-17.9", "fail", low, YES),
    ("DS-17.9", "review", low, PLAIN),
    ("DS-17.9", "pass", marked, YES),
    ("DS-17.9", "notApplicable", low, HAND),
    ("DS-18.2", "fail", lambda: a.with_label(lambda node: node.update(matrix=[0] * 15 + [1])), PLAIN),
    ("DS-18.2", "fail", hidden_by_extension, PLAIN),
    ("DS-18.2", "fail", lambda: a.moved_label(50, 0), PLAIN),
    ("DS-18.2", "fail", lambda: set_text("人工智能合成"), PLAIN),
    ("DS-18.2", "pass", marked, PLAIN),
    ("DS-18.2", "pass", lambda: a.moved_label(0, 0), PLAIN),
    ("DS-18.2", "notApplicable", low, YES),
]
# The file's own bytes decide these, whatever is declared: there is nothing for a person to judge.
DECIDED = ("DS-16.2", "DS-16.3", "DS-16.4", "DS-16.5", "DS-16.10", "DS-18.2")


def audited(data: bytes, stated: dict[str, Any], rule: str) -> list[sp.Finding]:
    return findings(sp.audit(data, declaration=stated, select=[rule], depth="cheap"))[rule]


@pytest.mark.parametrize(("rule", "verdict", "asset", "stated"), CASES)
def test_the_verdict(rule, verdict, asset, stated):
    found = audited(asset(), stated, rule)
    assert [str(f.verdict) for f in found if str(f.verdict) == verdict], [f"{f.verdict}: {f.message.en}" for f in found]
    if verdict != "fail":
        assert {str(f.verdict) for f in found} == {verdict}
    for finding in found:
        assert CHINESE.search(finding.message.zh)
        assert not CHINESE.search(
            re.sub(r"'[^']*'|“[^”]*”|(?<=lacks ).*|(?<=words ).*|\S+: '.*'", "", finding.message.en)
        )
        assert (finding.fix is not None) == (str(finding.verdict) in ("fail", "review"))
        assert (finding.severity is not None) == (str(finding.verdict) in ("fail", "review"))
        if finding.fix is not None:
            assert CHINESE.search(finding.fix.zh)


@pytest.mark.parametrize("rule", rule_ids())
def test_every_rule_has_a_case_of_each_verdict_it_can_give(rule):
    wanted = {"fail", "pass", "notApplicable"} | (set() if rule in DECIDED else {"review"})
    assert {verdict for case, verdict, _, _ in CASES if case == rule} == wanted


@pytest.mark.parametrize("rule", rule_ids())
def test_every_finding_cites_clauses_that_the_policies_hold(rule):
    found = audited(low(), YES, rule)
    for finding in found:
        assert finding.clauses
        cited = [reference.partition(":") for reference in finding.clauses]
        clauses = [load_policy(policy).clause(clause) for policy, _, clause in cited]
        standings = {clause.standing for clause in clauses}
        assert finding.standing == (standings.pop() if len(standings) == 1 else "mixed")


@pytest.mark.parametrize(
    ("rule", "asset", "carried", "lowered"),
    [
        ("DS-16.1", low, "error", "warning"),
        ("DS-17.4", low, "error", "warning"),
        ("DS-17.6", lambda: a.moved_label(0, 0), "warning", "info"),
        ("DS-16.4", lambda: producer("样例"), "warning", "info"),
    ],
)
def test_the_severity_follows_the_role(rule, asset, carried, lowered):
    for role, severity in (("provider", carried), ("user", lowered), ("supporter", lowered), ("none", lowered)):
        found = audited(asset(), declared(role=role), rule)
        assert [(str(f.verdict), str(f.severity)) for f in found] == [("fail", severity)]


def test_a_duty_of_everyone_weighs_the_same_for_every_role():
    for role in ("provider", "user", "none", None):
        found = audited(hidden_by_extension(), declared(role=role), "DS-18.2")
        assert str(found[0].severity) == "error"


@pytest.mark.parametrize("rule", ["DS-17.4", "DS-17.5", "DS-17.6", "DS-17.7"])
@pytest.mark.parametrize("asset", [low, marked])
def test_a_component_is_not_the_scene_whose_start_picture_is_judged(rule, asset):
    (found,) = audited(asset(), declared(unit="component"), rule)
    assert str(found.verdict) == "notApplicable"
    if asset is low:
        assert "unit = component" in found.message.en
        assert "unit = component" in found.message.zh


def test_a_review_says_what_it_hangs_on():
    (found,) = audited(low(), declared(role=None, public=None), "DS-16.1")
    assert "hangs on the declaration: public, role" in found.message.en


def test_an_unlabelled_asset_without_a_declaration_passes_no_rule():
    report = sp.audit(low(), select=["DS"])
    assert {str(f.verdict) for f in report.findings} == {"review", "notApplicable"}
    assert report.exit_code() == 0


FIELDS = ("origin", "role", "public", "market", "attest")


@pytest.mark.parametrize("field", FIELDS)
def test_it_fails_only_when_all_that_the_duty_hangs_on_is_declared(field):
    (found,) = audited(low(), declared(**{field: None}), "DS-17.9")
    assert str(found.verdict) == "review"


def test_a_rule_is_asked_for_by_some_policy():
    for rule in rule_ids():
        assert any(load_policy(policy).requirement(rule) for policy in policy_ids())


@pytest.mark.parametrize(
    ("rule", "asset", "en", "zh"),
    [
        ("DS-17.6", a.globe_marked, "Add a camera to the scene", "添加相机"),
        ("DS-17.6", lambda: a.moved_label(0, 0), "Put one in", "添加标识"),
        ("DS-17.7", a.english, "Declare the market", "声明市场"),
    ],
)
def test_the_fix_is_one_that_helps(rule: str, asset: Callable[[], bytes], en: str, zh: str) -> None:
    fix = audited(asset(), PLAIN, rule)[0].fix
    assert fix is not None
    assert en in fix.en
    assert zh in fix.zh
