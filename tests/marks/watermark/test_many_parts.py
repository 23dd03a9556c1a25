"""Meshes of many connected parts: small fine ones beside coarse walls, and sums of what several readings say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sceneproof.marks.watermark.codec import CapacityError, Surface, capacity, detect, embed
from sceneproof.marks.watermark.codec._finest import alone, fine_parts, stored
from sceneproof.marks.watermark.codec._frames import raw_frame
from sceneproof.marks.watermark.codec._mesh import weld
from sceneproof.marks.watermark.codec._reader import Ledger, Reader, Reading
from sceneproof.marks.watermark.codec._statistic import TERMS, log10_tail
from sceneproof.marks.watermark.codec._sums import _log10_chi, pooled

from ._surfaces import KEY, blob, turned
from ._surfaces import stored as kept

PAYLOAD = bytes.fromhex("c0ffee0123456789")


def _walls(size: float) -> Surface:
    """An open box of six large squares, two triangles each."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float) * size - size / 2.0
    squares = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4)]
    faces = [t for a, b, c, d in squares for t in ((a, b, c), (a, c, d))]
    return Surface(corners, np.array(faces, dtype=np.int64))


def _joined(*surfaces: Surface) -> Surface:
    starts = np.cumsum([0, *(len(s.positions) for s in surfaces)])
    points = np.concatenate([s.positions for s in surfaces])
    return Surface(points, np.concatenate([s.faces + n for s, n in zip(surfaces, starts, strict=False)]))


def _room() -> Surface:
    """A fine lump in a coarse room thirty times as large: a thousandth of its area."""
    lump = blob(120)
    return _joined(replace(lump, positions=lump.positions + np.array([3.0, 2.0, 1.0])), _walls(30.0))


@pytest.fixture(scope="module")
def marked() -> Surface:
    room = _room()
    return kept(room, embed(room, PAYLOAD, KEY).displacement)


def test_parts_are_listed_by_their_vertices_and_hold_all_their_faces() -> None:
    whole = _joined(blob(40), replace(blob(60), positions=blob(60).positions + 9.0), _walls(30.0))
    welded = weld(whole)
    found = fine_parts(welded, 200, 6)
    sizes = [len(np.unique(welded.faces[faces])) for faces in found]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 2
    assert len(found[0]) == len(weld(blob(60)).faces)
    assert len(weld(stored(whole, welded, found[0])[0]).faces) == len(found[0])


def test_a_surface_of_one_part_has_none_and_neither_has_an_empty_one() -> None:
    assert fine_parts(weld(blob(40)), 100, 6) == []
    assert fine_parts(weld(Surface(np.zeros((0, 3)), np.zeros((0, 3), np.int64))), 100, 6) == []


def test_a_part_that_is_most_of_the_surface_is_not_read_twice() -> None:
    small = replace(blob(40), positions=0.2 * blob(40).positions + 9.0)
    found = fine_parts(weld(_joined(blob(60), small)), 200, 6)
    assert len(found) == 1
    assert len(found[0]) == len(weld(blob(40)).faces)


def test_a_part_alone_has_the_cells_of_the_part() -> None:
    room, lump = weld(_room()), weld(blob(120))
    part = alone(room, fine_parts(room, 1000, 4)[0])
    assert raw_frame(part).exponent == raw_frame(lump).exponent
    assert raw_frame(room).exponent > raw_frame(lump).exponent + 10


def test_room_for_a_payload_is_that_of_the_roomiest_part() -> None:
    assert capacity(_room()).ok
    assert not capacity(_walls(30.0)).ok


def test_a_lump_in_a_coarse_room_bears_the_payload(marked: Surface) -> None:
    found = detect([marked], KEY)
    assert found.payload == PAYLOAD
    assert found.carriers == (0,)
    assert len(found.all) == 1


def test_the_walls_of_the_room_stay_where_they_are(marked: Surface) -> None:
    assert np.array_equal(marked.positions[-8:], _room().positions[-8:])


def test_the_payload_lives_through_a_similarity_of_the_room(marked: Surface) -> None:
    assert detect([turned(marked)], KEY).payload == PAYLOAD


