"""Mark: what goes in, what is left out and why, and that nothing is written otherwise."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sceneproof as sp
from sceneproof.errors import MarkError, UsageError
from sceneproof.keys import Key
from sceneproof.marks.metadata.source_type import PREFIX
from tests._marked import OTHER, SECRET, bytes_of, declared, dense, document, edited, low, marked, marked_low
from tests.makers import shapes
from tests.makers.builder import Builder


def label_nodes(data: bytes) -> list[dict[str, Any]]:
    return [node for node in document(data)["nodes"] if "sceneproof" in (node.get("extras") or {})]


def remark(data: bytes, **changes: Any) -> sp.Receipt:
    options = {"declaration": declared(), "key": SECRET} | changes
    return sp.mark(data, **options)


# -- what goes in ----------------------------------------------------------------------------------------------


def test_all_three_marks_go_in_and_read_back():
    receipt = marked()
    assert {name: mark["verified"] for name, mark in receipt.marks.items()} == dict.fromkeys(
        ("label", "metadata", "watermark"), True
    )
    assert receipt.left_out == {}
    assert receipt["replaced"] == []
    assert receipt.marks["label"]["text"] == "AI生成"
    assert receipt.marks["metadata"]["digital_source_type"] == PREFIX + "trainedAlgorithmicMedia"
    assert receipt["content_id"] == "A-0001"
    assert receipt["distortion"]["max"] < 0.01


def test_the_receipt_names_the_very_files():
    receipt = marked()
    for data, named in ((dense(), receipt["asset"]["before"]), (bytes_of(receipt), receipt["asset"]["after"])):
        assert named["sha256"] == hashlib.sha256(data).hexdigest()
        assert named["bytes"] == len(data)
        if "sm3" in hashlib.algorithms_available:
            assert named["sm3"] == hashlib.new("sm3", data).hexdigest()


def test_sm3_is_that_of_the_standard():
    """GB/T 32905-2016, A.1."""
    from sceneproof.digests import sm3

    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_the_default_payload_leads_back_to_producer_and_content_id():
    derived = hashlib.sha256(b"sceneproof payload/1\0Example-Studio\0A-0001").digest()[:8]
    assert marked()["payload"] == derived.hex() == marked().marks["watermark"]["payload"]
    assert marked()["key_id"] == marked().marks["watermark"]["key_id"]


def test_the_secret_is_nowhere_in_what_comes_out():
    receipt = marked()
    shown = json.dumps(receipt.to_dict()) + str(receipt) + repr(receipt) + receipt._repr_html_()
    for form in (SECRET.hex(), base64.b64encode(SECRET).decode(), repr(SECRET)):
        assert form not in shown
    assert SECRET not in bytes_of(receipt)


def test_a_payload_can_be_given():
    receipt = remark(dense(), marks=["watermark"], payload=bytes.fromhex("00112233445566aa"))
    assert receipt.marks["watermark"]["payload"] == "00112233445566aa" == receipt["payload"]
    assert list(receipt.marks) == ["watermark"]


# -- again ------------------------------------------------------------------------------------------------------


def test_marking_twice_gives_the_same_bytes():
    assert bytes_of(remark(dense())) == bytes_of(marked())


def test_marking_a_marked_file_again_changes_nothing():
    again = remark(bytes_of(marked()))
    assert bytes_of(again) == bytes_of(marked())
    assert again["replaced"] == []
    assert again["distortion"] is None
    assert all(mark["verified"] for mark in again.marks.values())


SCRIPT = """
import sys, hashlib, sceneproof as sp
from tests._marked import OTHER, SECRET, bytes_of, declared, dense
print(hashlib.sha256(bytes_of(sp.mark(dense(), declaration=declared(), key=SECRET))).hexdigest())
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_bytes_do_not_depend_on_the_number_of_threads(threads):
    environment = os.environ | {"NUMBA_NUM_THREADS": threads, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.strip() == marked()["asset"]["after"]["sha256"], done.stderr


def test_other_content_is_updated_in_place_and_recorded():
    receipt = remark(bytes_of(marked()), declaration=declared(content_id="A-0002"))
    assert all(mark["verified"] for mark in receipt.marks.values())
    assert len(document(bytes_of(receipt))["extensions"]["KHR_xmp_json_ld"]["packets"]) == 1
    assert len(label_nodes(bytes_of(receipt))) == 1
    replaced = {entry["mark"]: entry for entry in receipt["replaced"]}
    assert replaced["metadata"]["aigc"]["ProduceID"] == "A-0001"
    assert replaced["watermark"]["payload"] == marked()["payload"]
    assert "label" not in replaced
    assert receipt.marks["watermark"]["payload"] == receipt["payload"] != marked()["payload"]


def test_another_text_leaves_one_label():
    receipt = sp.mark(bytes_of(marked_low()), declaration=declared(), label_text="人工智能合成", marks=["label"])
    assert len(label_nodes(bytes_of(receipt))) == 1
    assert receipt.marks["label"]["text"] == "人工智能合成"
    assert receipt["replaced"] == [{"mark": "label", "text": "AI生成"}]
    assert receipt.marks["label"]["verified"]


# -- what is left out ----------------------------------------------------------------------------------------


def test_without_a_key_the_watermark_is_left_out():
    assert set(marked_low().marks) == {"label", "metadata"}
    assert "no key" in marked_low().left_out["watermark"]
    assert marked_low()["key_id"] is None
    assert marked_low()["payload"] is None


def test_where_no_mesh_has_room_the_other_marks_go_in():
    receipt = remark(low())
    assert set(receipt.marks) == {"label", "metadata"}
    assert "no mesh can bear it" in receipt.left_out["watermark"]
    assert all(entry["reason"]["zh"] for entry in receipt["left_out"])


def test_label_and_record_of_another_producer_are_kept_and_nothing_is_put_over_them():
    """A second label would hide the first: where no watermark fits either, nothing is written."""
    with pytest.raises(MarkError, match="another producer") as caught:
        remark(bytes_of(marked_low()), declaration=declared(producer="somebody-else"))
    for mark in ("label", "metadata"):
        assert f"{mark}: the file bears" in str(caught.value)
    assert "watermark: no mesh can bear it" in str(caught.value)


def test_a_watermark_beside_another_producer_s_leaves_both_to_be_read():
    first, second = marked(), Key(OTHER)
    receipt = sp.mark(bytes_of(first), declaration=declared(producer="a-platform"), key=second, marks=["watermark"])
    assert receipt.marks["watermark"]["verified"]
    assert sp.verify(receipt.scene, key=second)["watermark"]["payload"] == receipt["payload"]
    assert sp.verify(receipt.scene, key=Key(SECRET))["watermark"]["payload"] == first["payload"]


def test_without_a_producer_a_labelled_file_is_somebody_else_s():
    with pytest.raises(MarkError, match="another producer"):
        sp.mark(bytes_of(marked_low()), declaration={}, marks=["label"])


@pytest.mark.parametrize("origin", ["handmade", "captured"])
@pytest.mark.parametrize("marks", [None, ["label", "metadata"]])
def test_a_natural_origin_gets_no_ai_label_even_when_asked(origin, marks):
    with pytest.raises(MarkError, match="would be forged"):
        sp.mark(low(), declaration=declared(origin=origin), marks=marks)


def test_a_handmade_asset_may_bear_the_watermark_alone():
    receipt = remark(dense(), declaration=declared(origin="handmade"))
    assert list(receipt.marks) == ["watermark"]
    assert set(receipt.left_out) == {"label", "metadata"}
    assert not label_nodes(bytes_of(receipt))
    assert "extras" not in document(bytes_of(receipt))["asset"]


def test_an_open_origin_is_marked_only_when_it_is_asked_for():
    with pytest.raises(MarkError, match="--marks"):
        sp.mark(low(), declaration=declared(origin="simulated"))
    receipt = sp.mark(low(), declaration=declared(origin="simulated"), marks=["label", "metadata"])
    assert all(mark["verified"] for mark in receipt.marks.values())


def test_a_component_gets_metadata_and_no_label():
    receipt = sp.mark(low(), declaration=declared(unit="component"))
    assert list(receipt.marks) == ["metadata"]
    assert "component" in receipt.left_out["label"]


def test_without_a_declaration_the_label_alone_goes_in():
    receipt = remark(low(), declaration=None)
    assert list(receipt.marks) == ["label"]
    assert "no origin" in receipt.left_out["metadata"]
    assert "no payload" in receipt.left_out["watermark"]


@pytest.mark.parametrize(("market", "text"), [(["cn"], "AI生成"), (["cn", "eu"], "AI生成"), (None, "AI生成")])
def test_the_words_follow_the_market(market, text):
    assert sp.mark(low(), declaration=declared(market=market), marks=["label"]).marks["label"]["text"] == text


def test_other_markets_get_english_words():
    text = sp.mark(low(), declaration=declared(market=["eu"]), marks=["label"]).marks["label"]["text"]
    assert text.isascii()
    assert "AI" in text


# -- nothing is written --------------------------------------------------------------------------------------


def untouched(folder: Path) -> bool:
    return not list(folder.iterdir())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"declaration": {"origin": "handmade"}}, "no mark can be put in, nothing was written"),
        ({"declaration": declared(), "key": SECRET, "require": ["watermark"]}, "required but not possible"),
        ({"declaration": declared(unit="component"), "require": ["label"]}, "required but not possible"),
        ({"declaration": declared(), "marks": ["label"], "require": ["metadata"]}, "metadata: not among --marks"),
        ({"declaration": declared(), "marks": ["label"], "label_text": "hello"}, "nothing was written"),
    ],
)
def test_a_mark_error_leaves_no_file(tmp_path, options, message):
    with pytest.raises(MarkError, match=message):
        sp.mark(low(), tmp_path / "out.glb", **options)
    assert untouched(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"marks": ["lable"]}, "unknown mark 'lable'; did you mean 'label'?"),
        ({"marks": ["credential"]}, "cannot be written by this version"),
        ({"require": ["watermak"]}, "did you mean 'watermark'?"),
        ({"require": ["watermark"]}, "there is no key"),
        ({"strength": "X"}, "unknown strength 'X'"),
        ({"payload": b"123"}, "24 bits"),
        ({"payload": bytes(17)}, "136 bits"),
        ({"payload": b""}, "0 bits"),
        ({"label_style": "none"}, "unknown label style"),
        ({"label_lang": "xx"}, "language"),
        ({"settings": ["rol=user"]}, "did you mean 'role'?"),
        ({"key": b"short"}, "too short"),
        ({"declaration": declared(part=[{"node": "bx", "origin": "captured"}])}, "did you mean 'box'?"),
    ],
)
def test_an_unknown_name_leaves_no_file(tmp_path, options, message):
    with pytest.raises(UsageError) as caught:
        sp.mark(low(), tmp_path / "out.glb", **({"declaration": declared()} | options))
    assert message in str(caught.value)
    assert untouched(tmp_path)


