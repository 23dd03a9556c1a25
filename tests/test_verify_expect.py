"""Verify against a receipt: which fields differ, whether the bytes are the same, and whose receipt it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sceneproof as sp
from sceneproof.errors import UsageError
from sceneproof.report.console import plain
from tests._marked import SECRET, bytes_of, low, marked, marked_low
from tests.rules._assets import moved_label, with_label
from tests.test_contract import fits
from tests.test_verify import no_label, on_low, record, source_type

GOOD = bytes_of(marked_low())


def lines(found: Any, lang: str = "en") -> list[str]:
    return [line.strip() for line in plain(found, lang=lang).splitlines()]


CASES = [
    (lambda: on_low(record({"ContentProducer": "Other"})), "metadata", ["aigc.ContentProducer"],
     "✗ Metadata: ContentProducer: expected Example-Studio, found Other"),
    (lambda: on_low(record({"Extra": "x"})), "metadata", ["aigc.Extra"],
     "✗ Metadata: Extra: expected nothing, found x"),
    (lambda: on_low(source_type), "metadata", ["digital_source_type"],
     "✗ Metadata: digital source type: expected trainedAlgorithmicMedia, found digitalCapture"),
    (lambda: with_label(lambda n: n.update(matrix=[0] * 15 + [1])), "label", ["visible", "height_ratio", "at_edge"],
     "✗ Visible label: visible: expected yes, found no"),
    (lambda: moved_label(0, 0), "label", ["at_edge"],
     "✗ Visible label: at an edge or corner: expected yes, found no"),
    (lambda: on_low(no_label), "label", ["found"], "✗ Visible label: expected, missing: not found"),
]  # fmt: skip


@pytest.mark.parametrize(("asset", "mark", "differs", "line"), CASES, ids=[f"{case[1]}-{case[2][0]}" for case in CASES])
def test_what_differs_is_named_with_what_was_expected(asset, mark, differs, line):
    found = sp.verify(asset(), expect=marked_low())
    detail = found[mark]["detail"]
    assert set(differs) <= set(detail["differs"])
    assert detail["expected"]["found"] is True
    for path in detail["differs"]:
        assert path.split(".")[0] in detail["expected"]
    assert line in lines(found)
    fits(found)


def test_every_further_difference_has_a_line_of_its_own():
    found = sp.verify(on_low(record({"ContentProducer": "Other", "ProduceID": "B-1"})), expect=marked_low())
    assert found["metadata"]["detail"]["differs"] == ["aigc.ContentProducer", "aigc.ProduceID"]
    assert found["metadata"]["detail"]["expected"]["aigc"] == marked_low().marks["metadata"]["aigc"]
    assert "~ ProduceID: expected A-0001, found B-1" in lines(found)
    assert "✗ 元数据标识: ContentProducer：应为 Example-Studio，实为 Other" in lines(found, "zh")


def test_another_payload_shows_both():
    receipt = json.loads(json.dumps(marked().to_dict()))
    receipt["marks"]["watermark"]["payload"] = "00" * 8
    found = sp.verify(bytes_of(marked()), key=SECRET, effort="quick", expect=receipt)
    assert found["watermark"]["detail"]["differs"] == ["payload"]
    assert "hypotheses" in found["watermark"]["detail"]
    assert f"✗ Watermark: payload: expected {'00' * 8}, found {marked()['payload']}" in lines(found)


def test_a_mark_as_expected_or_not_expected_has_no_such_detail():
    for found in (sp.verify(GOOD, expect=marked_low()), sp.verify(low())):
        assert all("differs" not in (found[mark].get("detail") or {}) for mark in ("label", "metadata"))


def test_a_required_mark_that_is_missing_was_expected_to_be_found():
    found = sp.verify(low(), require=["metadata"])
    assert found["metadata"]["detail"] == {"expected": {"found": True, "valid": True}, "differs": ["found"]}
    fits(found)


def test_whether_the_bytes_are_the_ones_of_the_receipt():
    digest = marked_low()["asset"]["after"]["sha256"]
    same, other = sp.verify(GOOD, expect=marked_low()), sp.verify(moved_label(0, 0), expect=marked_low())
    assert same["receipt"] == {"bytes": "same", "sha256": digest}
    assert other["receipt"] == {"bytes": "different", "sha256": digest}
    assert "bytes: the ones of the receipt" in lines(same)
    assert "bytes: not the ones of the receipt (the file was changed since)" in lines(other)
    assert "字节：与回执所载一致" in lines(same, "zh")


def test_other_bytes_alone_are_told_and_gate_nothing():
    changed = on_low(lambda held: held["asset"].update(copyright="x"))
    found = sp.verify(changed, expect=marked_low())
    assert found["receipt"]["bytes"] == "different"
    assert found.ok


def test_without_a_receipt_or_its_hash_nothing_is_said_of_bytes():
    receipt = json.loads(json.dumps(marked_low().to_dict()))
    receipt["asset"]["after"] = None
    for found in (sp.verify(GOOD), sp.verify(GOOD, expect=receipt)):
        assert found["receipt"] is None
        assert not any(line.startswith("bytes:") for line in lines(found))
        fits(found)


def receipt_of(uri: str, **changes: str) -> dict[str, Any]:
    """The receipt of the marked file under a name; with another hash or producer."""
    made: dict[str, Any] = json.loads(json.dumps(marked_low().to_dict()))
    made["asset"]["after"]["uri"] = uri
    made["asset"]["after"]["sha256"] = changes.get("sha256", made["asset"]["after"]["sha256"])
    made["marks"]["metadata"]["aigc"]["ContentProducer"] = changes.get("producer", "Example-Studio")
    return made


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("x.glb", "y.glb", "x[1].glb"):
        (tmp_path / name).write_bytes(GOOD)
    return tmp_path


def save(path: Path, *receipts: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(receipt) + "\n" for receipt in receipts), encoding="utf-8")
    return path


def test_of_several_of_one_name_the_hash_tells(place):
    others = [receipt_of(f"{folder}/x.glb", sha256="0" * 64, producer="Other") for folder in "ab"]
    path = save(place / "r.jsonl", others[0], receipt_of("c/x.glb"), others[1], receipt_of("y.glb", producer="Other"))
    found = sp.verify("x.glb", expect=path)
    assert (found.ok, found["receipt"]["bytes"]) == (True, "same")
    assert sp.verify("y.glb", expect=path)["metadata"]["detail"]["differs"] == ["aigc.ContentProducer"]
    assert sp.verify(GOOD, expect=path).ok  # in memory: by its hash


def test_none_that_fits_names_the_asset(place):
    path = save(place / "r.jsonl", receipt_of("p.glb"), receipt_of("q.glb"))
    with pytest.raises(UsageError, match=r"^x\.glb: 0 of 2 receipts"):
        sp.verify("x.glb", expect=path)
    with pytest.raises(UsageError, match="is no sceneproof"):
        sp.verify("x.glb", expect=save(place / "s.jsonl", receipt_of("x.glb"), "r.jsonl"))  # type: ignore[arg-type]


def test_a_folder_holds_a_receipt_per_name(place):
    save(place / "receipts" / "x.glb.receipt.json", receipt_of("x.glb", producer="Other"))
    save(place / "receipts" / "sub" / "y.glb.receipt.json", receipt_of("y.glb"))
    save(place / "receipts" / "x[1].glb.receipt.json", receipt_of("x[1].glb"))
    assert [sp.verify(name, expect="receipts").ok for name in ("x.glb", "y.glb", "x[1].glb")] == [False, True, True]
    (place / "z.glb").write_bytes(GOOD)
    with pytest.raises(UsageError, match=r"^z\.glb: there is no z\.glb\.receipt\.json in receipts$"):
        sp.verify("z.glb", expect="receipts")
    (place / "empty").mkdir()
    with pytest.raises(UsageError, match=r"there is no NAME.* in empty"):
        sp.verify(GOOD, expect="empty")
