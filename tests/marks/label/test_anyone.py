"""A label counts whoever put it in: words as texture or as geometry are found and read in the start pictures."""

from __future__ import annotations

from importlib.resources import as_file, files
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import sceneproof
from sceneproof import io
from sceneproof.declaration import Declaration
from sceneproof.marks.label import _pictured, anyone
from sceneproof.marks.label._glyphs import FONT, text_mesh
from sceneproof.marks.label._pictured import ink_rows, texts_of
from sceneproof.marks.label.read import LabelReading
from sceneproof.marks.metadata.read import read as read_metadata
from sceneproof.render import ocr
from sceneproof.render.ocr import Line
from sceneproof.rules import ds_17_7
from sceneproof.rules._engine import Case, limits
from tests.makers import Builder

from ._scenes import figure, load, marked, room

reads = pytest.mark.skipif(
    find_spec("rapidocr") is None or find_spec("onnxruntime") is None, reason="rapidocr is not installed"
)
AI_SCENE = ("origin=ai-generated", "public=true", "role=provider", "market=cn", "unit=scene", "attest.confusing=true")


def _quad(low: tuple[float, float], high: tuple[float, float], z: float) -> dict[str, np.ndarray]:
    (x0, y0), (x1, y1) = low, high
    return {
        "POSITION": np.array([[x0, y0, z], [x1, y0, z], [x1, y1, z], [x0, y1, z]], np.float32),
        "NORMAL": np.tile(np.array([0, 0, 1], np.float32), (4, 1)),
        "TEXCOORD_0": np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32),
        "indices": np.array([0, 1, 2, 0, 2, 3], np.uint32),
    }


