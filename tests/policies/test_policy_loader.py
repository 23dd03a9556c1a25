"""Finding and reading policies, and what is said of a file that is not as the format asks."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

import sceneproof
from sceneproof.errors import SceneproofError, UsageError
from sceneproof.policies import load_policy, parse_policy, policy_ids

ID = "cn-deep-synthesis"


def source(policy_id: str = ID) -> str:
    return files("sceneproof.policies").joinpath(f"{policy_id}.toml").read_text(encoding="utf-8")


def changed(old: str, new: str, policy_id: str = ID) -> bytes:
    """The policy's file with its first occurrence of `old` replaced."""
    text = source(policy_id)
    assert old in text
    return text.replace(old, new, 1).encode()


def test_each_file_is_found_by_its_name() -> None:
    assert policy_ids() == ("cn-ai-labels", "cn-deep-synthesis")
    assert [load_policy(policy_id).id for policy_id in policy_ids()] == list(policy_ids())


def test_the_hash_is_that_of_the_file() -> None:
    data = files("sceneproof.policies").joinpath(f"{ID}.toml").read_bytes()
    assert load_policy(ID).sha256 == hashlib.sha256(data).hexdigest()


def test_a_clause_is_found_by_its_id_and_names_its_policy() -> None:
    clause = load_policy(ID).clause("17-1-4")
    assert clause.ref == "cn-deep-synthesis:17-1-4"
    assert clause.citation.en == "Deep Synthesis Provisions, Art. 17(1)(4)"
    assert clause.citation.zh == "《互联网信息服务深度合成管理规定》第十七条第一款第（四）项"


def test_what_a_policy_does_not_hold() -> None:
    policy = load_policy(ID)
    with pytest.raises(KeyError, match="no clause '26'"):
        policy.clause("26")
    with pytest.raises(KeyError, match="no document 'x'"):
        policy.document("x")
    with pytest.raises(KeyError, match="no definition 'x'"):
        policy.definition("x")
    assert policy.requirement("DS-16.5") is None
    assert policy.attestation("A-99") is None


def test_standing_of_several_clauses() -> None:
    policy = load_policy(ID)
    assert policy.standing(("16", "18")) == "read"
    assert policy.standing(("21", "22")) == "recalled"
    assert policy.standing(("16", "21")) == "mixed"
    assert policy.standing(("15",)) == "mixed"


def test_an_unknown_id_names_the_nearest_known_one() -> None:
    with pytest.raises(UsageError, match="unknown policy 'cn-deep-synthesys'; did you mean 'cn-deep-synthesis'"):
        load_policy("cn-deep-synthesys")