def test_the_part_is_read_alone_and_merged_with_other_meshes(marked: Surface) -> None:
    welded = weld(marked)
    cut, _ = stored(marked, welded, fine_parts(welded, 1000, 4)[0])
    assert detect([cut], KEY).payload == PAYLOAD
    other = replace(blob(90), positions=3.0 * blob(90).positions - 20.0)
    assert detect([turned(_joined(other, marked))], KEY).payload == PAYLOAD


def test_an_unmarked_room_shows_nothing() -> None:
    found = detect([_room()], KEY)
    assert not found.found
    assert found.log10_p > -3.0


def test_a_mesh_whose_parts_have_no_room_is_refused_with_the_reason_of_the_whole() -> None:
    small = [replace(blob(12), positions=blob(12).positions + 4.0 * n) for n in range(3)]
    with pytest.raises(CapacityError, match="too coarse or too small"):
        embed(_joined(*small, _walls(30.0)), PAYLOAD, KEY)


# --- sums of readings


def _reading(z: float, seed: int, count: int = 100) -> Reading:
    random = np.random.default_rng(seed)
    return Reading(z, "raw", random.random(count), random.normal(size=count), 0.5, count, "raw")


def test_the_tail_of_a_sum_of_squares_in_closed_form() -> None:
    assert _log10_chi(9.0, 2) == pytest.approx(-4.5 / math.log(10.0))
    assert _log10_chi(30.0, 4) == pytest.approx(math.log10(math.exp(-15.0) * 16.0))
    assert _log10_chi(30.0, 3) == _log10_chi(30.0, 4)
    assert _log10_chi(0.0, 2) == 0.0


def test_readings_that_say_no_more_than_the_best_of_many_are_no_evidence() -> None:
    assert pooled([(_reading(2.5, 1), 200), (_reading(2.6, 2), 200)], "both") is None
    assert pooled([(_reading(6.0, 1), 200), (_reading(2.6, 2), 200)], "both") is None
    both = pooled([(_reading(6.0, 1), 200), (_reading(5.0, 2), 200)], "both")
    assert both is not None
    assert both[0].z == pytest.approx(11.0 / math.sqrt(2.0))


def test_what_a_sum_costs_grows_with_every_reading_and_what_it_was_chosen_from() -> None:
    few = pooled([(_reading(6.0, 1), 20), (_reading(6.0, 2), 20)], "both")
    many = pooled([(_reading(6.0, 1), 2000), (_reading(6.0, 2), 2000)], "both")
    three = pooled([(_reading(6.0, n), 20) for n in range(3)], "both")
    assert few is not None
    assert many is not None
    assert three is not None
    assert many[1] == pytest.approx(few[1] + 4.0)
    assert three[1] > few[1] > 2.0 * math.log10(20 * TERMS) - math.log10(TERMS)


def test_copies_of_one_mesh_are_one_piece_of_evidence() -> None:
    one = _reading(6.0, 1)
    assert pooled([(one, 20), (replace(one, z=5.9), 20)], "both") is None


def test_the_best_of_many_wrong_readings_summed_is_no_better_than_it_should_be() -> None:
    random = np.random.default_rng(3)
    tried, surfaces = 100, 4
    best: list[float] = []
    for _ in range(2000):
        z = random.normal(size=(surfaces, tried * TERMS)).max(axis=1)
        both = pooled([(_reading(float(v), n), tried) for n, v in enumerate(z)], "all")
        best.append(0.0 if both is None else log10_tail(both[0].z) + both[1] + math.log10(TERMS))
    for level in (-1.0, -2.0):
        assert np.mean(np.array(best) < level) <= 10.0**level


def test_a_reader_counts_what_each_layer_was_the_best_of() -> None:
    reader = Reader(weld(blob(60)), Ledger(KEY, (64,)))
    frame = raw_frame(reader.welded)
    reader.read(reader.welded, frame, "raw", "raw")
    reader.read(reader.welded, frame.with_exponent(frame.exponent - 1), "raw", "raw")
    assert reader.tried["raw"] == reader.ledger.hypotheses > 0
