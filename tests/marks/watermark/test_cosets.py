"""Of the values that read alike, the writer aims at those that cost least."""

import itertools

import numpy as np
import pytest

from sceneproof.marks.watermark.codec._cosets import cheapest
from sceneproof.marks.watermark.codec._inverse import inverted


def system(count, seed, overlap=0.6):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, int(count / overlap)))
    rows += np.roll(rows, 1, axis=0)  # what one row asks for, its neighbour undoes
    return np.linalg.inv(rows @ rows.T + 0.2 * len(rows) * np.eye(count)), rng


def cost(wishes, inverse):
    return float(wishes @ inverse @ wishes)


@pytest.mark.parametrize("seed", range(5))
def test_wishes_move_by_whole_periods_and_cost_no_more(seed):
    inverse, rng = system(60, seed)
    period = rng.uniform(0.5, 2.0, 60)
    nearest = rng.uniform(-0.5, 0.5, 60) * period
    found = cheapest(nearest, period, inverse)
    moved = (found - nearest) / period
    assert moved == pytest.approx(np.round(moved), abs=1e-9)
    assert cost(found, inverse) < cost(nearest, inverse)


@pytest.mark.parametrize("seed", range(5))
def test_no_single_step_saves_anything_more(seed):
    inverse, rng = system(40, seed)
    period = rng.uniform(0.5, 2.0, 40)
    found = cheapest(rng.uniform(-0.5, 0.5, 40) * period, period, inverse)
    least = cost(found, inverse)
    for index, way in itertools.product(range(40), (-1.0, 1.0)):
        other = found.copy()
        other[index] += way * period[index]
        assert cost(other, inverse) >= least * (1.0 - 1e-6)


def test_few_wishes_come_near_the_best_of_all_choices():
    inverse, rng = system(6, 3)
    period = np.ones(6)
    nearest = rng.uniform(-0.5, 0.5, 6)
    best = min(cost(nearest + np.array(k), inverse) for k in itertools.product((-1, 0, 1), repeat=6))
    assert cost(cheapest(nearest, period, inverse), inverse) < 1.2 * best


def test_wishes_that_do_not_overlap_stay_the_nearest():
    nearest = np.linspace(-0.49, 0.49, 20)
    assert np.array_equal(cheapest(nearest, np.ones(20), np.eye(20)), nearest)


def test_the_choice_made_before_is_kept_when_little_has_changed():
    inverse, rng = system(60, 9)
    period = rng.uniform(0.5, 2.0, 60)
    nearest = rng.uniform(-0.5, 0.5, 60) * period
    before = cheapest(nearest, period, inverse)
    after = nearest + rng.normal(size=60) * 1e-3 * period
    after -= period * np.round(after / period)  # some wishes cross half a period and would be chosen anew
    again = cheapest(after, period, inverse, before)
    assert np.abs(again - before).max() < 0.01 * period.max()


def test_the_inverse_is_the_inverse_and_what_has_none_says_so():
    rows = np.random.default_rng(1).normal(size=(30, 50))
    matrix = rows @ rows.T
    assert inverted(matrix) @ matrix == pytest.approx(np.eye(30), abs=1e-9)
    with pytest.raises(np.linalg.LinAlgError):
        inverted(-matrix)
