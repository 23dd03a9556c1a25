"""What the studio states: read strictly, written canonically, overridden field by field."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof import declaration as d
from sceneproof.declaration import Declaration, Generator, Part
from sceneproof.errors import UsageError
from sceneproof.report.schemas import schema

FULL = """\
schema = "sceneproof.declaration/1"
role = "provider"
market = ["cn", "eu"]
public = false
unit = "avatar"
origin = "captured"
producer = "样例工作室"
content_id = "A-1"
generator = { name = "tool", version = "2" }
attest = { confusing = true, consent = false }

[[part]]
node = "Head"
origin = "ai-generated"
generator = { name = "model" }

[[part]]
mesh = "Body"
origin = "handmade"
"""
texts = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
optional = st.none()
generators = st.builds(Generator, texts, st.just("") | texts)
parts = st.builds(lambda origin, name, mesh, made: Part(origin, *((None, name) if mesh else (name, None)), made),
                  st.sampled_from(d.ORIGINS), texts, st.booleans(), optional | generators)  # fmt: skip
declarations = st.builds(
    Declaration,
    role=optional | st.sampled_from(d.ROLES),
    market=st.lists(st.sampled_from(d.MARKETS), max_size=3).map(tuple),
    public=optional | st.booleans(),
    unit=optional | st.sampled_from(d.UNITS),
    origin=optional | st.sampled_from(d.ORIGINS),
    producer=optional | texts,
    content_id=optional | texts,
    generator=optional | generators,
    attest=st.dictionaries(st.sampled_from(d.ATTESTATIONS), st.booleans()),
    part=st.lists(parts, max_size=3).map(tuple),
)


def table(text: str) -> Declaration:
    return d.from_table(tomllib.loads(text), "file")


def test_every_field_is_read():
    stated = table(FULL)
    assert stated == Declaration(
        "provider", ("cn", "eu"), False, "avatar", "captured", "样例工作室", "A-1", Generator("tool", "2"),
        {"confusing": True, "consent": False},
        (Part("ai-generated", "Head", None, Generator("model")), Part("handmade", None, "Body")), "file",
    )  # fmt: skip


@given(declarations)
def test_what_is_written_reads_back_the_same(stated):
    again = table(d.to_toml(stated))
    assert replace(again, source="api") == stated
    assert again.sha256 == stated.sha256


@given(declarations)
def test_what_is_written_fits_the_schema(stated):
    jsonschema.validate(tomllib.loads(d.to_toml(stated)), schema("sceneproof.declaration/1"))


@given(declarations)
def test_an_answer_is_none_exactly_when_the_field_is_not_written(stated):
    written = tomllib.loads(d.to_toml(stated))
    for name in ("role", "market", "public", "unit", "origin", "producer", "content_id"):
        assert (stated.answer(name) is None) == (name not in written)


def test_the_schema_names_the_fields_and_values_that_are_read():
    known = schema("sceneproof.declaration/1")
    assert set(known["properties"]) == {item.name for item in fields(Declaration)} - {"source"} | {"schema"}
    assert tuple(known["properties"]["market"]["items"]["enum"]) == d.MARKETS
    assert tuple(known["properties"]["attest"]["propertyNames"]["enum"]) == d.ATTESTATIONS
    assert tuple(known["$defs"]["origin"]["enum"]) == d.ORIGINS
    assert tuple(known["properties"]["unit"]["enum"]) == d.UNITS
    assert tuple(known["properties"]["role"]["enum"]) == d.ROLES


def test_every_answer_that_a_policy_asks_for_is_a_field():
    from sceneproof.policies import load_policy, policy_ids

    asked = {name for policy in policy_ids() for item in load_policy(policy).attestations for name in item.answered_by}
    known = {item.name for item in fields(Declaration)} | {f"attest.{name}" for name in d.ATTESTATIONS}
    assert asked <= known


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('rol = "provider"', "unknown declaration field 'rol'; did you mean 'role'?"),
        ('role = "provder"', "unknown role 'provder'; did you mean 'provider'?"),
        ('origin = "handmad"', "did you mean 'handmade'?"),
        ('unit = "sceen"', "did you mean 'scene'?"),
        ('market = ["cm"]', "did you mean 'cn'?"),
        ("market = 1", "a list of markets is needed"),
        ("role = 1", "unknown role '1'"),
        ('public = "yes"', "true or false is needed"),
        ('producer = " "', "a text that is not empty is needed"),
        ("content_id = 7", "a text that is not empty is needed, not 7"),
        ("attest = true", "a table is needed"),
        ("attest = { confusin = true }", "unknown attestation 'confusin'; did you mean 'confusing'?"),
        ('attest = { confusing = "true" }', "attest.confusing: true or false is needed"),
        ('generator = "x"', "a table is needed"),
        ('generator = { nam = "x" }', "did you mean 'name'?"),
        ('generator = { version = "1" }', "generator.name"),
        ("part = 3", "an array of tables"),
        ("part = [3]", "part[0]: a table is needed"),
        ('[[part]]\norigin = "captured"', "part[0]: name either a node or a mesh"),
        ('[[part]]\nnode = "a"\nmesh = "b"\norigin = "captured"', "name either a node or a mesh"),
        ('[[part]]\nnode = "a"\norign = "captured"', "did you mean 'origin'?"),
        ('[[part]]\nnode = "a"', "unknown origin 'None'"),
        ('schema = "sceneproof.declaration/2"', "schema is 'sceneproof.declaration/2'"),
    ],
)
def test_what_is_wrong_is_named_with_the_nearest_known(text, message):
    with pytest.raises(UsageError) as caught:
        table(text)
    assert str(caught.value).startswith("file: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_settings_win_over_the_file_and_leave_the_rest():
    stated = d.with_settings(table(FULL), ["role=user", "public=yes", "market=kr, jp", "attest.consent=true"])
    assert (stated.role, stated.public, stated.market) == ("user", True, ("kr", "jp"))
    assert dict(stated.attest) == {"confusing": True, "consent": True}
    assert stated.part == table(FULL).part
    assert stated.source == "file + options"


def test_settings_alone_are_options_and_none_change_nothing():
    assert d.with_settings(Declaration(), ["role=user"]).source == "options"
    assert d.with_settings(table(FULL), []) == table(FULL)


def test_a_generator_can_be_set_in_parts():
    stated = d.with_settings(table(FULL), ["generator.version=3"])
    assert stated.generator == Generator("tool", "3")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("role", "KEY=VALUE is needed"),
        ("rol=user", "did you mean 'role'?"),
        ("role=usr", "did you mean 'user'?"),
        ("public=maybe", "true or false is needed"),
        ("attest.confusng=true", "did you mean 'confusing'?"),
        ("attest.confusing=perhaps", "true or false is needed"),
        ("attest=true", "attest.confusing=true"),
        ("generator=x", "generator.name=NAME"),
        ("part=x", "in a file only"),
        ("schema=1", "in a file only"),
        ("source=x", "unknown declaration field 'source'"),
        ("producer=", "not empty"),
        ("producer=\udcff", "no UTF-8"),
        ("generator.name=\udcff", "no UTF-8"),
    ],
)
def test_a_wrong_setting_is_named(setting, message):
    with pytest.raises(UsageError, match="--set") as caught:
        d.with_settings(table(FULL), [setting])
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["scene.declaration.toml", "scene.glb.declaration.toml"])
def test_the_declaration_beside_an_asset_is_found(tmp_path, name):
    (tmp_path / name).write_text(FULL, encoding="utf-8")
    stated = d.of(None, tmp_path / "scene.glb")
    assert stated.role == "provider"
    assert stated.source == str(tmp_path / name)


def test_without_one_beside_it_nothing_is_stated(tmp_path):
    assert d.of(None, tmp_path / "scene.glb").is_empty
    assert d.of(None, None).is_empty


@pytest.mark.parametrize("name", ["", ".", "/", "a" * 300, "a\0b"])
def test_a_path_that_names_no_file_has_no_declaration(name):
    assert d.beside(Path(name)) is None


def test_one_given_by_name_wins_over_the_one_beside(tmp_path):
    (tmp_path / "scene.declaration.toml").write_text(FULL, encoding="utf-8")
    (tmp_path / "other.toml").write_text('role = "user"', encoding="utf-8")
    assert d.of(tmp_path / "other.toml", tmp_path / "scene.glb").role == "user"
    assert d.of({"role": "none"}, tmp_path / "scene.glb").role == "none"
    assert d.of(Declaration(role="propagator"), tmp_path / "scene.glb").role == "propagator"


@pytest.mark.parametrize(
    ("content", "message"), [(None, "cannot be read"), (b"\xff", "cannot be read"), (b"role =", "is not TOML")]
)
def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path, content, message):
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=message) as caught:
        d.read(path)
    assert str(path) in str(caught.value)


def test_the_hash_does_not_depend_on_where_it_was_stated():
    assert table(FULL).sha256 == replace(table(FULL), source="elsewhere").sha256
    assert table(FULL).sha256 != replace(table(FULL), role="user").sha256


@pytest.mark.parametrize(
    ("origin", "part", "judged"),
    [
        (None, None, None),
        ("captured", None, "captured"),
        ("captured", "handmade", "captured"),
        ("captured", "ai-generated", "ai-edited"),
        ("handmade", "reconstructed-learned", "ai-edited"),
        (None, "ai-edited", "ai-edited"),
        ("ai-generated", "captured", "ai-generated"),
        ("reconstructed-learned", "ai-generated", "reconstructed-learned"),
    ],
)
def test_an_ai_made_part_makes_the_whole_edited_by_ai(origin, part, judged):
    parts = (Part(part, "x"),) if part else ()
    assert Declaration(origin=origin, part=parts).judged_origin == judged
