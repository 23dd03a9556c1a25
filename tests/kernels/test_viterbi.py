from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.viterbi import list_viterbi
from tests.reference import viterbi as twin

TEXTBOOK = (0o7, 0o5)
SHORT = (0o15, 0o17, 0o13)
WIDE = (0o15, 0o17, 0o13, 0o11, 0o15, 0o17, 0o13, 0o11, 0o17, 0o13)  # more than a byte of outputs
NONE = -1  # no syndrome equals it


def _outputs(polynomials: tuple[int, ...]) -> np.ndarray:
    memory = max(polynomials).bit_length() - 1
    register = 2 * np.arange(1 << (memory - 1))
    out = np.zeros((len(register), -(-len(polynomials) // 8)), dtype=np.int64)
    for c, polynomial in enumerate(polynomials):
        out[:, c // 8] |= (np.bitwise_count(register & polynomial).astype(np.int64) & 1) << (c % 8)
    return out


def _decode(soft, polynomials, wanted=NONE, starts=1 << 10, tries=1):
    """Each step is its own syndrome, so that exactly one word passes."""
    places = 1 << np.arange(len(soft), dtype=np.int64)
    return list_viterbi(np.ascontiguousarray(soft), _outputs(polynomials), places, wanted, starts, tries)


def _number(bits) -> int:
    return sum(int(b) << t for t, b in enumerate(bits))


def _signs(bits, polynomials) -> np.ndarray:
    return 1.0 - 2.0 * twin.code_word(bits, polynomials)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("polynomials", [TEXTBOOK, SHORT, WIDE])
def test_from_all_starts_the_list_is_every_word_in_order_of_likelihood(polynomials, seed: int) -> None:
    random = np.random.default_rng(seed)
    soft = random.normal(size=(7, len(polynomials)))
    soft[random.random(soft.shape) < 0.2] = 0.0
    words = twin.all_words(soft, polynomials)
    for rank, (bits, _) in enumerate(words):
        found, passed, checked = _decode(soft, polynomials, _number(bits), tries=len(words))
        assert passed
        assert found.tolist() == list(bits)
        assert checked == rank + 1


@pytest.mark.parametrize("seed", range(6))
def test_when_nothing_passes_the_likeliest_word_is_told(seed: int) -> None:
    soft = np.random.default_rng(seed).normal(size=(10, 3))
    found, passed, checked = _decode(soft, SHORT, tries=25)
    assert not passed
    assert checked == 25
    assert tuple(found) == twin.all_words(soft, SHORT)[0][0]


def test_the_list_ends_with_the_last_word() -> None:
    soft = np.random.default_rng(1).normal(size=(5, 2))
    _, passed, checked = _decode(soft, TEXTBOOK, tries=1000)
    assert not passed
    assert checked == 2**5


def test_few_starts_list_only_words_through_them_and_still_in_order() -> None:
    random = np.random.default_rng(9)
    soft = random.normal(size=(8, 3))
    words = [bits for bits, _ in twin.all_words(soft, SHORT)]
    ranks = [_decode(soft, SHORT, _number(b), starts=1, tries=256)[1:] for b in words]
    seen = [checked for passed, checked in ranks if passed]
    assert len(seen) == 2**8 // 8  # three of the eight bits are those of the start
    assert seen == sorted(seen)


def test_the_surest_cut_holds_the_best_word_even_when_the_file_starts_in_doubt() -> None:
    """Bits next to the ends of the block are erased; the one start lies elsewhere, so the word is found."""
    bits = np.random.default_rng(3).integers(0, 2, 20)
    soft = _signs(bits, SHORT)
    soft[[0, 19]] = 0.0
    found, _, _ = _decode(soft, SHORT, starts=1)
    assert found.tolist() == bits.tolist()


def test_without_any_knowledge_the_answer_is_all_zero() -> None:
    found, passed, checked = _decode(np.zeros((9, 2)), TEXTBOOK)
    assert not found.any()
    assert (passed, checked) == (False, 1)


def test_a_block_of_no_steps_has_no_bits_and_no_try_no_check() -> None:
    assert _decode(np.zeros((0, 2)), TEXTBOOK)[0].shape == (0,)
    assert _decode(np.ones((4, 2)), TEXTBOOK, tries=0)[1:] == (False, 0)


def test_the_textbook_code_corrects_two_errors_anywhere_in_the_circle() -> None:
    """(7, 5) has free distance 5, and this circle no shorter way round: any two wrong symbols are put right."""
    bits = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1]
    soft = _signs(bits, TEXTBOOK)
    for a in range(24):
        for b in range(a):
            wrong = soft.copy()
            wrong.reshape(-1)[[a, b]] *= -1.0
            assert _decode(wrong, TEXTBOOK)[0].tolist() == bits


@pytest.mark.parametrize("shift", range(6))
def test_a_turn_of_the_circle_turns_the_answer(shift: int) -> None:
    soft = np.random.default_rng(4).normal(size=(12, 3))
    here, there = _decode(soft, SHORT)[0], _decode(np.roll(soft, shift, axis=0), SHORT)[0]
    assert np.roll(here, shift).tolist() == there.tolist()


def test_scale_does_not_matter_and_the_input_is_left_alone() -> None:
    soft = np.random.default_rng(5).normal(size=(12, 3))
    before = soft.copy()
    wanted = _number(twin.all_words(soft, SHORT)[40][0])
    plain, scaled = (_decode(s, SHORT, wanted, tries=64) for s in (soft, 1024.0 * soft))
    assert plain[0].tolist() == scaled[0].tolist()
    assert plain[1:] == scaled[1:] == (True, 41)
    assert (soft == before).all()


def test_not_a_number_neither_hangs_nor_crashes() -> None:
    soft = np.full((9, 3), np.nan)
    found, passed, _ = _decode(soft, SHORT, tries=8)
    assert found.shape == (9,)
    assert not passed
