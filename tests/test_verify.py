"""Verify: what a file bears, with and without the key, and against what was expected."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import sceneproof as sp
from sceneproof.errors import InputError, UsageError
from sceneproof.marks.metadata.source_type import PREFIX
from tests._marked import OTHER, SECRET, bytes_of, dense, edited, low, marked, marked_low
from tests.rules._assets import moved_label, with_label


def test_with_the_key_every_mark_reads_back():
    found = sp.verify(bytes_of(marked()), key=SECRET, expect=marked())
    assert found["expected"] == {"label": "ok", "metadata": "ok", "watermark": "ok"}
    assert found.ok
    assert found["watermark"]["log10_p"] < -8


def test_without_a_key_the_watermark_is_not_looked_for():
    found = sp.verify(bytes_of(marked()))
    assert found["watermark"] is None
    assert found["label"]["found"]
    assert found["expected"] is None
    assert found.ok


def test_a_wrong_key_finds_nothing():
    found = sp.verify(bytes_of(marked()), key=OTHER)["watermark"]
    assert (found["found"], found["payload"], found["carriers"]) == (False, None, 0)


def test_a_ring_finds_the_mark_under_its_key_whatever_the_order():
    for ring in ([OTHER, SECRET], [SECRET, OTHER]):
        found = sp.verify(bytes_of(marked()), key=ring, effort="quick")["watermark"]
        assert found["payload"] == marked()["payload"]
        assert found["key_id"] == marked()["key_id"]


def test_an_unmarked_file_bears_nothing():
    found = sp.verify(dense(), key=SECRET, effort="quick", require=["label", "metadata", "watermark"])
    assert found["expected"] == {"label": "missing", "metadata": "missing", "watermark": "missing"}
    assert not found.ok
    assert sp.verify(dense()).ok


@pytest.mark.parametrize("effort", ["quick", "normal"])
def test_each_effort_reads_the_file_as_it_was_written(effort):
    assert sp.verify(bytes_of(marked()), key=SECRET, effort=effort)["watermark"]["payload"] == marked()["payload"]


def record(change: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """The packet's and the mirror's record, changed alike."""

    def edit(held: dict[str, Any]) -> None:
        packet = held["extensions"]["KHR_xmp_json_ld"]["packets"][0]
        text = json.dumps(json.loads(packet["TC260:AIGC"]) | change)
        packet["TC260:AIGC"] = held["asset"]["extras"]["AIGC"] = text

    return edit


def source_type(held: dict[str, Any]) -> None:
    kind = PREFIX + "digitalCapture"
    held["extensions"]["KHR_xmp_json_ld"]["packets"][0]["Iptc4xmpExt:DigitalSourceType"] = kind
    held["asset"]["extras"]["DigitalSourceType"] = kind


def no_metadata(held: dict[str, Any]) -> None:
    del held["extensions"], held["asset"]["extras"], held["asset"]["extensions"]


def off_scene(held: dict[str, Any]) -> None:
    """The camera lets go of the label's node, which then stands in no scene."""
    for node in held["nodes"]:
        node.pop("children", None)


def no_label(held: dict[str, Any]) -> None:
    for node in held["nodes"]:
        if node.pop("extras", None):
            del node["mesh"]


def on_low(edit: Callable[[dict[str, Any]], object]) -> bytes:
    return edited(bytes_of(marked_low()), edit)


TAMPERED: list[tuple[str, Callable[[], bytes], dict[str, str]]] = [
    ("nothing", lambda: bytes_of(marked_low()), {"label": "ok", "metadata": "ok"}),
    ("label scaled to nothing", lambda: with_label(lambda n: n.update(matrix=[0] * 15 + [1])),
     {"label": "damaged", "metadata": "ok"}),
    ("label shrunk", lambda: moved_label(0.46, -1.4, 0.3), {"label": "damaged", "metadata": "ok"}),
    ("label in the middle", lambda: moved_label(0, 0), {"label": "damaged", "metadata": "ok"}),
    ("label off camera", lambda: moved_label(50, 0), {"label": "damaged", "metadata": "ok"}),
    ("other words", lambda: with_label(lambda n: n["extras"]["sceneproof"].update(text="AI")),
     {"label": "damaged", "metadata": "ok"}),
    ("label out of the scene", lambda: on_low(off_scene), {"label": "damaged", "metadata": "ok"}),
    ("label gone", lambda: on_low(no_label), {"label": "missing", "metadata": "ok"}),
    ("other number", lambda: on_low(record({"ProduceID": "B-1"})), {"label": "ok", "metadata": "damaged"}),
    ("malformed", lambda: on_low(record({"Label": 1})), {"label": "ok", "metadata": "damaged"}),
    ("mirror differs", lambda: on_low(lambda held: held["asset"]["extras"].update(AIGC="{}")),
     {"label": "ok", "metadata": "damaged"}),
    ("other source type", lambda: on_low(source_type), {"label": "ok", "metadata": "damaged"}),
    ("metadata gone", lambda: on_low(no_metadata), {"label": "ok", "metadata": "missing"}),
]  # fmt: skip


