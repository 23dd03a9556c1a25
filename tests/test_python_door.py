"""What can be given as an asset from Python, and how results look in a notebook."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

import sceneproof as sp
from sceneproof.errors import InputError, MissingExtraError
from tests._marked import bytes_of, declared, dense, low, marked_low
from tests.makers import shapes


def as_mesh() -> trimesh.Trimesh:
    box = shapes.box()
    return trimesh.Trimesh(box.positions, box.faces, process=False)


def as_scene() -> trimesh.Scene:
    scene = trimesh.Scene()
    scene.add_geometry(as_mesh(), node_name="a")
    scene.add_geometry(as_mesh(), node_name="b", transform=trimesh.transformations.translation_matrix([3, 0, 0]))
    return scene


ASSETS = {
    "bytes": low,
    "bytearray": lambda: bytearray(low()),
    "Scene": lambda: sp.load(low()),
    "trimesh mesh": as_mesh,
    "trimesh scene": as_scene,
}


@pytest.mark.parametrize("asset", ASSETS.values(), ids=ASSETS.keys())
def test_every_door_audits_marks_and_verifies(asset):
    report = sp.audit(asset(), declaration=declared())
    assert report["asset"]["uri"] is None
    assert report["inspection"]["triangles"] % 12 == 0
    receipt = sp.mark(asset(), declaration=declared())
    assert all(mark["verified"] for mark in receipt.marks.values())
    assert set(receipt.marks) == {"label", "metadata"}
    assert sp.verify(receipt.scene, expect=receipt).ok
    assert sp.verify(bytes_of(receipt), expect=receipt).ok


def test_a_path_is_text_or_a_path(tmp_path):
    (tmp_path / "x.glb").write_bytes(low())
    for asset in (tmp_path / "x.glb", str(tmp_path / "x.glb")):
        assert sp.audit(asset)["asset"]["uri"] == str(tmp_path / "x.glb")


def test_a_trimesh_mesh_keeps_its_geometry():
    scene = sp.load(as_mesh())
    again = scene.to_trimesh()
    assert np.allclose(again.bounds, as_mesh().bounds)
    assert again.volume == pytest.approx(1.0)


def test_anything_else_is_named():
    with pytest.raises(InputError, match="cannot read a dict"):
        sp.audit({})


def test_open3d_objects_are_read_where_it_is_installed():
    try:
        mesh = sp.load(low()).to_open3d()
    except MissingExtraError as reason:
        pytest.skip(str(reason))
    assert sp.audit(mesh)["inspection"]["triangles"] == 12
    assert set(sp.mark(mesh, declaration=declared()).marks) == {"label", "metadata"}


def test_without_open3d_one_line_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "open3d", None)
    with pytest.raises(MissingExtraError) as caught:
        sp.load(low()).to_open3d()
    assert "sceneproof[reconstruction]" in str(caught.value)
    assert "\n" not in str(caught.value)


def results() -> list[object]:
    report = sp.audit(low(), declaration=declared())
    return [report, marked_low(), sp.verify(bytes_of(marked_low()), expect=marked_low())]


def test_results_print_well():
    for result in results():
        assert "\x1b" not in str(result)
        assert len(str(result).splitlines()) > 3
        assert repr(result).startswith(f"<{type(result).__name__} of ")
        assert len(repr(result)) < 200


def test_results_show_themselves_in_a_notebook():
    for result in results():
        markup = result._repr_html_()
        assert markup.lstrip().startswith("<")
        assert "<script src" not in markup


def test_results_become_frames():
    pytest.importorskip("pandas")
    report, receipt, verification = results()
    frame = report.to_frame()
    assert len(frame) == len(report.findings)
    assert {"rule", "verdict", "severity", "clauses"} <= set(frame.columns)
    assert list(receipt.to_frame()["mark"]) == ["label", "metadata", "watermark"]
    assert list(verification.to_frame()["found"]) == [True, True, None, None]


def test_marking_leaves_the_given_scene_alone():
    scene = sp.load(dense())
    sp.mark(scene, declaration=declared(), marks=["label", "metadata"])
    from sceneproof.io import to_bytes

    assert to_bytes(scene) == dense()
