"""A fingerprint knows a finding again when indices have moved, and tells apart what differs in name."""

from __future__ import annotations

import pytest

import sceneproof as sp
from sceneproof._fingerprint import asset_key, with_fingerprints
from sceneproof.findings import Finding, Text, Verdict
from tests.makers import shapes
from tests.makers.builder import Builder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scene(path, *names):
    b = Builder()
    for name in names:
        b.node(name, mesh=b.mesh(shapes.box(), name=name))
    path.write_bytes(b.glb())
    return sp.load(path)


def finding(pointer, rule="FILE", **more):
    return Finding(rule, Verdict.REVIEW, Text("a", "b"), pointer=pointer, **more)


def prints(loaded, *findings):
    return [one.fingerprint for one in with_fingerprints(findings, loaded)]


def test_a_mesh_keeps_its_fingerprint_when_another_is_put_in_before_it(here):
    before = prints(scene(here / "a.glb", "chair"), finding("/meshes/0/primitives/0"))
    after = prints(scene(here / "a.glb", "lamp", "chair"), finding("/meshes/1/primitives/0"))
    assert before == after
    assert prints(scene(here / "a.glb", "lamp", "chair"), finding("/meshes/0/primitives/0")) != before


def test_what_has_no_name_is_counted_rather_than_numbered(here):
    loaded = scene(here / "a.glb", "chair")
    one = prints(loaded, finding("/accessors/1"), finding("/accessors/2"))
    assert prints(loaded, finding("/accessors/3"), finding("/accessors/9")) == one
    assert len(set(one)) == 2


def test_rule_asset_place_and_code_all_count(here):
    loaded = scene(here / "a.glb", "chair")
    other = scene(here / "b.glb", "chair")
    found = prints(loaded, finding("/asset"), finding("/asset", "DS-16.1"), finding("/nodes/0"))
    found += prints(loaded, finding("/asset", evidence={"code": "X"})) + prints(other, finding("/asset"))
    assert len(set(found)) == 5


def test_an_asset_has_one_name_however_it_is_given(here):
    (here / "sub").mkdir()
    assert {asset_key("sub/a.glb"), asset_key("./sub/../sub/a.glb"), asset_key(str(here / "sub" / "a.glb"))} == {
        "sub/a.glb"
    }
    assert asset_key(str(here.parent / "a.glb")) == (here.parent / "a.glb").as_posix()


def test_an_asset_in_memory_has_no_fingerprints(here):
    b = Builder()
    b.node("box", mesh=b.mesh(shapes.box(), name="box"))
    report = sp.audit(b.glb())
    assert report["findings"]
    assert all("fingerprint" not in entry for entry in report["findings"])
