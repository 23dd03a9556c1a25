"""`verify --expect` from a folder of receipts, as `mark --receipt FOLDER` writes it."""

from __future__ import annotations

from tests._marked import low
from tests.cli._run import DECLARED


def test_a_delivery_is_verified_against_its_folder_of_receipts(cli, work):
    for name in ("in/a/x.glb", "in/b/x.glb", "in/y.glb"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(low())
    (work / "receipts").mkdir()
    assert cli("mark", "in", "--output", "out", "--receipt", "receipts", *DECLARED).code == 0
    ran = cli("verify", "out", "--expect", "receipts", "--format", "json")
    assert ran.code == 0
    assert [line["receipt"]["bytes"] for line in ran.lines] == ["same"] * 3
    (work / "out" / "y.glb").write_bytes(low())
    ran = cli("verify", "out", "--expect", "receipts", "--lang", "en")
    assert ran.code == 1
    assert "bytes: not the ones of the receipt" in ran.out
    assert ran.out.splitlines()[-1] == "3 assets: 2 as expected, 1 not as expected, 0 unreadable"


def test_a_folder_without_receipts_is_wrong_usage(cli, work):
    (work / "none").mkdir()
    ran = cli("verify", "low.glb", "--expect", "none")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no NAME.receipt.json in none" in ran.err