def test_an_option_that_does_not_exist_is_a_type_error():
    with pytest.raises(TypeError):
        sp.mark(low(), lable_text="x")


def test_an_output_that_exists_is_kept_unless_it_may_be_written_over(tmp_path):
    path = tmp_path / "out.glb"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match="exists"):
        sp.mark(low(), path, declaration=declared())
    assert path.read_bytes() == b"mine"
    sp.mark(low(), path, declaration=declared(), overwrite=True)
    assert path.read_bytes() == bytes_of(marked_low())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.fbx", "no format that is written"),
        ("none/out.glb", "no such folder"),
        ("out.gltf", "cannot be written under this ending"),
    ],
)
def test_an_output_that_cannot_be_is_a_usage_error(tmp_path, name, message):
    with pytest.raises(UsageError, match=message):
        sp.mark(low(), tmp_path / name, declaration=declared())
    assert untouched(tmp_path)


# -- files -----------------------------------------------------------------------------------------------------


def test_the_written_file_is_what_was_read_back(tmp_path):
    receipt = sp.mark(low(), tmp_path / "out.glb", declaration=declared())
    assert receipt["asset"]["after"]["sha256"] == hashlib.sha256((tmp_path / "out.glb").read_bytes()).hexdigest()
    assert receipt["asset"]["after"]["uri"] == str(tmp_path / "out.glb")
    assert receipt["parts_written"] == [str(tmp_path / "out.glb")]


