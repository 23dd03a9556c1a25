"""Start pictures for reports: three per view, labels boxed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from sceneproof.render.start_picture import OUTLINE, outline, start_pictures, to_jpeg
from sceneproof.scene import Scene
from tests.makers import Builder, shapes
from tests.marks.label._scenes import figure, load, marked, room


def slab() -> Builder:
    """Wider than tall: one label serves the wide pictures, a second one the tall picture."""
    b = Builder()
    b.node("slab", mesh=b.mesh(shapes.box((4, 0.5, 3))))
    return b


@pytest.mark.parametrize(("builder", "count"), [(room, 1), (figure, 1), (slab, 2)])
def test_every_label_is_boxed_in_every_aspect(builder: object, count: int) -> None:
    scene, _ = marked(load(builder()))  # type: ignore[operator]
    pictures = start_pictures(scene, 180)
    assert [picture.aspect for picture in pictures] == ["16:9", "9:16", "1:1"]
    assert [picture.rgb.shape[:2] for picture in pictures] == [(180, 320), (320, 180), (180, 180)]
    for picture in pictures:
        assert len(picture.boxes) == count
        for left, top, right, bottom in picture.boxes:
            # The plate is 0.44 of the ink height taller than the ink, which is 7.5 % or more.
            assert (bottom - top) / 180 > 0.09
            patch = picture.rgb[top:bottom, left:right]
            assert patch.min() < 60
            assert patch.max() > 230


def test_without_a_label_there_is_no_box() -> None:
    assert all(picture.boxes == () for picture in start_pictures(load(figure()), 90, 1))


def test_without_extent_there_is_no_picture() -> None:
    assert start_pictures(Scene("glb", None, (), (), ())) == ()


def test_the_outline_is_around_the_box_and_leaves_it_alone() -> None:
    rgb = np.zeros((40, 60, 3), np.uint8)
    drawn = outline(rgb, [(20, 10, 30, 20)])
    assert (rgb == 0).all()
    assert (drawn[10:20, 20:30] == 0).all()
    assert drawn[6, 25].tolist() == list(OUTLINE)
    assert drawn[15, 16].tolist() == list(OUTLINE)
    assert (drawn[0] == 0).all()


def test_an_outline_at_the_border_stays_inside() -> None:
    drawn = outline(np.zeros((20, 20, 3), np.uint8), [(0, 0, 20, 20)])
    assert drawn[0, 5].tolist() == list(OUTLINE)
    assert drawn.shape == (20, 20, 3)


def test_png_and_jpeg_open() -> None:
    picture = start_pictures(load(room()), 90, 1)[0]
    assert Image.open(io.BytesIO(picture.png(outlined=True))).size == (160, 90)
    assert Image.open(io.BytesIO(to_jpeg(picture.rgb))).format == "JPEG"
