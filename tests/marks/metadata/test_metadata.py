"""Writing the hidden label: one packet and its mirror, never over another producer's."""

from __future__ import annotations

from typing import Any

import pytest

import sceneproof as sp
from sceneproof.declaration import ORIGINS, Declaration, from_table
from sceneproof.errors import MarkError, UsageError
from sceneproof.io import apply, to_bytes
from sceneproof.marks.metadata import aigc, metadata
from sceneproof.marks.metadata.read import NAMESPACE, read
from sceneproof.marks.metadata.source_type import PREFIX
from tests._marked import declared, document, edited, low
from tests.marks.metadata.test_read import OTHER, TEXT, XMP, extras, packet


def stated(**changes: Any) -> Declaration:
    return from_table(declared(**({"producer": "studio", "content_id": "A-1"} | changes)), "api")


def written(data: bytes, declaration: Declaration) -> tuple[bytes, metadata.MetadataPlan]:
    scene = sp.load(data)
    plan = metadata.plan(scene, declaration)
    return to_bytes(apply(scene, plan.edits)), plan


def packets(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document(data)["extensions"][XMP]["packets"]
    return found


def test_one_packet_and_a_byte_equal_mirror_are_written():
    data, plan = written(low(), stated())
    held = document(data)
    assert packets(data)[0]["TC260:AIGC"] == TEXT == held["asset"]["extras"]["AIGC"]
    assert packets(data)[0]["Iptc4xmpExt:DigitalSourceType"] == PREFIX + "trainedAlgorithmicMedia"
    assert held["asset"]["extensions"] == {XMP: {"packet": 0}}
    assert XMP in held["extensionsUsed"]
    assert plan.replaced is None
    assert read(sp.load(data)).valid


def test_writing_it_again_changes_nothing():
    once, _ = written(low(), stated())
    twice, plan = written(once, stated())
    assert twice == once
    assert plan.replaced is None


def test_other_content_is_replaced_in_place():
    once, _ = written(low(), stated())
    twice, plan = written(once, stated(content_id="A-2"))
    assert len(packets(twice)) == 1
    assert read(sp.load(twice)).record == aigc.build("studio", "A-2")
    assert plan.replaced == aigc.build("studio", "A-1")


def test_the_studio_s_other_properties_and_extras_stay():
    def edit(held: dict[str, Any]) -> None:
        packet({"dc:title": "Box", "TC260:Note": "x"}, {"dc": "http://purl.org/dc/elements/1.1/", "TC260": NAMESPACE})(
            held
        )
        held["asset"]["extras"] = {"ours": [1, 2]}

    data, _ = written(edited(low(), edit), stated())
    assert len(packets(data)) == 1
    assert packets(data)[0]["dc:title"] == "Box"
    assert packets(data)[0]["TC260:Note"] == "x"
    assert packets(data)[0]["TC260:AIGC"] == TEXT
    assert document(data)["asset"]["extras"]["ours"] == [1, 2]


def test_a_label_under_another_prefix_is_rewritten_under_that_prefix():
    data, _ = written(edited(low(), packet({"cn:AIGC": OTHER}, {"cn": NAMESPACE.rstrip("/")})), stated())
    assert packets(data)[0]["cn:AIGC"] == TEXT
    assert "TC260:AIGC" not in packets(data)[0]
    assert read(sp.load(data)).valid


def test_a_packet_that_a_node_shares_is_not_changed_for_the_node():
    def edit(held: dict[str, Any]) -> None:
        packet({"dc:title": "Box"}, {"dc": "http://purl.org/dc/elements/1.1/"})(held)
        held["nodes"][0]["extensions"] = {XMP: {"packet": 0}}

    data, _ = written(edited(low(), edit), stated())
    held = document(data)
    assert packets(data)[held["nodes"][0]["extensions"][XMP]["packet"]] == {
        "@context": {"dc": "http://purl.org/dc/elements/1.1/"}, "dc:title": "Box",
    }  # fmt: skip
    own = packets(data)[held["asset"]["extensions"][XMP]["packet"]]
    assert own["TC260:AIGC"] == TEXT
    assert own["dc:title"] == "Box"


@pytest.mark.parametrize("place", ["packet", "mirror", "both, packet ours", "both, mirror ours"])
def test_another_producer_s_label_is_kept_wherever_it_stands(place):
    theirs = aigc.to_text(aigc.build("somebody else", "Z-9"))

    def edit(held: dict[str, Any]) -> None:
        if place != "mirror":
            packet({"TC260:AIGC": TEXT if place == "both, packet ours" else theirs})(held)
        if place != "packet":
            extras({"AIGC": TEXT if place == "both, mirror ours" else theirs})(held)

    with pytest.raises(MarkError, match="another producer"):
        written(edited(low(), edit), stated())


@pytest.mark.parametrize("value", ["by hand", "{}", {"AIGC": "x"}, 3])
def test_a_label_of_which_nobody_can_say_whose_it_is_is_kept(value):
    with pytest.raises(MarkError, match="is kept"):
        written(edited(low(), extras({"AIGC": value})), stated())


def test_a_malformed_record_of_one_s_own_is_put_right():
    faulty = {**aigc.build("studio", "A-1"), "Label": 1}
    data, plan = written(edited(low(), extras({"AIGC": faulty})), stated())
    assert read(sp.load(data)).valid
    assert plan.replaced == faulty


def test_two_different_records_of_one_s_own_become_one():
    def edit(held: dict[str, Any]) -> None:
        packet({"TC260:AIGC": TEXT})(held)
        extras({"AIGC": OTHER})(held)

    data, plan = written(edited(low(), edit), stated())
    assert read(sp.load(data)).valid
    assert plan.replaced is not None


def test_a_propagator_writes_its_own_two_fields_and_nothing_else():
    once, _ = written(low(), stated())
    spread = from_table({"role": "propagator", "producer": "platform", "content_id": "P-7"}, "api")
    twice, plan = written(once, spread)
    expected = aigc.build("studio", "A-1") | {"ContentPropagator": "platform", "PropagateID": "P-7"}
    found = read(sp.load(twice))
    assert found.valid
    assert found.record == expected == plan.record
    assert found.source_type == PREFIX + "trainedAlgorithmicMedia"
    assert plan.replaced == aigc.build("studio", "A-1")
    assert written(twice, spread)[0] == twice


def test_what_a_propagator_wrote_stays_when_the_producer_marks_the_same_content_again():
    once, _ = written(low(), stated())
    spread, _ = written(once, from_table({"role": "propagator", "producer": "platform", "content_id": "P-7"}, "api"))
    assert written(spread, stated())[0] == spread


@pytest.mark.parametrize("edit", [lambda held: None, extras({"AIGC": "by hand"})])
def test_a_propagator_needs_a_label_to_write_into(edit):
    with pytest.raises(MarkError):
        written(edited(low(), edit), from_table({"role": "propagator", "producer": "p", "content_id": "1"}, "api"))


@pytest.mark.parametrize("missing", ["origin", "producer", "content_id"])
def test_a_declaration_without_what_the_record_needs_writes_none(missing):
    with pytest.raises(MarkError, match="states no"):
        written(low(), stated(**{missing: None}))


def test_each_part_has_a_packet_on_its_node():
    parts = [{"node": "box", "origin": "captured", "generator": {"name": "scanner", "version": "2"}},
             {"node": "eye", "origin": "unknown"}]  # fmt: skip
    data, _ = written(low(), stated(part=parts))
    held = document(data)
    own = packets(data)[held["nodes"][0]["extensions"][XMP]["packet"]]
    assert own["Iptc4xmpExt:DigitalSourceType"] == PREFIX + "digitalCapture"
    assert own["xmp:CreatorTool"] == "scanner 2"
    assert "extensions" not in held["nodes"][1]
    found = read(sp.load(data))
    assert found.source_type == PREFIX + "compositeSynthetic"
    assert list(found.part_source_types.values()) == [PREFIX + "digitalCapture"]
    again, _ = written(data, stated(part=parts))
    assert again == data
    changed, _ = written(data, stated(part=[{"mesh": "box", "origin": "handmade"}]))
    assert len(packets(changed)) == 2


def test_a_part_that_is_not_there_names_the_nearest():
    with pytest.raises(UsageError, match="unknown part 'bx'; did you mean 'box'"):
        written(low(), stated(part=[{"node": "bx", "origin": "captured"}]))


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("origin", ORIGINS)
def test_an_ai_label_is_refused_where_it_would_be_forged_or_is_unfounded(origin, asked):
    natural, open_ = origin in ("captured", "handmade"), origin in ("reconstructed-classical", "simulated")
    reason = metadata.refusal(Declaration(origin=origin), asked=asked)
    assert (reason is not None) == (natural or (open_ and not asked))
    if reason is not None:
        assert origin in reason.en
        assert origin in reason.zh


def test_an_ai_made_part_lifts_the_refusal():
    assert (
        metadata.refusal(stated(origin="handmade", part=[{"node": "box", "origin": "ai-generated"}]), asked=False)
        is None
    )