def test_a_mark_that_does_not_read_back_is_not_verified(tmp_path, monkeypatch):
    """A disk that hands back something else: the receipt says so instead of repeating the plan."""
    import sceneproof._receipt as receipt_module

    monkeypatch.setattr(receipt_module, "load", lambda path: sp.load(low()))
    receipt = sp.mark(low(), tmp_path / "out.glb", declaration=declared())
    assert {name: mark["verified"] for name, mark in receipt.marks.items()} == {"label": False, "metadata": False}


def test_another_label_in_the_written_file_is_not_the_one_that_was_put_in(tmp_path, monkeypatch):
    import sceneproof._receipt as receipt_module

    monkeypatch.setattr(receipt_module, "load", lambda path: marked_low().scene)
    receipt = sp.mark(low(), tmp_path / "out.glb", declaration=declared(content_id="A-9"), label_text="人工智能生成")
    assert {name: mark["verified"] for name, mark in receipt.marks.items()} == {"label": False, "metadata": False}


def test_a_gltf_with_parts_is_written_with_its_parts(tmp_path):
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), material=b.material("m")))
    source = b.gltf(tmp_path / "in", "scene")
    before = {path.name: path.read_bytes() for path in (tmp_path / "in").iterdir()}
    (tmp_path / "out").mkdir()
    receipt = sp.mark(source, tmp_path / "out" / "scene.gltf", declaration=declared())
    assert {path.name: path.read_bytes() for path in (tmp_path / "in").iterdir()} == before
    written = [Path(part) for part in receipt["parts_written"]]
    assert written[-1] == tmp_path / "out" / "scene.gltf"
    assert set(written) == set((tmp_path / "out").iterdir())
    assert sp.verify(tmp_path / "out" / "scene.gltf", expect=receipt).ok


