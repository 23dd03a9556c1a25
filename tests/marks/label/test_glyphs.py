"""Words as triangles: right shape, holes open, one unit tall."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.errors import MarkError
from sceneproof.marks.label._wording import WORDINGS
from sceneproof.marks.label.label import text_mesh
from tests.makers import font_subset


def covered(text: str, x: float, y: float) -> bool:
    """Whether a point of the plane lies in a triangle of the words."""
    mesh = text_mesh(text)
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    sides = []
    for p, q in ((a, b), (b, c), (c, a)):
        sides.append((q - p)[:, 0] * (y - p[:, 1]) - (q - p)[:, 1] * (x - p[:, 0]))
    return bool((np.min(sides, axis=0) >= 0).any())


@pytest.mark.parametrize("text", [*WORDINGS.values(), "人工智能合成", "e", "A", "人", "%&@8"])
def test_the_ink_box_starts_at_zero_and_is_one_tall(text: str) -> None:
    mesh = text_mesh(text)
    low, high = mesh.positions.min(axis=0), mesh.positions.max(axis=0)
    assert low == pytest.approx((0, 0), abs=1e-12)
    assert high == pytest.approx((mesh.width, 1))
    assert mesh.ink_bounds == pytest.approx(np.array([[0, 0], [mesh.width, 1]]))


@pytest.mark.parametrize("text", [*WORDINGS.values(), "e", "A", "人", "口", "8"])
def test_all_triangles_turn_the_same_way_and_none_overlap_beyond_the_box(text: str) -> None:
    mesh = text_mesh(text)
    a, b, c = (mesh.positions[mesh.triangles[:, k]] for k in range(3))
    turn = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (turn > 0).all()
    assert 0.05 < mesh.ink_area < mesh.width


def test_a_dash_is_a_full_rectangle() -> None:
    mesh = text_mesh("-")
    assert len(mesh.triangles) == 2
    assert mesh.ink_area == pytest.approx(mesh.width)


def test_the_hole_of_an_o_is_open_and_its_ring_is_filled() -> None:
    width = text_mesh("O").width
    assert not covered("O", width / 2, 0.5)
    assert covered("O", 0.06, 0.5)
    assert covered("O", width / 2, 0.05)


def test_a_ring_has_the_area_of_its_outline_less_its_hole() -> None:
    """日 is a box with two windows: area by counting points agrees with area by triangles."""
    mesh = text_mesh("日")
    x, y = np.meshgrid(np.linspace(0, mesh.width, 60), np.linspace(0, 1, 60))
    share = np.mean([covered("日", px, py) for px, py in zip(x.ravel(), y.ravel(), strict=True)])
    assert share * mesh.width == pytest.approx(mesh.ink_area, rel=0.06)


def test_the_letters_stand_side_by_side() -> None:
    one, two = text_mesh("人"), text_mesh("人人")
    assert two.ink_area == pytest.approx(2 * one.ink_area)
    assert two.width > 2 * one.width


def test_two_lines_give_the_height_of_the_lower_one() -> None:
    mesh = text_mesh("AI\n生成")
    assert mesh.lines == 2
    assert mesh.line_height == pytest.approx(text_mesh("AI").ink_height / mesh.ink_height)
    assert mesh.positions[:, 1].max() == pytest.approx(1)


def test_a_missing_glyph_is_named() -> None:
    with pytest.raises(MarkError, match="☃ 鱻"):
        text_mesh("AI生成☃鱻")


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_no_words_are_no_label(text: str) -> None:
    with pytest.raises(MarkError, match="empty"):
        text_mesh(text)


def test_slim_enough_to_add_to_any_asset() -> None:
    assert len(text_mesh("AI生成").triangles) < 200
    assert len(text_mesh("AI-generated").triangles) < 400


def test_the_font_covers_what_it_says_and_stays_small() -> None:
    from importlib.resources import files

    from fontTools.ttLib import TTFont

    folder = files("sceneproof.marks.label") / "fonts"
    path = folder / "label-cjk-bold.otf"
    assert len(path.read_bytes()) < 1_500_000
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text()
    font = TTFont(str(path))
    assert font_subset.characters() - {0x3000} <= set(font.getBestCmap()) | {0x3000}
    assert "Open Font License" in font["name"].getDebugName(13)
