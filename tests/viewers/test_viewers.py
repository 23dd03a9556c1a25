"""Other people's viewers show the label: the words are read from the whole picture that a browser draws."""

from __future__ import annotations

import io as streams
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import sceneproof
from sceneproof.io import to_bytes
from sceneproof.marks.label._pictured import ink_rows, texts_of
from sceneproof.marks.label.read import read
from sceneproof.render._sampling import TO_LINEAR
from sceneproof.render.ocr import Line, lines
from sceneproof.scene import Scene

from .browser import SIZE, Browser, chromium, modules

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SETTINGS = ("origin=ai-generated", "producer=Viewers", "content_id=v-1", "role=provider", "market=cn")
NOT_SHOWN = {
    ("interior", "model-viewer"): "leaves the file's cameras aside and looks at the room from outside",
    ("interior", "babylon"): "shows the words mirrored",
}
CASES = [
    pytest.param(name, viewer, marks=pytest.mark.xfail(strict=True, reason=why) if why else ())
    for name in ("human", "reconstruction", "interior")
    for viewer in ("three", "model-viewer", "babylon")
    for why in (NOT_SHOWN.get((name, viewer)),)
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if modules() is None:
        pytest.skip("the web viewers are not installed (npm)")
    if chromium() is None:
        pytest.skip("Chromium is not installed")
    if find_spec("rapidocr") is None:
        pytest.skip("rapidocr is not installed")
    with Browser() as running:
        yield running


@pytest.fixture(scope="module")
def marked() -> dict[str, Scene]:
    return {}


def _scene(kept: dict[str, Scene], name: str) -> Scene:
    if name not in kept:
        made = sceneproof.mark(ASSETS / f"{name}.glb", settings=SETTINGS, marks=("label",)).scene
        assert made is not None
        kept[name] = made
    return kept[name]


def _height(rgb: np.ndarray, line: Line) -> float:
    left, top, right, bottom = (round(edge) for edge in line.box)
    light = TO_LINEAR[rgb[top:bottom, left:right]] @ np.array([0.2126, 0.7152, 0.0722])
    found = ink_rows(light)
    assert found is not None
    return (found[0][1] - found[0][0]) / min(SIZE)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "viewer"), CASES)
def test_the_label_is_read_in_the_viewers_whole_picture(
    browser: Browser, marked: dict[str, Scene], name: str, viewer: str
) -> None:
    from PIL import Image

    scene = _scene(marked, name)
    rgb = np.asarray(Image.open(streams.BytesIO(browser.picture(viewer, to_bytes(scene)))).convert("RGB"))
    assert rgb.shape == (SIZE[1], SIZE[0], 3)
    found = texts_of(lines(rgb))
    assert found, "no words of a label in the picture"
    if viewer == "model-viewer":  # the viewer whose framing is ours: the same height, on the lowest of the boards
        lowest = max((line for _, own in found for line in own), key=lambda line: line.box[3])
        ours = max((s for s in read(scene).views if s.aspect == "16:9"), key=lambda s: s.box[3])
        assert _height(rgb, lowest) == pytest.approx(ours.height_ratio, rel=0.1)
