"""The 27-character provider code, with the check character computed here once more."""

from __future__ import annotations

import random

import pytest

from sceneproof.marks.metadata.provider_code import check_character, faults, looks_like_code

ALPHABET = [c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in "IOSVZ"]


def slow_check(number: str) -> str:
    """GB 32100: the sum of value times 3^(place) modulo 31, taken from 31."""
    weight, total = 1, 0
    for character in number:
        total += weight * ALPHABET.index(character)
        weight = weight * 3 % 31
    return ALPHABET[-total % 31]


def made(seed: int, service: str = "1") -> str:
    draw = random.Random(seed)
    number = "".join(draw.choice(ALPHABET) for _ in range(17))
    free = "".join(draw.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(4))
    return "0011" + number + slow_check(number) + service + free


def test_a_known_weighting():
    """One digit at place 2 weighs 3: 31 - 3 = 28, the 29th sign."""
    assert check_character("01" + "0" * 15) == ALPHABET[28] == "W"
    assert check_character("0" * 17) == "0"


@pytest.mark.parametrize("seed", range(40))
def test_made_codes_are_possible_ones(seed):
    service = "12"[seed % 2]
    code = made(seed, service)
    assert looks_like_code(code)
    assert check_character(code[4:21]) == code[21]
    assert faults(code, service=service) == []


@pytest.mark.parametrize("place", range(4, 22))
def test_any_one_mistyped_sign_of_the_credit_code_is_noticed(place):
    code = made(7)
    wrong = ALPHABET[(ALPHABET.index(code[place]) + 1) % 31]
    assert faults(code[:place] + wrong + code[place + 1 :], service="1") == ["check"]


@pytest.mark.parametrize(
    ("change", "segment"),
    [
        (lambda c: "01" + c[2:], "format"),
        (lambda c: c[:2] + "2" + c[3:], "subject"),
        (lambda c: c[:3] + "9" + c[4:], "binding"),
        (lambda c: c[:4] + "I" + c[5:], "credit_code"),
        (lambda c: c[:22] + "2" + c[23:], "service"),
        (lambda c: c[:22] + "7" + c[23:], "service"),
        (lambda c: c[:23] + "a" + c[24:], "free"),
        (lambda c: c + "0", "length"),
        (lambda c: c[:22], "length"),
    ],
)
def test_the_faulty_segment_is_named(change, segment):
    assert faults(change(made(3)), service="1") == [segment]


@pytest.mark.parametrize("text", ["Example Studio", "", "00", "1" * 27, made(1)[:26]])
def test_a_name_is_no_code(text):
    assert not looks_like_code(text)
