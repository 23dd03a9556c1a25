"""The service provider's code of TC260-PG-20252A: 27 characters around a unified social credit code (GB 32100)."""

from __future__ import annotations

from sceneproof.policies import ProviderCode

from .aigc import limits


def looks_like_code(text: str) -> bool:
    """Whether a producer's value is meant as a code; a bare name is allowed as well."""
    code = limits().provider_code
    return len(text) == code.length and text.startswith(code.looks_like_prefix)


def check_character(credit_code: str) -> str:
    """The 18th character of a credit code by its first 17 (GB 32100: weights 3^i mod 31).

    Raises `ValueError` for a character outside the alphabet.
    """
    layout = limits().provider_code
    total = sum(
        layout.check_alphabet.index(character) * pow(layout.check_weight_base, place, layout.check_modulus)
        for place, character in enumerate(credit_code[:17])
    )
    return layout.check_alphabet[(layout.check_modulus - total) % layout.check_modulus]


def faults(text: str, *, service: str) -> list[str]:
    """What is wrong with a code, by segment name; ``check`` for the check character.

    `service` is the digit that the field asks for: ``1`` for a producer, ``2`` for a propagator.
    """
    layout: ProviderCode = limits().provider_code
    if len(text) != layout.length:
        return ["length"]
    found = []
    for segment in layout.segments:
        part = text[segment.start : segment.start + segment.length]
        wrong = any(character not in segment.alphabet for character in part)
        if segment.name == "service":
            wrong = wrong or part != service
        elif segment.values:
            wrong = wrong or part not in segment.values
        if wrong:
            found.append(segment.name)
    credit = layout.segment("credit_code")
    number = text[credit.start : credit.start + credit.length]
    if "credit_code" not in found and check_character(number) != number[-1]:
        found.append("check")
    return found
