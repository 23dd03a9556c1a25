from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sceneproof.marks.watermark.codec import Embedding, Surface, detect, embed, key_id

from ._surfaces import KEY, blob, cropped, noisy, quantised, reordered, sheet, soup, stored, stretched, turned

PAYLOAD = bytes.fromhex("00deadbeefc0ffee")


@pytest.fixture(scope="module")
def marked() -> tuple[Surface, Embedding]:
    surface = blob()
    embedding = embed(surface, PAYLOAD, KEY)
    return stored(surface, embedding.displacement), embedding


@pytest.fixture(scope="module")
def marked_sheet() -> Surface:
    surface = sheet()
    return stored(surface, embed(surface, PAYLOAD, KEY).displacement)


def _flipped(surface: Surface) -> Surface:
    return Surface(surface.positions, surface.faces[:, ::-1].copy())


def _dirty(surface: Surface) -> Surface:
    """With a NaN vertex, an index out of range, an unused vertex and a face without area."""
    count = len(surface.positions)
    positions = np.concatenate([surface.positions, [[np.nan] * 3, [50.0, 50.0, 50.0]]])
    odd = np.array([[0, 1, count], [0, 1, count + 7], [3, 3, 4], [-1, 0, 1]])
    return Surface(positions, np.concatenate([odd, surface.faces]))


CHANGES: dict[str, Callable[[Surface], Surface]] = {
    "as stored": lambda s: s,
    "reordered": reordered,
    "triangle soup": soup,
    "faces flipped": _flipped,
    "with dirt": _dirty,
    "12 bits": lambda s: quantised(s, 12),
    "noise 0.1 %": lambda s: noisy(s, 0.001),
    "noise 0.3 %": lambda s: noisy(s, 0.003),
    "cropped 30 %": lambda s: cropped(s, 0.3),
    "turned": turned,
    "turned and reordered": lambda s: turned(reordered(s), 3),
    "turned, 12 bits, noise 0.1 %": lambda s: noisy(quantised(turned(s, 5), 12), 0.001),
    "turned and flipped": lambda s: turned(_flipped(s), 2),
    "stretched by a tenth and turned": stretched,
    "stretched by a tenth, 12 bits, noise 0.1 %": lambda s: noisy(quantised(stretched(s, 5), 12), 0.001),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_payload_is_read_after(change: str, marked: tuple[Surface, Embedding]) -> None:
    found = detect([CHANGES[change](marked[0])], KEY)
    assert found.found
    assert found.payload == PAYLOAD
    assert found.log10_p < -9
    assert found.carriers == (0,)


@pytest.mark.parametrize("change", ["as stored", "reordered", "faces flipped", "12 bits", "turned", "noise 0.1 %"])
def test_the_payload_is_read_from_an_open_sheet_after(change: str, marked_sheet: Surface) -> None:
    assert detect([CHANGES[change](marked_sheet)], KEY).payload == PAYLOAD


def test_point_q_is_kept_and_the_figures_are_those_of_the_displacement(marked: tuple[Surface, Embedding]) -> None:
    _, embedding = marked
    surface = blob()
    diagonal = np.linalg.norm(np.ptp(surface.positions, axis=0))
    length = np.linalg.norm(embedding.displacement, axis=1)
    assert embedding.maximum == pytest.approx(length.max() / diagonal)
    assert embedding.maximum <= 0.004
    assert 0 < embedding.mrms <= 0.0005
    assert embedding.normal_deviation_mean_deg <= 1.5
    assert embedding.normal_deviation_p95_deg <= 3.5
    assert embedding.layers == ("raw", "canonical")


def test_equal_positions_move_alike(marked: tuple[Surface, Embedding]) -> None:
    surface, (_, embedding) = blob(), marked
    distinct, group = np.unique(surface.positions, axis=0, return_inverse=True)
    assert len(distinct) < len(surface.positions)
    for k in range(3):
        of_first = np.empty(len(distinct))
        of_first[group.reshape(-1)] = embedding.displacement[:, k]
        assert (of_first[group.reshape(-1)] == embedding.displacement[:, k]).all()


def test_strength_r_moves_more_than_q(marked: tuple[Surface, Embedding]) -> None:
    strong = embed(blob(), PAYLOAD, KEY, strength="R")
    assert strong.mrms > 1.5 * marked[1].mrms
    assert strong.mrms <= 0.001
    assert strong.normal_deviation_mean_deg <= 4.0


def test_another_key_finds_nothing(marked: tuple[Surface, Embedding]) -> None:
    found = detect([marked[0]], b"another key of the tests", effort="quick")
    assert not found.found
    assert found.payload is None
    assert found.carriers == ()
    assert found.log10_p > -3
    assert found.hypotheses > 10


def test_an_unmarked_surface_bears_nothing() -> None:
    assert not detect([blob()], KEY).found


def test_the_carrier_among_several_surfaces_is_named(marked: tuple[Surface, Embedding]) -> None:
    found = detect([sheet(60), marked[0], blob(60), turned(marked[0])], KEY)
    assert found.payload == PAYLOAD
    assert 1 in found.carriers
    assert 0 not in found.carriers
    assert 2 not in found.carriers
    assert [record.surface for record in found.all] == [0, 1, 2, 3]


@pytest.mark.parametrize("unit", [1e-3, 1000.0], ids=["metres as kilometres", "metres as millimetres"])
def test_any_unit_of_length_will_do(unit: float) -> None:
    small = blob(110)
    surface = Surface((small.positions * unit).astype(np.float32).astype(np.float64), small.faces)
    assert detect([stored(surface, embed(surface, PAYLOAD, KEY).displacement)], KEY).payload == PAYLOAD


def test_fixed_vertices_stay_and_the_payload_is_still_read() -> None:
    small = blob(120)
    fixed = small.positions[:, 2] > np.quantile(small.positions[:, 2], 0.85)
    surface = Surface(small.positions, small.faces, fixed)
    embedding = embed(surface, PAYLOAD, KEY)
    assert not embedding.displacement[fixed].any()
    assert embedding.displacement[~fixed].any()
    assert detect([stored(surface, embedding.displacement)], KEY).payload == PAYLOAD


@pytest.mark.parametrize("payload", [bytes(4), bytes(range(16))], ids=["32 bits", "128 bits"])
def test_other_lengths_are_read_when_they_are_asked_for(payload: bytes) -> None:
    surface = blob()
    marked = stored(surface, embed(surface, payload, KEY, strength="R").displacement)
    found = detect([marked], KEY, bits=8 * len(payload))
    assert found.payload == payload
    assert found.bits == 8 * len(payload)


def test_two_keys_leave_two_marks_that_both_read() -> None:
    surface, second = blob(), b"the second key of the tests"
    once = stored(surface, embed(surface, PAYLOAD, KEY).displacement)
    twice = stored(once, embed(once, bytes(8), second, share=0.5).displacement)
    assert detect([twice], second).payload == bytes(8)
    assert detect([twice], KEY).payload == PAYLOAD


def test_a_key_has_a_public_name_that_is_not_the_key() -> None:
    assert len(key_id(KEY)) == 16
    assert int(key_id(KEY), 16) >= 0
    assert key_id(KEY) != key_id(KEY + b"x")
    assert KEY.hex()[:16] != key_id(KEY)
