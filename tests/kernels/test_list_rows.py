"""Rows with lists: the compiled walk, the plain one, and rows written by hand agree."""

from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels import list_rows
from sceneproof.kernels.list_rows import FLOAT, walk

CHAIN = np.array([[0, 0, 3], [1, 0, 4], [0, 0, 1], [2, 1, 2]])  # 3 bytes, a list of 4-byte items, a byte, a list


@pytest.fixture(params=["compiled", "plain"])
def path(request, monkeypatch):
    monkeypatch.setattr(list_rows, "compiled", lambda rows: request.param == "compiled")


def rows(
    rng: np.random.Generator, count: int, big: bool
) -> tuple[np.ndarray, list[tuple[int, int]], list[tuple[int, int]]]:
    data, begins, lengths = b"", [], []
    for _ in range(count):
        one, two = (int(n) for n in rng.integers(0, 5, 2))
        first = len(data) + 4
        second = first + 4 * one + 3
        data += bytes(3) + bytes([one]) + bytes(4 * one) + bytes(1) + two.to_bytes(2, "big" if big else "little")
        data += bytes(2 * two)
        begins.append((first, second))
        lengths.append((one, two))
    return np.frombuffer(data, np.uint8), begins, lengths


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_begins_and_lengths_are_those_of_the_rows(path, count, big):
    data, begins, lengths = rows(np.random.default_rng(count), count, big)
    found = walk(data, 0, count, CHAIN, big)
    assert found[0].tolist() == [list(pair) for pair in begins]
    assert found[1].tolist() == [list(pair) for pair in lengths]
    assert found[2:] == (count, len(data))


def test_rows_that_run_past_the_end_are_counted(path):
    data, _, _ = rows(np.random.default_rng(3), 9, False)
    for cut in range(1, len(data)):
        _, _, done, end = walk(data[:-cut], 0, 9, CHAIN)
        assert end == -1
        assert done == next(n for n in range(9) if walk(data, 0, n + 1, CHAIN)[3] > len(data) - cut)


@pytest.mark.parametrize("size", [1, 2, 4, 8])
@pytest.mark.parametrize("big", [False, True])
def test_a_negative_length_is_none_and_a_huge_one_runs_past_the_end(path, size, big):
    ones = np.full(size, 255, np.uint8)
    assert walk(ones, 0, 1, np.array([[size, 1, 1]]), big)[2:] == (0, -2)
    assert walk(ones, 0, 1, np.array([[size, 0, 8]]), big)[3] in (-1, -2)


def test_tokens_of_a_text_hold_lengths_too(path):
    tokens = np.array([2, 7.5, 8, 0, 1, 9])
    begins, lengths, done, end = walk(tokens, 0, 3, np.array([[1, FLOAT, 1]]))
    assert (begins.ravel().tolist(), lengths.ravel().tolist(), done, end) == ([1, 4, 5], [2, 0, 1], 3, 6)
    for odd in (1.5, -1.0, np.nan, np.inf, 1e300):
        assert walk(np.array([odd, 0, 0]), 0, 1, np.array([[1, FLOAT, 1]]))[2:] == (0, -2)
