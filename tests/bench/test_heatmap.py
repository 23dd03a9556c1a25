"""The heat map: its colours tell shares apart for any colour vision, and every cell is where it should be."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest

from sceneproof.bench._heatmap import CELL, CIVIDIS, EMPTY, colour, draw
from tests.bench.test_rates import ROW


def pixels(rows) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(draw(rows))))


def count(picture: np.ndarray, wanted: tuple[int, int, int]) -> int:
    return int((picture == np.array(wanted)).all(axis=2).sum())


def test_lightness_grows_with_the_share():
    lightness = [float(np.dot(colour(share), (0.2126, 0.7152, 0.0722))) for share in np.linspace(0, 1, 50)]
    assert all(later > earlier for earlier, later in itertools.pairwise(lightness))
    assert (colour(0.0), colour(1.0), colour(-1), colour(7)) == (CIVIDIS[0], CIVIDIS[-1], CIVIDIS[0], CIVIDIS[-1])


def test_a_picture_has_a_cell_for_what_was_read_refused_and_left_out():
    rows = [
        ROW | {"asset": "read", "vertices": 9},
        ROW | {"asset": "missed", "vertices": 8, "exact": False},
        ROW | {"asset": "refused", "vertices": 7, "exact": False, "refused": "too coarse"},
        ROW | {"asset": "open", "vertices": 6, "exact": False, "not_applicable": "open"},
    ]
    picture = pixels(rows)
    area = (CELL[0] - 1) * (CELL[1] - 1)
    assert area * 0.6 < count(picture, CIVIDIS[-1]) <= area
    assert area * 0.6 < count(picture, CIVIDIS[0]) <= area
    assert 2 * area * 0.6 < count(picture, EMPTY) <= 2 * area


def test_the_baseline_shows_its_bits_and_half_of_them_is_chance():
    row = ROW | {"vertices": 9, "method": "cho-2007", "exact": False, "bit_accuracy": 0.5}
    assert count(pixels([row]), CIVIDIS[0]) > 500
    assert count(pixels([row | {"bit_accuracy": 1.0}]), CIVIDIS[-1]) > 500


@pytest.mark.parametrize("strengths", [("Q",), ("Q", "R")])
def test_each_strength_has_a_panel(strengths):
    rows = [ROW | {"vertices": 9, "strength": strength} for strength in strengths]
    area = (CELL[0] - 1) * (CELL[1] - 1)
    assert count(pixels(rows), CIVIDIS[-1]) > 0.6 * area * len(strengths)
