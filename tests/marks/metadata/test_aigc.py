"""The AIGC record: seven strings, bare or wrapped, every fault by its code."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sceneproof.marks.metadata import aigc
from sceneproof.marks.metadata.aigc import Fault

GOOD = {
    "Label": "1", "ContentProducer": "studio", "ProduceID": "A-1", "ReservedCode1": "", "ContentPropagator": "studio",
    "PropagateID": "A-1", "ReservedCode2": "",
}  # fmt: skip


def test_the_first_write_repeats_the_producer_as_propagator():
    assert aigc.build("studio", "A-1") == GOOD
    assert aigc.check(aigc.build("studio", "A-1")) == []


def test_the_text_has_the_fields_in_the_order_of_annex_e_and_no_spaces():
    shuffled = dict(reversed(GOOD.items())) | {"Extra": "x"}
    text = aigc.to_text(shuffled)
    assert list(json.loads(text)) == [*aigc.FIELDS, "Extra"]
    assert " " not in text


@pytest.mark.parametrize(
    "wrap",
    [
        json.dumps,
        lambda record: json.dumps(record, indent=2),
        lambda record: record,
        lambda record: {"AIGC": record},
        lambda record: json.dumps({"AIGC": record}),
        lambda record: {"AIGC": json.dumps(record)},
        lambda record: {"@value": json.dumps(record)},
        lambda record: {"@value": json.dumps({"AIGC": record}), "@type": "xsd:string"},
    ],
)
def test_a_record_is_read_bare_and_wrapped(wrap):
    assert aigc.parse(wrap(GOOD)) == (GOOD, [])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"Label": 1}, "not-string:Label"),
        ({"Label": "4"}, "label-value:Label"),
        ({"Label": ""}, "empty:Label"),
        ({"ProduceID": "  "}, "empty:ProduceID"),
        ({"ContentProducer": None}, "not-string:ContentProducer"),
        ({"ReservedCode1": 0}, "not-string:ReservedCode1"),
        ({"Producer": "x"}, "unknown-field:Producer"),
    ],
)
def test_each_fault_of_a_field_is_named(change, fault):
    record, faults = aigc.parse(json.dumps(GOOD | change))
    assert record == GOOD | change
    assert [str(item) for item in faults] == [fault]


@pytest.mark.parametrize("name", aigc.FIELDS)
def test_each_field_must_be_there(name):
    record = {key: value for key, value in GOOD.items() if key != name}
    assert aigc.check(record) == [Fault("missing", name)]


def test_the_reserved_codes_may_be_empty():
    assert aigc.check(GOOD | {"ReservedCode1": "x", "ReservedCode2": ""}) == []


@pytest.mark.parametrize("value", ["", "AI", "{", '{"Label": "1"', "[" * 100_000, '{"a": ' + "1" * 5000 + "}"])
def test_text_that_is_no_json_is_a_fault(value):
    record, faults = aigc.parse(value)
    assert record is None
    assert [fault.code for fault in faults] == ["not-json"]
    assert len(faults[0].value) <= 80


@pytest.mark.parametrize("value", [None, 1, True, [], "[]", "1", '"x"', {"@value": 3}])
def test_what_is_no_object_is_a_fault(value):
    record, faults = aigc.parse(value)
    assert record is None
    assert [fault.code for fault in faults] == ["not-object"]


def test_endless_wrapping_ends():
    value = dict(GOOD)
    for _ in range(5000):
        value = {"AIGC": value}
    assert aigc.parse(value)[1]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["AIGC", "@value", "Label", "x"]), inner)
    ),
)


@given(json_values)
def test_a_stranger_s_value_never_raises(value):
    record, faults = aigc.parse(value)
    assert record is not None or faults


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("Example-Studio_1!~", ""),
        ("a b", " "),
        ("样例", "样例"),
        ('"', ""),
        ("\\", "\\"),
        ("é\x7f", "é\x7f"),
        ("aa  b ", " "),
    ],
)
def test_odd_characters_are_those_outside_annex_e(text, odd):
    assert aigc.odd_characters(GOOD | {"ContentProducer": text}).get("ContentProducer", "") == odd