@pytest.mark.parametrize("policy_id", ["../cn-ai-labels", "", "cn-ai-labels.toml", "__init__"])
def test_an_id_is_never_taken_for_a_path(policy_id: str) -> None:
    with pytest.raises(UsageError):
        load_policy(policy_id)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('decidable = "none"', 'decidible = "none"', "#/clause/0/decidable: is missing"),
        ('subject = ["everyone"]', 'subject = ["everyone"]\nweight = 1', "#/clause/0/weight: unknown key"),
        ('subject = ["everyone"]', 'subject = ["everyon"]', "#/clause/0/subject/0: .*did you mean 'everyone'"),
        ('subject = ["everyone"]', "subject = []", "#/clause/0/subject: is missing or empty"),
        ('subject = ["everyone"]', 'subject = ["user", "user"]', "#/clause/0/subject/1: 'user' stands twice"),
        ('subject = ["everyone"]', "subject = [1]", "#/clause/0/subject/0: must be a text"),
        ('standing = "read"', 'standing = "known"', "#/clause/0/standing: unknown value 'known'"),
        ('standing = "read"', 'standing = "recalled"', "#/clause/0/source: is needed unless"),
        ('standing = "read"\nsource', 'standing = "read"\nsauce', "#/clause/0/source: is needed unless"),
        ("adopted = 2022-11-03", 'adopted = "2022-11-03"', "#/adopted: must be a date"),
        ("adopted = 2022-11-03", "adopted = 2022-11-03T00:00:00", "#/adopted: must be a date"),
        ('version = "2026.11"', "version = 2026", "#/version: must be a text"),
        ('version = "2026.11"', 'version = ""', "#/version: is empty"),
        ('version = "2026.11"', 'version = "2026.11"\nverson = "1"', "#/verson: unknown key; did you mean 'version'"),
        ('id = "cn-deep-synthesis"', 'id = "cn-deep"', "#/id: must be 'cn-deep-synthesis'"),
        ('[[clause]]\nid = "3"', '[[clause]]\nid = "1"', "#/clause/2: the id '1' stands twice"),
        ('document = "provisions"', 'document = "provision"', "#/clause/0/document: .*did you mean 'provisions'"),
        ('clauses = ["vrm-meta"]', 'clauses = ["vrm"]', "#/requirement/2/clauses/0: unknown value 'vrm'"),
        ('rules = ["DS-15.1"]', "rules = []", "#/clause/.*/rules: 15: DS-15.1 names this clause but is not listed"),
        ('rules = ["DS-15.1"]', 'rules = ["DS-15.1", "DS-15.2"]', "15: DS-15.2 does not name this clause"),
        ("when.public = true", 'when.public = "yes"', "#/requirement/4/when/public: must be true or false"),
        ("when.public = true", "when.publik = true", "#/requirement/4/when/publik: unknown key; did you mean 'public'"),
        ('["reconstructed-classical", "simulated"]', '["ai-edited"]', "'ai-edited' stands in origins too"),
        ("{ confusing = false }", "{ confusing = 0 }", "/when/attest/confusing: must be true or false"),
        ('part_of = "A-6"', 'part_of = "A-7"', "#/attestation/2/part_of: no attestation 'A-7'"),
        ('limits_from = "cn-ai-labels"', 'limits_from = "cn-ai-label"', "#/limits_from: .*did you mean 'cn-ai-labels'"),
        ('limits_from = "cn-ai-labels"', 'limits_from = "cn-deep-synthesis"', "#/limits_from: names the policy itself"),
        ('limits_from = "cn-ai-labels"', "", "#/limits: is missing"),
        ("[note]", "[limits]\n[note]", "#/limits_from: a policy has limits of its own"),
        ('title = { en = "Prov', 'title = { de = "", en = "Prov', "#/title/de: unknown key"),
        ("[note]", "[note", "not valid TOML"),
    ],
)
def test_a_slip_is_named_with_its_place(old: str, new: str, message: str) -> None:
    with pytest.raises(SceneproofError, match=message) as caught:
        parse_policy(changed(old, new), ID)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("label_height_fraction = 0.05", "label_height_fraction = -0.05", "must be a number above zero"),
        ("label_height_fraction = 0.05", "label_height_fraction = nan", "must be a number above zero"),
        ("label_height_fraction = 0.05", "", "#/limits/label_height_fraction: is missing"),
        ('"16:9"', '"16x9"', "#/limits/aspect_ratios/0: must read like '16:9'"),
        ("[0x23, 0x5B]", "[0x23]", "#/limits/code_points/1: must be a pair"),
        ("[0x23, 0x5B]", "[0x5B, 0x23]", "#/limits/code_points/1: ends before it begins"),
        ("length = 27", "length = 22", "the segments hold 27 characters, the code 22"),
        ("check_modulus = 31", "check_modulus = 30", "has 31 signs, the modulus is 30"),
        ('log_months = "meas-9"', "", "#/limits/basis/log_months: is missing"),
        ('log_months = "meas-9"', 'log_months = "meas-99"', "#/limits/basis/log_months: unknown value"),
        ("metadata_copies = 1", "metadata_copies = true", "must be a whole number"),
    ],
)
def test_a_slip_in_the_limits_is_named_with_its_place(old: str, new: str, message: str) -> None:
    with pytest.raises(SceneproofError, match=message):
        parse_policy(changed(old, new, "cn-ai-labels"), "cn-ai-labels")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(SceneproofError, match=r"cn-deep-synthesis\.toml: not valid TOML"):
        parse_policy(b"\xff\xfe", ID)


def run(code: str, path: Path) -> str:
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(path)!r})\n{code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "before = set(sys.modules)\n"
        "from sceneproof.policies import load_policy, policy_ids\n"
        "for policy_id in policy_ids(): load_policy(policy_id)\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = set(run(code, Path(sceneproof.__file__).parents[1]).split())
    foreign = {name for name in loaded if name not in sys.stdlib_module_names and not name.startswith("_")}
    assert foreign == {"sceneproof"}


def test_policies_are_found_in_a_zipped_package(tmp_path: Path) -> None:
    package = Path(sceneproof.__file__).parent
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in [*package.glob("*.py"), *package.joinpath("policies").iterdir()]:
            if path.is_file():
                target.write(path, Path("sceneproof") / path.relative_to(package))
    code = "from sceneproof.policies import *\nprint(*(load_policy(name).sha256 for name in policy_ids()))"
    assert run(code, archive).split() == [load_policy(name).sha256 for name in policy_ids()]
