"""What the policies in the package say: complete, bilingual, honest about what was read."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date

import pytest

from sceneproof.findings import Severity, Text
from sceneproof.policies import Clause, Policy, load_policy, policy_ids

CJK = re.compile(r"[\u4e00-\u9fff]")
TRADITIONAL = re.compile("[術場內圖標識別義務規範應當與檢條項權學習過這個們]")


@pytest.fixture(params=policy_ids())
def policy(request: pytest.FixtureRequest) -> Policy:
    return load_policy(request.param)


@pytest.fixture(scope="module")
def synthesis() -> Policy:
    return load_policy("cn-deep-synthesis")


@pytest.fixture(scope="module")
def labels() -> Policy:
    return load_policy("cn-ai-labels")


def texts(value: object, place: str) -> list[tuple[str, Text]]:
    """Every bilingual text below a value, with its place."""
    if isinstance(value, Text):
        return [(place, value)]
    if isinstance(value, tuple):
        return [found for index, entry in enumerate(value) for found in texts(entry, f"{place}/{index}")]
    if is_dataclass(value):
        return [t for field in fields(value) for t in texts(getattr(value, field.name), f"{place}/{field.name}")]
    return []


def articles(policy: Policy, document: str) -> list[Clause]:
    return [clause for clause in policy.clauses if clause.document == document and clause.is_article]


def test_every_article_of_the_provisions_stands_exactly_once(synthesis: Policy) -> None:
    assert [clause.id for clause in articles(synthesis, "provisions")] == [str(n) for n in range(1, 26)]
    assert [clause.cite.en for clause in articles(synthesis, "provisions")] == [f"Art. {n}" for n in range(1, 26)]


def test_every_article_of_the_measures_stands_exactly_once(labels: Policy) -> None:
    assert [clause.id for clause in articles(labels, "measures")] == [f"meas-{n}" for n in range(1, 15)]


def test_the_chapters_and_the_normative_annex_of_the_standard_are_there(labels: Policy) -> None:
    assert [clause.id for clause in articles(labels, "gb")] == ["gb-5", "gb-6", "gb-e"]
    assert {f"gb-5-{n}" for n in range(1, 7)} <= {clause.id for clause in labels.clauses}
    assert {f"gb-e-{letter}" for letter in "acdefghij"} <= {clause.id for clause in labels.clauses}


def test_the_sub_paragraphs_of_article_17_are_there(synthesis: Policy) -> None:
    parts = [clause.id for clause in synthesis.clauses if clause.id.startswith("17-")]
    assert parts == ["17-1", *(f"17-1-{n}" for n in range(1, 6)), "17-2"]


def test_a_part_stands_after_the_article_that_it_belongs_to(policy: Policy) -> None:
    seen: set[str] = set()
    for clause in policy.clauses:
        if not clause.is_article and clause.document in {"provisions", "measures"}:
            assert clause.id.rpartition("-")[0] in seen or re.fullmatch(r"meas-6-1-\w+", clause.id)
        seen.add(clause.id)


def test_chinese_article_numbers_agree_with_the_english_ones(policy: Policy) -> None:
    numerals = "零一二三四五六七八九"

    def chinese(number: int) -> str:
        tens, ones = divmod(number, 10)
        return {0: "", 1: "十"}.get(tens, f"{numerals[tens]}十") + (numerals[ones] if ones or not number else "")

    for clause in policy.clauses:
        found = re.match(r"Art\. (\d+)", clause.cite.en)
        if found:
            assert clause.cite.zh.startswith(f"第{chinese(int(found[1]))}条"), clause.id


def test_every_text_is_bilingual_and_its_chinese_is_simplified(policy: Policy) -> None:
    found = texts(policy, policy.id)
    assert len(found) > 100
    for place, text in found:
        named = re.search(r"/(short|cite|citation|title)$", place)  # "TC260-PG-20252A" and "5.5" name a place only
        assert named or CJK.search(text.zh), f"{place}: no Chinese in {text.zh!r}"
        assert not CJK.search(text.en) or "gb-5-5-b" in place or "人工智能" in text.en, f"{place}: {text.en!r}"
        assert not TRADITIONAL.search(text.zh), f"{place}: not simplified: {text.zh!r}"


def test_official_wording_names_the_source_in_which_it_was_read(policy: Policy) -> None:
    for entry in (*policy.clauses, *policy.definitions):
        assert (entry.source is None) == (entry.standing == "recalled"), entry.id
        if entry.wording_zh is not None:
            assert entry.source, entry.id
            assert CJK.search(entry.wording_zh), entry.id
            assert "…" not in entry.wording_zh, f"{entry.id}: a quotation with a gap is no wording"


def test_what_was_only_recalled_says_so(synthesis: Policy) -> None:
    assert {clause.id for clause in synthesis.clauses if clause.standing == "recalled"} == {"21", "22"}
    assert {"5", "7", "8", "10", "11", "12", "13", "15", "24"} <= {
        clause.id for clause in synthesis.clauses if clause.standing == "mixed"
    }


def test_only_a_draft_a_guide_or_a_practice_has_no_date_of_effect(policy: Policy) -> None:
    for clause in policy.clauses:
        assert clause.effective is not None or clause.force in {"draft", "guide", "practice"}, clause.id
    assert all(clause.effective == policy.effective for clause in policy.clauses if clause.force == "binding")


def test_dates_of_the_leading_documents(synthesis: Policy, labels: Policy) -> None:
    assert (synthesis.adopted, synthesis.effective) == (date(2022, 11, 3), date(2023, 1, 10))
    assert (labels.adopted, labels.effective) == (date(2025, 3, 7), date(2025, 9, 1))


def test_the_note_says_no_advice_and_no_official_carrier(policy: Policy) -> None:
    assert "not legal advice" in policy.note.en
    assert "No official carrier" in policy.note.en
    assert "不构成法律意见" in policy.note.zh
    assert "没有针对三维文件标识载体的官方规定" in policy.note.zh


def test_cited_clauses_exist(policy: Policy) -> None:
    for duty in (*policy.requirements, *policy.attestations, *policy.not_assessed):
        assert all(policy.clause(clause_id) for clause_id in duty.clauses)
    for definition in policy.definitions:
        assert policy.clause(definition.clause)


def test_what_a_rule_decides_is_never_called_irrelevant_to_files(policy: Policy) -> None:
    for clause in policy.clauses:
        assert not (clause.rules and clause.decidable == "none"), clause.id


def test_a_binding_clause_that_a_tool_can_only_ask_is_asked_or_listed_as_not_assessed(policy: Policy) -> None:
    listed = {clause_id for entry in policy.not_assessed for clause_id in entry.clauses}
    asked = {clause_id for entry in policy.attestations for clause_id in entry.clauses}
    for clause in policy.clauses:
        if clause.decidable == "ask" and clause.force == "binding":
            assert clause.id in listed | asked or clause.id == "17-1-2", clause.id


def test_definitions_of_article_23_are_complete(synthesis: Policy) -> None:
    families = [entry.id for entry in synthesis.definitions if entry.kind == "family"]
    assert [re.search(r"\((\d)\)", synthesis.definition(name).cite.en)[1] for name in families] == list("123456")  # type: ignore[index]
    assert families[-1] == "family-6-3d"
    assert "三维重建" in synthesis.definition("family-6-3d").text.zh
    assert {"repair", "enhancement"} <= set(re.findall(r"\w+", synthesis.definition("family-5-non-biometric").text.en))
    others = {entry.id for entry in synthesis.definitions} - set(families)
    assert others == {
        "deep-synthesis-technology",
        "provider",
        "supporter",
        "user",
        "training-data",
        "immersive-scene",
    }


def test_the_immersive_scene_has_its_three_tests(synthesis: Policy) -> None:
    scene = synthesis.definition("immersive-scene")
    assert [test.id for test in scene.tests] == ["synthesised", "immersive", "realistic"]
    assert all(not entry.tests for entry in synthesis.definitions if entry is not scene)


def test_the_prohibited_acts_of_article_6_are_two_questions_under_one(synthesis: Policy) -> None:
    parts = [entry for entry in synthesis.attestations if entry.part_of == "A-6"]
    assert [(entry.id, entry.answered_by, entry.clauses) for entry in parts] == [
        ("A-6a", ("attest.no_fake_news",), ("6-2",)),
        ("A-6b", ("attest.no_banned_use",), ("6-1",)),
    ]
    whole = synthesis.attestation("A-6")
    assert whole is not None
    assert set(whole.answered_by) == {key for entry in parts for key in entry.answered_by}


@pytest.mark.parametrize(
    ("name", "answered_by", "problem"),
    [
        ("A-2", ("role", "market", "public"), None),
        ("A-6a", ("attest.no_fake_news",), False),
        ("A-6b", ("attest.no_banned_use",), False),
        ("A-14", ("attest.consent",), False),
        ("A-14b", ("attest.training_data_lawful",), False),
        ("A-17", ("attest.confusing",), None),
        ("A-IP", ("attest.likeness_rights",), False),
    ],
)
def test_each_attestation_names_the_field_that_answers_it(
    synthesis: Policy, name: str, answered_by: tuple[str, ...], problem: bool | None
) -> None:
    attestation = synthesis.attestation(name)
    assert attestation is not None
    assert (attestation.answered_by, attestation.problem) == (answered_by, problem)


def test_severity_is_one_step_lower_for_a_role_that_does_not_carry_the_duty(synthesis: Policy) -> None:
    label = synthesis.requirement("DS-17.4")
    assert label is not None
    assert label.severity_for("provider") is Severity.ERROR
    assert label.severity_for("user") is Severity.WARNING
    assert label.severity_for(None) is Severity.WARNING
    function = synthesis.requirement("DS-17.3")
    assert function is not None
    assert function.severity_for("none") is Severity.INFO
    tampering = synthesis.requirement("DS-18.2")
    assert tampering is not None
    assert tampering.severity_for("none") is tampering.severity_for(None) is Severity.ERROR


def test_a_missing_label_fails_only_when_origin_publicness_and_confusion_are_declared(policy: Policy) -> None:
    label = policy.requirement("DS-17.4")
    assert label is not None
    assert label.when.origins == ("ai-generated", "ai-edited", "reconstructed-learned")
    assert label.when.origins_review == ("reconstructed-classical", "simulated")
    assert label.when.public is True
    assert label.when.attest == {"confusing": True}
    assert "component" not in label.when.units
    assert label.when.units


def test_the_same_rule_is_as_heavy_in_both_policies(synthesis: Policy, labels: Policy) -> None:
    shared = {entry.rule for entry in synthesis.requirements} & {entry.rule for entry in labels.requirements}
    assert "DS-16.1" in shared
    for rule in shared:
        one, other = synthesis.requirement(rule), labels.requirement(rule)
        assert one is not None
        assert other is not None
        assert (one.kind, one.severity, one.applies_to, one.when) == (
            other.kind,
            other.severity,
            other.applies_to,
            other.when,
        )


@pytest.mark.parametrize(
    ("rule", "severity", "roles"),
    [
        ("DS-16.1", "error", {"provider"}),
        ("DS-16.2", "error", {"provider"}),
        ("DS-16.3", "error", {"provider", "propagator"}),
        ("DS-16.4", "warning", {"provider"}),
        ("DS-16.5", "warning", {"provider"}),
        ("DS-16.10", "warning", {"everyone"}),
        ("DS-17.5", "error", {"provider"}),
        ("DS-17.6", "warning", {"provider"}),
        ("DS-17.7", "error", {"provider"}),
        ("DS-17.9", "error", {"provider"}),
        ("DS-18.2", "error", {"everyone"}),
    ],
)
def test_severities_and_roles_of_the_rules(labels: Policy, rule: str, severity: str, roles: set[str]) -> None:
    requirement = labels.requirement(rule)
    assert requirement is not None
    assert (str(requirement.severity), set(requirement.applies_to)) == (severity, roles)


def test_limits_of_the_standard(labels: Policy, synthesis: Policy) -> None:
    limits = labels.limits
    assert (limits.label_height_fraction, limits.label_height_recommended, limits.contrast_ratio) == (0.05, 0.07, 4.5)
    assert limits.aspect_ratios == ((16, 9), (9, 16), (1, 1))
    assert limits.ai_elements == ("人工智能", "AI")
    assert limits.generation_elements == ("生成", "合成")
    assert len(limits.metadata_fields) == 7
    assert set(limits.metadata_non_empty) <= set(limits.metadata_fields)
    assert list(limits.label_values) == ["1", "2", "3"]
    assert limits.producer_label_values == ("1",)
    assert synthesis.limits is limits


def test_the_character_set_is_printable_ascii_without_space_quote_and_backslash(labels: Policy) -> None:
    allowed = {chr(point) for first, last in labels.limits.code_points for point in range(first, last + 1)}
    assert {chr(point) for point in range(0x20, 0x7F)} - allowed == {" ", '"', "\\"}
    assert len(allowed) == 0x7F - 0x20 - 3
    assert labels.limits.escaped_characters == ('"',)


def test_ours_is_not_passed_off_as_the_standards(labels: Policy) -> None:
    ours = {name for name, basis in labels.limits.basis.items() if basis == "proposal"}
    assert ours == {
        "label_height_recommended",
        "aspect_ratios",
        "contrast_ratio",
        "translated_ai_elements",
        "translated_generation_elements",
        "producer_label_values",
    }


def test_the_provider_code_has_27_characters_and_the_check_of_gb_32100(labels: Policy) -> None:
    code = labels.limits.provider_code
    assert [(segment.name, segment.start, segment.length) for segment in code.segments] == [
        ("format", 0, 2),
        ("subject", 2, 1),
        ("binding", 3, 1),
        ("credit_code", 4, 18),
        ("service", 22, 1),
        ("free", 23, 4),
    ]
    assert set(code.check_alphabet).isdisjoint("IOSVZ")
    assert code.segment("service").values["2"].zh == "传播"
    example = "91350100M000100Y43"  # the example given in GB 32100-2015
    weighed = sum(code.check_alphabet.index(sign) * code.check_weight_base**i for i, sign in enumerate(example[:17]))
    assert code.check_alphabet[-weighed % code.check_modulus] == example[17]
