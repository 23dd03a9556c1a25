"""`sceneproof verify --reference`."""

from __future__ import annotations

from tests._marked import bytes_of, dense, low, marked


def test_verify_with_a_reference_says_how_it_was_placed(cli, work):
    (work / "marked.glb").write_bytes(bytes_of(marked()))
    (work / "original.glb").write_bytes(dense())
    arguments = ("verify", "marked.glb", "--key", "studio.key", "--reference", "original.glb")
    ran = cli(*arguments, "--format", "json")
    assert ran.code == 0
    assert ran.json["watermark"]["found"]
    assert ran.json["watermark"]["detail"]["reference"]["registration"] == "none"
    shown = cli(*arguments)
    assert "not needed: read as it stands" in shown.out
    assert "参考文件" in shown.out


def test_a_low_suspect_is_not_found_with_it(cli, work):
    (work / "original.glb").write_bytes(dense())
    ran = cli("verify", "low.glb", "--key", "studio.key", "--reference", "original.glb", "--effort", "quick")
    assert ran.code == 0
    assert "not found" in ran.out


def test_a_reference_that_cannot_be_used_is_one_line(cli, work):
    (work / "bad.glb").write_bytes(b"glTF, but not really")
    (work / "marked.glb").write_bytes(low())
    for name, key, code, told in (
        ("bad.glb", ["--key", "studio.key"], 3, "reference: "),
        ("missing.glb", ["--key", "studio.key"], 3, "reference: "),
        ("marked.glb", [], 2, "no key to look with"),
    ):
        ran = cli("verify", "marked.glb", "--reference", name, *key)
        assert ran.code == code
        assert told in ran.err
        assert len(ran.err.strip().splitlines()) == 1
