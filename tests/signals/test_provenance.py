from __future__ import annotations

import json

import pytest

from sceneproof.signals.provenance import declared_marks, generator
from tests._scenes import scene
from tests.makers.shapes import box

FIELD = {"Label": "1", "ContentProducer": "maker", "ProduceID": "7"}
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def stated(extras=None, packets=None, **asset):
    extensions = {} if packets is None else {"KHR_xmp_json_ld": {"packets": packets}}
    asset |= {"version": "2.0"} | ({} if extras is None else {"extras": extras})
    return declared_marks.measure(scene(box(), asset=asset, extensions=extensions))


@pytest.mark.parametrize(
    "field", [FIELD, json.dumps(FIELD), {"AIGC": FIELD}, json.dumps({"AIGC": FIELD}), {"@value": json.dumps(FIELD)}]
)
def test_the_field_is_read_in_every_wrapping(field):
    found = stated(packets=[{"TC260:AIGC": field}])
    assert found.value == 1
    assert found.detail["aigc"] == ["1"]
    assert found.detail["states_synthesis"]
    assert found.pointers == ("/extensions/KHR_xmp_json_ld/packets/0/TC260:AIGC",)
    assert found.score is None


def test_extras_and_source_types_count_too():
    found = stated(extras={"AIGC": FIELD, "x": {"Iptc4xmpExt:DigitalSourceType": IPTC + "trainedAlgorithmicMedia"}})
    assert found.value == 2
    assert found.detail["source_types"] == ["trainedAlgorithmicMedia"]


def test_a_photograph_s_source_type_states_no_synthesis():
    found = stated(packets=[{"Iptc4xmpExt:DigitalSourceType": {"@id": IPTC + "digitalCapture"}}])
    assert found.value == 1
    assert not found.detail["states_synthesis"]


def test_nothing_stated_is_nothing_found():
    found = stated(extras={"author": "AIGC lab"})
    assert found.value == 0
    assert not found.detail["states_synthesis"]


def test_broken_statements_are_counted_but_state_nothing():
    found = stated(extras={"AIGC": "{not json"}, packets=[{"AIGC": 3}, None, {"digitalSourceType": 7}])
    assert found.detail["aigc"] == [None, None]
    assert not found.detail["states_synthesis"]


def test_deep_nesting_ends():
    deep: dict[str, object] = {"AIGC": FIELD}
    for _ in range(5000):
        deep = {"a": deep}
    assert stated(extras=deep).value == 0


def test_the_generator_is_told_and_never_scored():
    asset = {"version": "2.0", "copyright": "maker", "extras": {"author": "someone", "title": 4, "license": "x" * 999}}
    found = generator.measure(scene(box(), generator="a tool 1.0", asset=asset))
    assert (found.value, found.score) == ("a tool 1.0", None)
    assert found.detail["author"] == "someone"
    assert "title" not in found.detail
    assert len(found.detail["license"]) == 400
    assert generator.measure(scene(box())).value is None
