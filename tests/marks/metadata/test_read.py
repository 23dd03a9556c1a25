"""Reading the hidden label wherever it stands in a glTF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sceneproof as sp
from sceneproof.marks.metadata import aigc
from sceneproof.marks.metadata.read import IPTC_EXT, NAMESPACE, read
from sceneproof.marks.metadata.source_type import PREFIX
from tests._marked import edited, low
from tests.makers import splats

XMP = "KHR_xmp_json_ld"
DECLARED = {"role": "provider", "origin": "ai-generated", "producer": "studio", "content_id": "A-1"}
RECORD = aigc.build("studio", "A-1")
TEXT = aigc.to_text(RECORD)
OTHER = aigc.to_text(aigc.build("studio", "A-2"))


def reading(edit: Any) -> Any:
    return read(sp.load(edited(low(), edit)))


def packet(properties: dict[str, Any], context: Any = None, pointed: bool = True) -> Any:
    def edit(document: dict[str, Any]) -> None:
        bound = {"TC260": NAMESPACE, "Iptc4xmpExt": IPTC_EXT} if context is None else context
        packets = document.setdefault("extensions", {}).setdefault(XMP, {"packets": []})["packets"]
        packets.append({"@context": bound, **properties})
        if pointed:
            document["asset"]["extensions"] = {XMP: {"packet": len(packets) - 1}}

    return edit


def extras(value: Any) -> Any:
    return lambda document: document["asset"].update(extras=value)


def test_a_file_without_a_label_bears_none():
    found = read(sp.load(low()))
    assert not found.found
    assert not found.valid
    assert found.to_dict() == {
        "found": False, "valid": False, "aigc": None, "digital_source_type": None, "problems": [],
    }  # fmt: skip


def test_a_packet_is_read_with_its_place():
    found = reading(packet({"TC260:AIGC": TEXT, "Iptc4xmpExt:DigitalSourceType": PREFIX + "digitalCapture"}))
    assert found.valid
    assert found.record == RECORD
    assert found.copies[0].pointer == f"/extensions/{XMP}/packets/0/TC260:AIGC"
    assert found.source_type == PREFIX + "digitalCapture"


@pytest.mark.parametrize("prefix", ["TC260", "aigc", "x_1"])
@pytest.mark.parametrize("uri", [NAMESPACE, NAMESPACE.rstrip("/")])
def test_any_prefix_and_the_uri_without_its_slash_are_read(prefix, uri):
    assert reading(packet({f"{prefix}:AIGC": TEXT}, {prefix: uri})).record == RECORD


@pytest.mark.parametrize("context", [{"TC260": "http://elsewhere/"}, {}, [], {"TC260": 3}])
def test_a_prefix_bound_elsewhere_is_another_property(context):
    assert not reading(packet({"TC260:AIGC": TEXT}, context or {})).found


@pytest.mark.parametrize("value", [TEXT, {"@value": TEXT}, RECORD, {"AIGC": RECORD}, json.dumps({"AIGC": RECORD})])
def test_the_value_may_be_text_or_object_bare_or_wrapped(value):
    assert reading(packet({"TC260:AIGC": value})).record == RECORD
    assert reading(extras({"AIGC": value})).record == RECORD


def test_a_byte_equal_mirror_is_the_same_label():
    def edit(document: dict[str, Any]) -> None:
        packet({"TC260:AIGC": TEXT})(document)
        extras({"AIGC": TEXT})(document)

    found = reading(edit)
    assert len(found.copies) == 2
    assert len(found.distinct) == 1
    assert found.valid


@pytest.mark.parametrize("mirror", [OTHER, TEXT + " "])
def test_a_mirror_that_differs_is_a_second_label(mirror):
    def edit(document: dict[str, Any]) -> None:
        packet({"TC260:AIGC": TEXT})(document)
        extras({"AIGC": mirror})(document)

    found = reading(edit)
    assert len(found.distinct) == 2
    assert not found.valid
    assert "2 different labels" in found.to_dict()["problems"][-1]


def test_faults_make_a_label_invalid_and_are_listed_with_their_place():
    found = reading(packet({"TC260:AIGC": aigc.to_text(RECORD | {"Label": 1})}))
    assert found.found
    assert not found.valid
    assert found.to_dict()["problems"] == [f"/extensions/{XMP}/packets/0/TC260:AIGC: not-string:Label"]


@pytest.mark.parametrize("kind", ["nodes", "meshes", "materials"])
def test_the_packet_of_a_part_speaks_of_the_part_alone(kind):
    def edit(document: dict[str, Any]) -> None:
        packet({"TC260:AIGC": TEXT, "Iptc4xmpExt:DigitalSourceType": PREFIX + "digitalCapture"}, pointed=False)(
            document
        )
        document[kind][0]["extensions"] = {XMP: {"packet": 0}}

    found = reading(edit)
    assert not found.found
    assert found.source_type is None
    assert found.part_source_types == {
        f"/extensions/{XMP}/packets/0/Iptc4xmpExt:DigitalSourceType": PREFIX + "digitalCapture"
    }


def test_a_packet_that_nothing_points_at_counts_for_the_asset():
    assert reading(packet({"TC260:AIGC": TEXT}, pointed=False)).record == RECORD


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d.update(extensions={XMP: []}),
        lambda d: d.update(extensions={XMP: {"packets": {}}}),
        lambda d: d.update(extensions={XMP: {"packets": [3, None, "x", {"@context": 3, "TC260:AIGC": 1}]}}),
        lambda d: d["asset"].update(extensions={XMP: 3}),
        lambda d: d["asset"].update(extensions={XMP: {"packet": "0"}}),
        lambda d: d["asset"].update(extensions={XMP: {"packet": 99}}),
        lambda d: d["asset"].update(extras=["AIGC"]),
        lambda d: d["asset"].update(extras={"DigitalSourceType": 3}),
    ],
)
def test_a_stranger_s_shapes_are_passed_over(edit):
    assert not reading(edit).found
    sp.mark(edited(low(), edit), declaration={"origin": "ai-generated"}, marks=["label"])


def test_a_sidecar_of_another_file_is_named_among_the_problems(tmp_path: Path) -> None:
    """Its label counts as found, since other tools change a file's bytes; that it is not about these bytes is said."""
    (tmp_path / "a.splat").write_bytes(splats.dot_splat(splats.cloud(seed=1)))
    sp.mark(tmp_path / "a.splat", tmp_path / "b.splat", declaration=DECLARED)
    marked = sp.verify(tmp_path / "b.splat")["metadata"]
    assert (marked["found"], marked["problems"]) == (True, [])
    (tmp_path / "b.splat").write_bytes(splats.dot_splat(splats.cloud(seed=2)))
    other = sp.verify(tmp_path / "b.splat")["metadata"]
    assert other["found"]
    assert [problem["en"] for problem in other["problems"]] == [
        "b.splat.aigc.json was written for other bytes than the file has now"
    ]
    (tmp_path / "b.splat.aigc.json").write_text("{", encoding="utf-8")
    broken = sp.verify(tmp_path / "b.splat")["metadata"]
    assert not broken["found"]
    assert broken["problems"][0]["en"].startswith("b.splat.aigc.json cannot be read: ")
