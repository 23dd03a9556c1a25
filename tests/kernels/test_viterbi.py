from __future__ import annotations

import numpy as np
import pytest

from sceneproof.kernels.viterbi import viterbi
from tests.reference import viterbi as twin


def _outputs(polynomials: tuple[int, ...], memory: int) -> np.ndarray:
    register = np.arange(1 << memory)[:, None] | (np.arange(2)[None, :] << memory)
    out = np.zeros(register.shape, dtype=np.int64)
    for c, polynomial in enumerate(polynomials):
        out |= (np.bitwise_count(register & polynomial).astype(np.int64) & 1) << c
    return out


@pytest.mark.parametrize("seed", range(6))
def test_the_likeliest_path_is_found_among_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    outputs = _outputs((0o15, 0o17, 0o13), 3)
    soft = random.normal(size=(11, 3))
    soft[random.random(soft.shape) < 0.3] = 0.0
    expected, _ = twin.best_bits(soft, outputs)
    assert viterbi(soft, outputs).tolist() == expected.tolist()


def test_without_any_knowledge_the_answer_is_all_zero() -> None:
    assert not viterbi(np.zeros((9, 2)), _outputs((0o7, 0o5), 2)).any()


def test_a_block_of_no_steps_has_no_bits() -> None:
    assert viterbi(np.zeros((0, 2)), _outputs((0o7, 0o5), 2)).shape == (0,)


def test_the_textbook_code_corrects_two_errors() -> None:
    """(7, 5) has free distance 5, so any two wrong symbols are put right."""
    outputs = _outputs((0o7, 0o5), 2)
    bits = [1, 0, 1, 1, 0, 0]
    state, soft = 0, np.empty((6, 2))
    for t, bit in enumerate(bits):
        word = int(outputs[state, bit])
        soft[t] = [1.0 - 2.0 * (word >> c & 1) for c in range(2)]
        state = (state >> 1) | (bit << 1)
    for a in range(12):
        for b in range(a):
            wrong = soft.copy()
            wrong.reshape(-1)[[a, b]] *= -1.0
            assert viterbi(wrong, outputs).tolist() == bits
