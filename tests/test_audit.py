"""Audit: what is asked decides what runs, and nothing that runs can take the rest with it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

import sceneproof as sp
from sceneproof import registry
from sceneproof._audit import CARRIER_NOTE, DEFAULT_POLICIES, _local_rules
from sceneproof.errors import InputError, UsageError
from sceneproof.rules._engine import natural, rule_ids
from tests._marked import declared, findings, low, marked_low, verdicts

LOCAL = '''
"""A studio's own rule."""
from sceneproof.findings import Text
from sceneproof.rules import Outcome, State
ID = "STUDIO-1"
TITLE = Text("Ours", "自有")
ALWAYS = True
SEVERITY = "info"

def check(case):
    yield Outcome(State.VIOLATED, Text("too few triangles", "三角形过少"), "/meshes/0", fix=Text("add some", "增加"))
'''


@pytest.fixture
def rules(tmp_path):
    """A folder for local rules, forgotten afterwards."""

    def put(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path)

    yield put
    registry._modules.cache_clear()
    _local_rules.cache_clear()
    for name in [name for name in sys.modules if name.startswith("sceneproof_local_")]:
        del sys.modules[name]


def test_the_sections_of_the_record_hold_together():
    report = sp.audit(low(), declaration=declared())
    data = report.to_dict()
    assert [f.to_dict() for f in report.findings] == data["findings"]
    assert [s.to_dict() for s in report.signals] == data["signals"]
    assert data["coverage"] == {"rules_run": len(verdicts(report)), "rules_total": len(verdicts(report))}
    assert data["marks"]["watermark"] is None
    assert [policy["id"] for policy in data["policies"]] == list(DEFAULT_POLICIES)
    assert data["not_assessed"][0] == {"id": "carrier", **CARRIER_NOTE.to_dict(), "clauses": []}
    assert {"consent", "filing"} <= {item["id"] for item in data["not_assessed"]}
    assert data["suppressed"] == []


def test_rules_come_in_natural_order_the_questions_after_them():
    rules = list(verdicts(sp.audit(low())))
    split = next(i for i, rule in enumerate(rules) if rule.startswith("A-"))
    assert rules[:split] == sorted(rules[:split], key=natural)
    assert rules[split:] == sorted(rules[split:], key=natural)
    assert rules.index("DS-16.2") < rules.index("DS-16.10")


def test_it_says_the_same_every_time():
    one, two = (sp.audit(low(), declaration=declared()).to_dict() for _ in range(2))
    one.pop("seconds")
    two.pop("seconds")
    assert one == two


@pytest.mark.parametrize(
    ("select", "ignore", "kept"),
    [
        (["DS-17.4"], [], {"DS-17.4"}),
        (["ds-17"], [], {"DS-17.4", "DS-17.5", "DS-17.6", "DS-17.7", "DS-17.9"}),
        (["DS-16.1"], [], {"DS-16.1"}),
        (["A-14"], [], {"A-14"}),
        (["A"], ["A-14"], {"A-2", "A-6", "A-14b", "A-17", "A-IP"}),
        (["DS-17"], ["DS-17.5", "DS-17.6"], {"DS-17.4", "DS-17.7", "DS-17.9"}),
        (["DS-17.4"], ["DS-17"], set()),
    ],
)
def test_what_is_selected_and_ignored_is_told_apart(select, ignore, kept):
    report = sp.audit(low(), select=select, ignore=ignore, depth="cheap")
    assert set(verdicts(report)) == kept
    suppressed = {entry["rule"]: entry["why"] for entry in report["suppressed"]}
    assert set(suppressed) | kept == set(verdicts(sp.audit(low(), depth="cheap")))
    assert not set(suppressed) & kept
    assert set(suppressed.values()) <= {"not selected", "ignored by option"}
    assert report["coverage"]["rules_total"] == len(kept)


def test_one_policy_alone_asks_its_own_rules():
    report = sp.audit(low(), policies=["cn-deep-synthesis"], declaration=declared())
    assert "DS-16.2" not in verdicts(report)
    assert {ref.partition(":")[0] for f in report.findings for ref in f.clauses} == {"cn-deep-synthesis"}


def test_a_policy_named_twice_counts_once():
    report = sp.audit(low(), policies=["cn-ai-labels", "cn-ai-labels"])
    assert len(report["policies"]) == 1
    assert all(len(set(f.clauses)) == len(f.clauses) for f in report.findings)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policies": ["cn-ai-label"]}, "unknown policy 'cn-ai-label'; did you mean 'cn-ai-labels'?"),
        ({"select": ["DS-17.44"]}, "unknown rule 'DS-17.44'; did you mean 'DS-17.4'?"),
        ({"ignore": ["A-22"]}, "unknown rule 'A-22'"),
        ({"select": ["D"]}, "unknown rule 'D'"),
        ({"depth": "deap"}, "unknown depth 'deap'; did you mean"),
        ({"settings": ["rol=user"]}, "did you mean 'role'?"),
        ({"declaration": {"rol": "user"}}, "did you mean 'role'?"),
        ({"declaration": "none.toml"}, "none.toml: declaration cannot be read"),
        ({"rules_dir": "none"}, "no such folder"),
    ],
)
def test_an_unknown_name_is_a_usage_error_before_the_asset_is_read(options, message):
    with pytest.raises(UsageError) as caught:
        sp.audit("no-such-file.glb", **options)
    assert message in str(caught.value)


def test_an_asset_that_cannot_be_read_is_an_input_error():
    with pytest.raises(InputError, match="no such file"):
        sp.audit("no-such-file.glb")
    with pytest.raises(InputError, match=r"^<memory>"):
        sp.audit(b"")


def test_the_declaration_beside_a_file_is_used_and_settings_win(tmp_path):
    (tmp_path / "low.glb").write_bytes(low())
    (tmp_path / "low.declaration.toml").write_text('role = "user"\norigin = "handmade"\n')
    report = sp.audit(tmp_path / "low.glb", settings=["role=none"])
    assert report["declaration"]["source"].endswith("low.declaration.toml + options")
    assert verdicts(report)["DS-17.9"] == "notApplicable"
    assert sp.audit(low())["declaration"] is None


def test_an_ai_made_part_counts_in_the_assessment():
    plain, mixed = (
        sp.audit(low(), declaration={"origin": "captured", "part": parts})["assessment"]["realism_risk"]["tests"]
        for parts in ([], [{"node": "box", "origin": "ai-generated"}])
    )
    assert mixed["synthesised"] == "for"
    assert plain["synthesised"] != "for"


def test_a_local_rule_runs_and_weighs_what_it_says(rules):
    folder = rules("studio_1.py", LOCAL)
    report = sp.audit(low(), rules_dir=folder)
    (found,) = findings(report)["STUDIO-1"]
    assert (str(found.verdict), str(found.severity), found.clauses, found.standing) == ("fail", "info", (), None)
    assert report.exit_code() == 0
    assert report.exit_code("info") == 1
    assert set(verdicts(sp.audit(low(), rules_dir=folder, select=["STUDIO-1"]))) == {"STUDIO-1"}


def test_a_local_rule_is_run_only_by_the_audit_that_names_its_folder(rules):
    folder = rules("studio_1.py", LOCAL)
    sp.audit(low(), rules_dir=folder)
    assert "STUDIO-1" not in verdicts(sp.audit(low()))
    assert "STUDIO-1" not in rule_ids()
    with pytest.raises(UsageError, match="unknown rule"):
        sp.audit(low(), select=["STUDIO-1"])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("studio_1.py", LOCAL.replace("STUDIO-1", "OTHER"), "is no rule"),
        ("studio_1.py", LOCAL.replace("def check", "def judge"), "is no rule"),
        ("studio_1.py", "x = 1", "is no rule"),
        ("studio_1.py", "import nothing_like_this", "does not load"),
        ("ds_16_1.py", LOCAL, "is taken"),
    ],
)
def test_a_file_that_is_no_rule_is_a_usage_error(rules, name, text, message):
    with pytest.raises(UsageError, match=message):
        sp.audit(low(), rules_dir=rules(name, text))


BROKEN = {
    "raises": "raise ValueError('nothing here')",
    "gives nothing": "return None",
    "gives something else": "yield 3",
    "fails half way": "yield Outcome(State.OK, Text('a', '甲'))\n    raise KeyError('late')",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_rule_that_cannot_run_is_told_and_the_others_run(rules, body):
    head = LOCAL[: LOCAL.index("    yield")]
    report = sp.audit(low(), rules_dir=rules("studio_1.py", head + "    " + body))
    (found,) = findings(report)["STUDIO-1"]
    assert str(found.verdict) == "error"
    assert "could not run" in found.message.en
    assert report.exit_code("never") == 3
    total = report["coverage"]["rules_total"]
    assert report["coverage"]["rules_run"] == total - 1
    assert len(verdicts(report)) == total


def test_a_signal_that_cannot_be_measured_is_told(monkeypatch):
    from sceneproof.signals.human import face_morphs

    def fail(scene: Any) -> None:
        raise ZeroDivisionError("no face")

    monkeypatch.setattr(face_morphs, "measure", fail)
    report = sp.audit(low())
    (found,) = findings(report)["SIGNAL"]
    assert found.evidence == {"signal": "face-morphs"}
    assert report.exit_code() == 3


def test_a_harmless_fault_of_the_file_is_for_review():
    from tests.makers.hostile import FILES

    report = sp.audit(FILES["singular_transform"]())
    assert json.dumps(report.to_dict())
    for found in findings(report).get("FILE", []):
        assert (str(found.verdict), str(found.severity)) == ("review", "info")


@pytest.mark.parametrize("depth", ["cheap", "normal", "deep"])
def test_each_depth_measures_at_least_as_much(depth):
    cheap = {signal.id for signal in sp.audit(low(), depth="cheap").signals}
    assert cheap <= {signal.id for signal in sp.audit(low(), depth=depth).signals}


def test_marks_are_read_as_verify_reads_them():
    from tests._marked import bytes_of

    data = bytes_of(marked_low())
    marks, verified = sp.audit(data)["marks"], sp.verify(data)
    assert marks["label"] == verified["label"]
    assert marks["metadata"] == verified["metadata"]