@pytest.mark.parametrize(("asset", "expected"), [case[1:] for case in TAMPERED], ids=[case[0] for case in TAMPERED])
def test_what_was_put_in_must_read_back_the_same(asset, expected):
    found = sp.verify(asset(), expect=marked_low())
    assert found["expected"] == expected
    assert found.ok == (set(expected.values()) == {"ok"})


def test_the_watermark_of_a_replaced_mesh_is_missing():
    receipt = marked().to_dict()
    assert sp.verify(dense(), key=SECRET, effort="quick", expect=receipt)["expected"]["watermark"] == "missing"


def test_another_payload_than_the_receipt_s_is_damage():
    receipt = json.loads(json.dumps(marked().to_dict()))
    receipt["marks"]["watermark"]["payload"] = "00" * 8
    assert sp.verify(bytes_of(marked()), key=SECRET, expect=receipt)["expected"]["watermark"] == "damaged"


def test_a_mark_that_was_not_verified_is_not_expected():
    receipt = json.loads(json.dumps(marked_low().to_dict()))
    receipt["marks"]["label"]["verified"] = False
    assert set(sp.verify(low(), expect=receipt)["expected"]) == {"metadata"}


def test_a_receipt_comes_as_object_mapping_or_file(tmp_path):
    path = tmp_path / "r.json"
    path.write_text(json.dumps(marked_low().to_dict()), encoding="utf-8")
    for receipt in (marked_low(), marked_low().to_dict(), path, str(path)):
        assert sp.verify(bytes_of(marked_low()), expect=receipt).ok


def test_required_marks_add_to_the_receipt_s():
    found = sp.verify(bytes_of(marked_low()), key=SECRET, expect=marked_low(), require=["watermark"])
    assert found["expected"] == {"label": "ok", "metadata": "ok", "watermark": "missing"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"require": ["lable"]}, "unknown mark 'lable'; did you mean 'label'?"),
        ({"require": ["credential"]}, "cannot be read by this version"),
        ({"require": ["watermark"]}, "no key to look with"),
        ({"effort": "norml"}, "unknown effort 'norml'; did you mean 'normal'?"),
        ({"expect": "none.json"}, "none.json: receipt cannot be read"),
        ({"expect": {}}, "no sceneproof.receipt/1"),
        ({"expect": {"schema": "sceneproof.receipt/2", "marks": {}}}, "no sceneproof.receipt/1"),
        ({"expect": {"schema": "sceneproof.receipt/1", "marks": None}}, "broken"),
        ({"expect": {"schema": "sceneproof.receipt/1", "error": {"message": "x"}}}, "of no file that was marked"),
        ({"expect": {"schema": "sceneproof.receipt/1", "marks": {"label": "yes"}}}, "broken"),
        ({"expect": 3}, "no sceneproof.receipt/1"),
        ({"key": "none.key"}, "no such key file"),
    ],
)
def test_what_is_wrong_is_named_before_the_asset_is_read(options, message):
    with pytest.raises(UsageError) as caught:
        sp.verify("no-such-file.glb", **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("bits", [-1, 0, 10**9, "64", None])
def test_a_receipt_with_an_odd_length_of_payload_is_taken_as_the_usual(bits):
    receipt = json.loads(json.dumps(marked().to_dict()))
    receipt["marks"]["watermark"]["bits"] = bits
    assert sp.verify(bytes_of(marked()), key=SECRET, effort="quick", expect=receipt)["expected"]["watermark"] == "ok"


def test_a_receipt_that_is_no_json_is_a_usage_error(tmp_path):
    (tmp_path / "r.json").write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        sp.verify(low(), expect=tmp_path / "r.json")


def test_an_asset_that_cannot_be_read_is_an_input_error():
    with pytest.raises(InputError):
        sp.verify(b"no")
