"""`sceneproof mark` and `verify`: from files to files, receipts, and the way back."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from tests._marked import SECRET, bytes_of, dense, low, marked, marked_low
from tests.cli._run import DECLARED
from tests.makers import shapes
from tests.makers.builder import Builder
from tests.makers.hostile import FILES, FOLDERS


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_key_mark_and_verify(cli, work):
    (work / "dense.glb").write_bytes(dense())
    made = cli("mark", "dense.glb", "--output", "out.glb", "--key", "studio.key", "--receipt", "r.json", *DECLARED)
    assert made.code == 0
    assert made.err == ""
    assert (work / "out.glb").read_bytes() == bytes_of(marked())
    receipt = json.loads((work / "r.json").read_text(encoding="utf-8"))
    assert receipt["asset"]["after"]["sha256"] == sha(work / "out.glb")
    back = cli(
        "verify", "out.glb", "--key", "studio.key", "--expect", "r.json", "--effort", "quick", "--format", "json"
    )
    assert back.code == 0
    assert back.json["expected"] == {"label": "ok", "metadata": "ok", "watermark": "ok"}
    for text in (made.out, back.out, (work / "r.json").read_text()):
        assert base64.b64encode(SECRET).decode() not in text
        assert SECRET.hex() not in text


def test_the_receipt_is_what_json_prints(cli, work):
    ran = cli("mark", "low.glb", "--output", "out.glb", "--receipt", "r.json", "--format", "json", *DECLARED)
    assert ran.code == 0
    assert ran.json == json.loads((work / "r.json").read_text(encoding="utf-8"))
    assert ran.json["options"]["require"] == []


def test_nothing_possible_is_exit_code_1_and_no_file(cli, work):
    ran = cli(
        "mark", "low.glb", "--output", "out.glb", "--receipt", "r.json", "--set", "origin=handmade", "--format", "json"
    )
    assert ran.code == 1
    assert "would be forged" in ran.err
    assert ran.json["asset"]["after"] is None
    assert ran.json["error"]["message"] in ran.err
    assert not (work / "out.glb").exists()


def test_a_required_mark_that_is_not_possible_writes_nothing(cli, work):
    ran = cli("mark", "low.glb", "--output", "out.glb", "--key", "studio.key", "--require", "watermark", *DECLARED)
    assert ran.code == 1
    assert "required but not possible" in ran.err
    assert not (work / "out.glb").exists()


@pytest.mark.parametrize("name", FILES)
def test_hostile_bytes_leave_no_output(cli, work, name):
    (work / "in").mkdir()
    (work / "in" / "x.glb").write_bytes(FILES[name]())
    ran = cli("mark", "in/x.glb", "--output", "in/out.glb", "--format", "json", *DECLARED)
    left = {path.name for path in (work / "in").iterdir()}
    if ran.code:
        assert ran.code in (1, 3)
        assert left == {"x.glb"}
        assert len(ran.err.splitlines()) == 1
        assert ran.json["error"]["message"].startswith("in/x.glb")
    else:
        assert left == {"x.glb", "out.glb"}


@pytest.mark.parametrize("name", FOLDERS)
def test_hostile_parts_leave_no_output(cli, work, name):
    path = FOLDERS[name](work / "parts")
    (work / "out").mkdir()
    assert cli("mark", path, "--output", work / "out" / "x.gltf", *DECLARED).code == 3
    assert not list((work / "out").iterdir())


def test_an_output_is_written_over_only_by_force(cli, work):
    (work / "out.glb").write_bytes(b"mine")
    assert cli("mark", "low.glb", "--output", "out.glb", *DECLARED).code == 2
    assert (work / "out.glb").read_bytes() == b"mine"
    assert cli("mark", "low.glb", "--output", "out.glb", "--force", *DECLARED).code == 0
    assert (work / "out.glb").read_bytes() == bytes_of(marked_low())


def test_in_place_writes_over_the_input(cli, work):
    assert cli("mark", "low.glb", "--in-place", *DECLARED).code == 0
    assert (work / "low.glb").read_bytes() == bytes_of(marked_low())
    assert sorted(path.name for path in work.iterdir()) == ["broken.glb", "low.glb", "marked.glb", "studio.key"]


@pytest.fixture
def tree(work):
    """Three assets in two folders, two of one name."""
    for name in ("in/a/x.glb", "in/b/x.glb", "in/y.glb"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(low())
    return work


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_several_outputs_keep_the_structure_and_receipts_do_not_collide(cli, tree):
    (tree / "receipts").mkdir()
    ran = cli("mark", "in", "--output", "out", "--receipt", "receipts", "--format", "json", *DECLARED)
    assert ran.code == 0
    assert len(ran.lines) == 3
    assert files(tree / "out") == ["a/x.glb", "b/x.glb", "y.glb"]
    assert files(tree / "receipts") == [f"{name}.receipt.json" for name in ("a/x.glb", "b/x.glb", "y.glb")]
    for name in files(tree / "out"):
        assert cli("verify", tree / "out" / name, "--expect", tree / "receipts" / f"{name}.receipt.json").code == 0


def test_a_receipt_name_that_ends_in_a_slash_is_a_folder_to_be(cli, tree):
    assert cli("mark", "in", "--output", "out", "--receipt", "receipts/", *DECLARED).code == 0
    assert files(tree / "receipts") == [f"{name}.receipt.json" for name in ("a/x.glb", "b/x.glb", "y.glb")]


def test_one_receipt_file_holds_a_line_per_asset(cli, tree):
    (tree / "in" / "z.glb").write_bytes(b"no")
    ran = cli("mark", "in", "--output", "out", "--receipt", "r.jsonl", *DECLARED)
    assert ran.code == 3
    lines = [json.loads(line) for line in (tree / "r.jsonl").read_text(encoding="utf-8").splitlines()]
    assert ["error" in line for line in lines] == [False, False, False, True]
    assert files(tree / "out") == ["a/x.glb", "b/x.glb", "y.glb"]


def test_a_file_of_several_receipts_is_expected_of_each_by_its_place_or_name(cli, tree):
    cli("mark", "in", "--output", "out", "--receipt", "r.jsonl", *DECLARED)
    ran = cli("verify", "out", "--expect", "r.jsonl", "--format", "json")
    assert ran.code == 0
    assert [line["expected"] for line in ran.lines] == [{"label": "ok", "metadata": "ok"}] * 3
    (tree / "out" / "y.glb").rename(tree / "y.glb")
    assert cli("verify", "y.glb", "--expect", "r.jsonl").code == 0
    (tree / "y.glb").write_bytes(low())
    assert cli("verify", "y.glb", "--expect", "r.jsonl").code == 1
    (tree / "x.glb").write_bytes(low())
    ran = cli("verify", "x.glb", "--expect", "r.jsonl")
    assert ran.code == 2
    assert "x.glb: 2 of 3 receipts are of a file of that name" in ran.err
    ran = cli("verify", "x.glb", "out/a/x.glb", "--expect", "r.jsonl", "--format", "json")
    assert ran.code == 2
    assert ["error" in line for line in ran.lines] == [True, False]


@pytest.mark.parametrize("output", ["out", "out/"])
def test_a_folder_of_one_asset_goes_into_a_folder(cli, work, output):
    (work / "in").mkdir()
    (work / "in" / "x.glb").write_bytes(low())
    assert cli("mark", "in", "--output", output, *DECLARED).code == 0
    assert files(work / "out") == ["x.glb"]


def test_outputs_that_exist_stop_the_run_before_the_first_is_written(cli, tree):
    (tree / "out" / "b").mkdir(parents=True)
    (tree / "out" / "b" / "x.glb").write_bytes(b"mine")
    ran = cli("mark", "in", "--output", "out", *DECLARED)
    assert ran.code == 2
    assert files(tree / "out") == ["b/x.glb"]
    assert cli("mark", "in", "--output", "out", "--force", *DECLARED).code == 0


def test_a_part_that_one_of_several_lacks_is_one_record(cli, work):
    b = Builder()
    b.node("ball", mesh=b.mesh(shapes.box(), material=b.material("m")))
    (work / "other.glb").write_bytes(b.glb())
    (work / "d.toml").write_text(
        'origin = "ai-generated"\nproducer = "p"\ncontent_id = "c"\n[[part]]\nnode = "box"\norigin = "captured"\n'
    )
    ran = cli("mark", "other.glb", "low.glb", "--output", "out", "--declaration", "d.toml", "--format", "json")
    assert ran.code == 2
    assert "unknown part 'box'" in ran.lines[0]["error"]["message"]
    assert ran.lines[1]["marks"]["metadata"]["verified"]
    assert files(work / "out") == ["low.glb"]


def test_a_gltf_is_marked_with_its_parts(cli, work):
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), material=b.material("m")))
    b.gltf(work / "in", "scene")
    (work / "out").mkdir()
    assert cli("mark", "in/scene.gltf", "--output", "out/scene.gltf", "--receipt", "r.json", *DECLARED).code == 0
    assert cli("verify", "out/scene.gltf", "--expect", "r.json").code == 0


def test_verify_tells_without_expectation_and_gates_with_one(cli, work):
    assert cli("verify", "low.glb").code == 0
    assert cli("verify", "low.glb", "--require", "label").code == 1
    assert cli("verify", "marked.glb", "--require", "label,metadata").code == 0
    ran = cli("verify", "marked.glb", "low.glb", "none.glb", "--require", "label", "--format", "json")
    assert ran.code == 3
    assert [record["expected"] for record in ran.lines] == [{"label": "ok"}, {"label": "missing"}, None]


def test_a_key_ring_is_taken(cli, work):
    cli("keygen", "other.key")
    ran = cli("verify", "low.glb", "--key", "studio.key", "--key", "other.key", "--effort", "quick", "--format", "json")
    assert ran.json["watermark"]["found"] is False


def test_inspect_prints_figures_and_judges_nothing(cli, work):
    ran = cli("inspect", "low.glb", "--format", "json")
    assert ran.code == 0
    assert ran.json["inspection"]["triangles"] == 12
    assert "findings" not in ran.json
    assert "12" in cli("inspect", "low.glb").out


def test_keygen_prints_the_id_and_not_the_key(cli, work):
    ran = cli("keygen", "new.key")
    secret = (work / "new.key").read_text().split('secret = "')[1].rstrip('"\n')
    assert ran.code == 0
    assert ran.out.startswith("new.key: key ")
    assert secret not in ran.out + ran.err
    assert base64.b64decode(secret).hex() not in ran.out + ran.err


def test_warmup_says_what_it_did(cli, work):
    ran = cli("warmup")
    assert ran.code == 0
    assert ran.out.startswith("kernels compiled in ")
