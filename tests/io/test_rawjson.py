from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.io._gltf.rawjson import RawJson, dumps

SPACE = st.text(" \t\n\r", max_size=3)
NUMBERS = st.sampled_from(["0", "-0", "0.10", "1.0e+5", "1E2", "-12.5e-3", "1e999", "123456789012345678901234567890"])
CHARACTERS = st.sampled_from(
    ["a", "é", "界", "\\u00e9", "\\ud83d\\ude00", "\\ud800", "\\n", '\\"', "\\\\", "\\/", "/", "{", "]", ",", ":", " "]
)


@st.composite
def strings(draw: Any) -> str:
    return '"' + "".join(draw(st.lists(CHARACTERS, max_size=5))) + '"'


@st.composite
def texts(draw: Any, depth: int = 3) -> str:
    """JSON as a stranger may write it: any white space, any escape, any number token; keys do not repeat."""
    kind = draw(
        st.sampled_from(["object", "array", "number", "string", "word"] if depth else ["number", "string", "word"])
    )
    if kind == "number":
        return draw(NUMBERS)
    if kind == "string":
        return draw(strings())
    if kind == "word":
        return draw(st.sampled_from(["true", "false", "null"]))
    return draw(containers(kind, depth))


@st.composite
def containers(draw: Any, kind: str | None = None, depth: int = 3) -> str:
    kind = kind or draw(st.sampled_from(["object", "array"]))
    values = draw(st.lists(texts(depth - 1), max_size=4))
    members = [f"{draw(SPACE)}{value}{draw(SPACE)}" for value in values]
    if kind == "object":
        keys = draw(st.lists(strings(), min_size=len(values), max_size=len(values), unique_by=json.loads))
        members = [f"{draw(SPACE)}{key}{draw(SPACE)}:{member}" for key, member in zip(keys, members, strict=True)]
    inside = ",".join(members) or draw(SPACE)
    return f"{{{inside}}}" if kind == "object" else f"[{inside}]"


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += places(item, (*here, key))
    return found


def at(value: Any, place: tuple[Any, ...]) -> Any:
    for token in place:
        value = value[token]
    return value


@given(SPACE, containers(), SPACE)
def test_a_text_that_is_not_edited_comes_out_as_it_went_in(before, text, after):
    assert str(RawJson(before + text + after)) == before + text + after


@given(containers(), st.data())
def test_splitting_on_the_way_to_a_place_changes_no_token(text, data):
    raw, tree = RawJson(text), json.loads(text)
    for place in places(tree):
        assert raw.get(place) == at(tree, place)
        if isinstance(at(tree, place), dict | list):
            raw._open(place)
    assert str(raw) == text


@given(containers(), st.data(), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=4))
def test_setting_a_value_does_to_the_text_what_it_does_to_the_tree(text, data, value):
    raw, tree = RawJson(text), json.loads(text)
    place = data.draw(st.sampled_from(places(tree)))
    if not place:
        return
    raw.set(place, value)
    at(tree, place[:-1])[place[-1]] = value
    assert json.loads(str(raw)) == tree
    assert raw.get(place) == value


@given(containers(), st.data(), st.text(), st.integers())
def test_new_members_and_elements_do_the_same(text, data, key, value):
    raw, tree = RawJson(text), json.loads(text)
    place = data.draw(st.sampled_from([p for p in places(tree) if isinstance(at(tree, p), dict | list)]))
    owner = at(tree, place)
    if isinstance(owner, dict):
        raw.set((*place, key), value)
        owner[key] = value
    elif place:
        assert raw.append(place, value) == len(owner)
        owner.append(value)
    assert json.loads(str(raw)) == tree


@given(containers(), st.data())
def test_deleting_does_the_same_and_twice_is_once(text, data):
    raw, tree = RawJson(text), json.loads(text)
    place = data.draw(st.sampled_from(places(tree)))
    if not place or isinstance(place[-1], int):
        return
    for _ in range(2):
        raw.delete(place)
        at(tree, place[:-1]).pop(place[-1], None)
        assert json.loads(str(raw)) == tree


@given(containers("object"), containers("object"))
def test_an_edit_beside_a_member_leaves_its_tokens(first, second):
    raw = RawJson(f'{{ "keep" :{first} ,"touch":{second}}}')
    raw.set(("touch", "new key"), 1)
    assert f'"keep" :{first} ,' in str(raw)


def test_tokens_that_a_rewrite_would_lose_stay():
    text = '{"a":1.0e+5,"b":0.10,"c":"\\u00e9\\/","d":[1.50, 2.0],"e":0}'
    raw = RawJson(text)
    raw.set(("e",), 7)
    raw.append(("d",), 3)
    assert str(raw) == '{"a":1.0e+5,"b":0.10,"c":"\\u00e9\\/","d":[1.50, 2.0,3],"e":7}'


def test_missing_objects_and_arrays_on_the_way_are_made():
    raw = RawJson("{ }")
    raw.set(("asset", "extras", "x"), 1)
    assert raw.append(("extensions", "E", "packets"), {"y": 2}) == 0
    assert json.loads(str(raw)) == {"asset": {"extras": {"x": 1}}, "extensions": {"E": {"packets": [{"y": 2}]}}}


@pytest.mark.parametrize("place", [("a", "a"), ("a", 0), ("b", "a", "a"), ("b", 5), ("b", -1), ("c", "a")])
def test_a_place_below_a_value_or_beyond_an_array_gives_the_default(place):
    assert RawJson('{"a":1,"b":["x"],"c":null}').get(place, "none") == "none"


@pytest.mark.parametrize("place", [("a", "b", "c"), ("list", 5), ("list", 7, "x")])
def test_writing_where_nothing_can_stand_is_an_error(place):
    with pytest.raises(KeyError):
        RawJson('{"a":{"b":1},"list":[]}').set(place, 1)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(st.characters()), st.lists, max_leaves=5))
def test_new_values_are_always_writable_as_utf8(value):
    surrogate = ["\ud800", copy.deepcopy(value)]
    assert json.loads(dumps(surrogate).encode("utf-8")) == surrogate


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_does_not_have_is_refused(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        dumps([value])