def _drawn(text: str, size: int = 160) -> np.ndarray:
    """The words in white on dark blue, as another tool paints them on a sign."""
    from PIL import Image, ImageDraw, ImageFont

    with as_file(files("sceneproof.marks.label") / "fonts" / FONT) as path:
        font = ImageFont.truetype(str(path), size)
    left, top, right, bottom = font.getbbox(text)
    picture = Image.new("RGB", (int(right - left) + size, int(bottom - top) + size), (20, 30, 70))
    ImageDraw.Draw(picture).text((size // 2 - left, size // 2 - top), text, (255, 255, 255), font=font)
    return np.asarray(picture)


def _sign(b: Builder, text: str, tall: float = 0.22) -> None:
    """A textured board at the lower edge of the room's picture, named like any other thing."""
    pixels = _drawn(text)
    wide = tall * pixels.shape[1] / pixels.shape[0]
    paint = b.material("paint", textures={"color": b.texture(b.image(pixels))}, extensions={"KHR_materials_unlit": {}})
    b.node("sign", mesh=b.mesh([b.primitive(_quad((-wide / 2, 0), (wide / 2, tall), 0), material=paint)]),
           translation=[0.0, -0.2, 1.2])  # fmt: skip


def textured_room(text: str = "AI生成") -> Builder:
    b = room()
    _sign(b, text)
    return b


def lettered_figure(text: str = "人工智能合成") -> Builder:
    """Words as geometry in front of a figure, without a plate: other words, another colour, another maker."""
    b = figure()
    mesh = text_mesh(text)
    corners = np.zeros((len(mesh.positions), 3), np.float32)
    corners[:, :2] = mesh.positions * 0.13
    ink = {"POSITION": corners, "indices": mesh.triangles.astype(np.uint32).ravel()}
    black = b.material("letters", color=(0.02, 0.02, 0.02, 1), doubleSided=True)
    b.node("words", mesh=b.mesh([b.primitive(ink, material=black)]), translation=[-0.4, -0.2, 0.3])
    return b


@reads
@pytest.mark.parametrize("scene", [textured_room, lettered_figure], ids=["texture in a room", "geometry by a figure"])
def test_words_of_another_tool_are_read_in_every_picture(scene: Any) -> None:
    found = anyone.read(load(scene()), "normal")
    assert found.found
    assert found.visible
    assert found.foreign
    assert found.text is None
    assert found.reading == {textured_room: "AI生成", lettered_figure: "人工智能合成"}[scene]
    assert found.height_ratio is not None
    assert 0.04 < found.height_ratio < 0.15
    assert found.contrast_ratio is not None
    assert found.contrast_ratio > 3


@reads
def test_the_measured_ink_is_what_rays_measure_of_an_own_label() -> None:
    """Two ways that share no code past the picture: from the triangles of the words, and from pixels."""
    scene, _ = marked(load(figure()))
    both = anyone.read(scene, "deep")
    assert both.text is not None
    assert both.reading == both.text
    assert not both.foreign
    by_rays = {(s.view, s.aspect): s for s in both.views}
    for seen in _pictured.pictured(scene).best():
        rays = by_rays[seen.view, seen.aspect]
        assert seen.height_ratio == pytest.approx(rays.height_ratio, rel=0.05)
        assert seen.contrast_ratio == pytest.approx(rays.contrast_ratio, rel=0.1)


@reads
def test_rules_judge_a_label_that_was_read() -> None:
    verdicts = _verdicts(textured_room())
    assert {verdicts[f"DS-17.{k}"] for k in (4, 5, 7, 9)} == {"pass"}
    assert verdicts["DS-18.2"] == "notApplicable"


@pytest.mark.parametrize(("reading", "verdict"), [("AI生成", "ok"), ("AI generated", "unclear"), ("AI", "violated")])
def test_the_words_that_were_read_are_judged(reading: str, verdict: str) -> None:
    label = LabelReading(True, True, reading=reading, foreign=True)
    case = Case(load(figure()), Declaration(), {}, label, read_metadata(load(figure())), limits())
    (outcome,) = ds_17_7.check(case)
    assert outcome.state.value == verdict
    assert outcome.evidence["reading"] == reading


def _verdicts(builder: Builder) -> dict[str, str]:
    report = sceneproof.audit(builder.glb(), settings=AI_SCENE, depth="deep", select=("DS-17", "DS-18"))
    return {finding.rule: str(finding.verdict.value) for finding in report.findings}


@reads
def test_verify_tells_what_it_read_and_what_it_did_not() -> None:
    data = sceneproof.verify(textured_room().glb()).to_dict()["label"]
    assert data["reading"] == "AI生成"
    assert data["detail"]["ocr"]["state"] == "read"
    assert {entry["elements"] for entry in data["detail"]["ocr"]["labels"]} == {"zh"}
    plain = sceneproof.verify(figure().glb()).to_dict()["label"]
    assert not plain["found"]
    assert plain["detail"]["ocr"]["state"] == "nothing"
    assert "detail" not in sceneproof.verify(figure().glb(), effort="quick").to_dict()["label"]


def test_without_the_extra_the_reading_is_null_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anyone, "present", lambda: False)
    found = sceneproof.verify(figure().glb())
    data = found.to_dict()["label"]
    assert data["reading"] is None
    assert "sceneproof[ocr]" in data["detail"]["ocr"]["note"]["en"]
    assert "sceneproof[ocr]" in str(found)


@reads
def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    ocr._engine.cache_clear()
    assert [line.text for line in ocr.lines(_drawn("AI生成", 60))] == ["AI生成"]


def test_neighbouring_lines_are_one_text() -> None:
    def line(text: str, left: float, top: float) -> Line:
        return Line(text, 0.9, (left, top, left + 20.0 * len(text), top + 30.0))

    apart = [line("AI", 0, 0), line("生成", 0, 400)]
    assert texts_of(apart) == []
    near = [line("本场景由人工智能", 0, 0), line("生成", 0, 40)]
    assert [text for text, _ in texts_of(near)] == ["本场景由人工智能 生成"]
    assert [text for text, _ in texts_of([line("Al生成", 0, 0), line("CHAIR", 0, 40)])] == ["AI生成"]
    assert texts_of([line("AIR generated", 0, 0)]) == []


def test_ink_is_measured_inside_its_plate() -> None:
    """A bright surrounding beyond the plate is of the ink's own luminance, and is none."""
    light = np.full((100, 300), 0.7)
    light[6:94, 8:292] = 0.02
    light[30:70, 60:240:12] = 1.0
    found = ink_rows(light)
    assert found is not None
    assert found[0] == (30, 70)
    assert ink_rows(np.full((100, 300), 0.5)) is None


def test_a_scene_without_extent_reads_nothing() -> None:
    scene = io.load(Builder().glb())
    if ocr.present():
        assert anyone.read(scene, "deep").reading is None
    assert anyone.read(scene, "quick").reading is None
