"""Intervals and rates: against values from the literature, and what counts as a miss."""

from __future__ import annotations

import pytest

from sceneproof.bench._rates import per_asset, rates, wilson

ROW = {
    "asset": "a", "classes": ["dense"], "attack": "noise", "amount": "0.5", "effort": "normal", "strength": "Q",
    "method": "blind", "exact": True, "refused": None, "not_applicable": None, "false_payload": False,
    "bit_accuracy": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_wilson_gives_the_published_intervals(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=6e-5)


def test_wilson_of_nothing_is_everything_and_of_nonsense_an_error():
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 successes of 2 trials"):
        wilson(3, 2)


def test_a_refusal_on_a_dense_mesh_is_a_miss():
    rows = [ROW, ROW | {"asset": "b", "exact": False, "refused": "too coarse", "bit_accuracy": None}]
    (rate,) = rates(rows)
    assert (rate.exact, rate.trials, rate.refused, rate.over) == (1, 2, 1, "dense")
    assert (rate.worst, rate.worst_rate) == ("b", 0.0)


def test_a_refusal_on_a_mesh_of_few_vertices_is_an_answer_at_q_and_a_miss_at_r():
    low = ROW | {"classes": ["low"], "amount": "0.1", "exact": False, "refused": "too coarse"}
    by_strength = {rate.strength: rate for rate in rates([low, low | {"strength": "R"}]) if rate.over == "low"}
    assert by_strength["Q"].trials == 0
    assert by_strength["R"].trials == 1
    assert by_strength["R"].reached == "no" if by_strength["R"].high < 0.9 else "open"


def test_an_attack_that_cannot_be_run_does_not_count():
    (rate,) = rates([ROW, ROW | {"asset": "b", "exact": False, "not_applicable": "open mesh"}])
    assert (rate.exact, rate.trials, rate.left_out) == (1, 1, 1)


@pytest.mark.parametrize(("exact", "of", "reached"), [(17, 20, "yes"), (16, 20, "open"), (5, 20, "no")])
def test_a_target_is_reached_open_or_missed(exact, of, reached):
    rows = [ROW | {"exact": n < exact} for n in range(of)]  # 0.5 % noise at Q: 85 %
    (rate,) = rates(rows)
    assert (rate.target, rate.reached) == (0.85, reached)


def test_assets_of_no_class_are_shown_and_counted_towards_no_target():
    found = rates([ROW, ROW | {"asset": "small", "classes": [], "exact": False}])
    assert [(rate.over, rate.target, rate.trials) for rate in found] == [("dense", 0.85, 1), ("others", None, 1)]


def test_per_asset_splits_by_everything_that_a_cell_of_the_heat_map_is():
    found = per_asset([ROW, ROW | {"asset": "b"}, ROW | {"strength": "R", "exact": False}])
    assert {key: rate.rate for key, rate in found.items()} == {
        ("Q", "blind", "noise", "0.5", "a"): 1.0,
        ("Q", "blind", "noise", "0.5", "b"): 1.0,
        ("R", "blind", "noise", "0.5", "a"): 0.0,
    }
