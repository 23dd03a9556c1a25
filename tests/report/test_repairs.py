"""What an inspection says to a scan artist, and of labels inside media: sentences, places, and a stranger's text."""

from __future__ import annotations

import numpy as np

from sceneproof._inspect import inspect
from sceneproof.derived.reconstruction import reconstruction
from sceneproof.report.console import plain
from sceneproof.report.html import page
from sceneproof.scene import PointCloud, Scene
from tests.derived.test_reconstruction import glb, torn

from ._samples import INSPECT

EVIL = "<script>alert(1)</script>\x1b[2J\u202egnp"


def labelled(value: str) -> dict[str, object]:
    field = {"pointer": "/images/0", "mime": "image/png", "kind": "text", "key": value, "value": value, "length": 99}
    found = {"images": 2, "sounds": 1, "labelled": 1, "fields": [field] * 20, "more": 5, "problems": []}
    return INSPECT | {"media": found | {"problems": [{"pointer": "/images/1", "message": "png: it ends"}]}}


def test_each_figure_is_one_sentence_with_its_places_below() -> None:
    shown = plain(inspect(glb(torn()), "deep"), lang="en").splitlines()
    at = next(number for number, line in enumerate(shown) if line.startswith("  Holes: "))
    assert shown[at + 1].startswith("      ")
    assert "@ (" in shown[at + 1]
    assert shown[at + 1].endswith("/meshes/0/primitives/0")


def test_places_are_told_to_a_thousandth_of_the_extent_wherever_the_origin_is() -> None:
    points = np.random.default_rng(0).uniform(0, 1, (500, 3)) + np.array([500_000, 0, 0])
    points[7] = [500_009.25, 3, 3]
    asset = Scene("las", None, (), (), (), points=(PointCloud("/points/0", points),))
    shown = plain(INSPECT | {"reconstruction": reconstruction(asset)}, lang="en")
    assert "#7, " in shown
    assert "@ (500009.250, 3.000, 3.000)" in shown


def test_labels_are_listed_first_ones_first_and_the_rest_is_counted() -> None:
    shown = plain(labelled("a painter"), lang="en")
    assert "Labels inside images and sounds (1 / 3)" in shown
    assert shown.count("/images/0 text a painter: a painter") == 12
    assert "13 more" in shown
    assert "! /images/1 png: it ends" in shown


def test_a_stranger_s_label_is_text_and_nothing_else() -> None:
    shown = plain(labelled(EVIL), lang="en")
    assert not any(ord(character) < 32 and character != "\n" for character in shown)
    assert "\u202e" not in shown
    assert "<script>alert" not in page([labelled(EVIL)])


def test_the_page_says_the_same() -> None:
    written = page([inspect(glb(torn()), "deep")])
    for words in ("Holes: ", "孔洞", "Faces that cross others"):
        assert words in written
    assert "a painter" in page([labelled("a painter")])


def test_an_older_result_without_these_figures_still_prints() -> None:
    assert "repair" not in plain(INSPECT)
    assert "repair" not in page([INSPECT])