def test_a_gltf_in_place_stays_whole_and_takes_a_second_marking(tmp_path):
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), material=b.material("m")))
    source = b.gltf(tmp_path, "scene")
    sp.mark(source, source, declaration=declared(), overwrite=True)
    names = {path.name for path in tmp_path.iterdir()}
    once = source.read_bytes()
    receipt = sp.mark(source, source, declaration=declared(), overwrite=True)
    assert source.read_bytes() == once
    assert {path.name for path in tmp_path.iterdir()} == names
    assert sp.verify(source, expect=receipt).ok


def test_the_declaration_beside_the_asset_is_used_and_named(tmp_path):
    (tmp_path / "low.glb").write_bytes(low())
    (tmp_path / "low.declaration.toml").write_text('origin = "ai-generated"\nproducer = "p"\ncontent_id = "c"\n')
    receipt = sp.mark(tmp_path / "low.glb", settings=["content_id=d"], operator="ci")
    assert receipt.marks["metadata"]["aigc"]["ProduceID"] == "d"
    assert receipt["declaration"]["source"].endswith("+ options")
    assert receipt["operator"] == "ci"


def test_every_part_that_no_mark_touches_stays():
    def edit(held: dict[str, Any]) -> None:
        held["extras"] = {"a": 1.50, "b": [None]}
        held["nodes"][0]["extras"] = {"ours": True}
        held["extensions"] = {"XX_unknown": {"x": 1}}
        held["extensionsUsed"] = ["XX_unknown"]

    data = edited(low(), edit)
    after = document(bytes_of(sp.mark(data, declaration=declared())))
    assert after["extras"] == {"a": 1.5, "b": [None]}
    assert after["nodes"][0] == document(data)["nodes"][0]
    assert after["extensions"]["XX_unknown"] == {"x": 1}
    assert "XX_unknown" in after["extensionsUsed"]


def test_a_written_file_that_cannot_be_read_back_is_said_to_be_there(tmp_path, monkeypatch):
    import sceneproof._receipt as receipt_module

    monkeypatch.setattr(receipt_module, "load", lambda path: sp.load(b"no"))
    with pytest.raises(MarkError, match="was written, but cannot be read back"):
        sp.mark(low(), tmp_path / "out.glb", declaration=declared())
    assert (tmp_path / "out.glb").exists()
